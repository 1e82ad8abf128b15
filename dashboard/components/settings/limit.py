"""One limit of one device: other numbers, what they would have done, and only then saving them."""

from html import escape
from typing import NamedTuple

import streamlit as st

from core.errors import RefusedError
from core.number_input import latin, number
from core.schema.editing.address import Raw
from core.schema.editing.change import Put
from core.schema.own_limits import LimitWithNumbers, changeable
from core.schema.site import Device
from core.time.duration import written_duration
from dashboard import forms, i18n
from dashboard.components.device.values import basis_tip
from dashboard.components.settings.draft import shown_anew
from dashboard.components.shared.list_row import hint, section
from dashboard.i18n import t, t_data
from dashboard.queries import limit_trials, stores
from dashboard.system.backtest_run import BacktestRun, TriedSide
from dashboard.text import format as fmt
from maintenance.site_file.change import change_site, preview

LOOK_EVERY = "1s"  # while the past is replayed
MOST_SHOWN = 8


class NewLimit(NamedTuple):
    """The numbers that were typed, as they go into the site file."""

    address: str  # of the device's limits
    rule: str
    numbers: dict[str, Raw]

    def put(self, reason: str) -> Put:
        """The change with its reason, which stands in the file as the limit's source."""
        return Put(f"{self.address}.{self.rule}", {**self.numbers, "reason": reason})


def changeable_limits(device: Device) -> list[LimitWithNumbers]:
    """The rules of the device whose numbers can be others."""
    limits = (changeable(rule) for rule in device.profile.rules)
    return [limit for limit in limits if limit is not None]


def limit_form(device: Device, rule: LimitWithNumbers) -> None:
    """The numbers as they are; handing in begins to try others."""
    name = f"limit-{device.id}-{rule.id}"
    side = "above" if rule.above is not None else "below"
    metric = device.profile.metrics[rule.metric]
    begin = {side: f"{rule.limit:g}", "clear": "" if rule.clear is None else f"{rule.clear:g}"}
    st.html(hint(f"{t_data(metric.title)} · {basis_tip(rule)}"))
    with st.form(forms.once(f"{name}-try"), border=False):
        typed = {
            key: st.text_input(
                f"{t(_LABELS[key])} {metric.unit}".strip(), text, key=f"{name}-{key}"
            )
            for key, text in begin.items()
        }
        hold = written_duration(rule.hold_time)
        typed["for"] = st.text_input(t("limit_page.for"), hold, key=f"{name}-for")
        if forms.submit(t("limit_page.try"), "change the site file"):
            forms.do(f"{name}-try", lambda: _tried(device, rule, typed))


_LABELS = {"above": "limit_page.above", "below": "limit_page.below", "clear": "limit_page.clear"}


def trial(device: Device, rule: LimitWithNumbers) -> None:
    """How the replay goes, what it brought, and the way to save."""
    waiting = limit_trials.trial(device.id, rule.id)
    if waiting is None:
        return
    new, run = waiting
    if run.state == "running":
        st.fragment(i18n.kept(_watch), run_every=LOOK_EVERY)(run)
        return
    section(t("limit_page.outcome"))
    if run.present is None or run.changed is None:
        st.error(fmt.plain(t("limit_page.failed", why=run.why or run.state)))
        return
    st.html(_beside(run.present, run.changed))
    name = f"limit-save-{device.id}-{rule.id}"
    with st.form(forms.once(name), border=False):
        reason = st.text_input(t("settings.why"), key=f"{forms.once(name)}-why", max_chars=2000)
        if forms.submit(t("settings.save"), "change the site file"):
            forms.do(name, lambda: _saved(device, new, reason))


def _watch(run: BacktestRun) -> None:
    if run.state != "running":
        st.rerun()
    st.progress(run.percent, t("limit_page.replaying", percent=fmt.number(run.percent)))


def _tried(device: Device, rule: LimitWithNumbers, typed: dict[str, str]) -> str:
    numbers: dict[str, Raw] = {}
    for key, text in typed.items():
        if text.strip():
            numbers[key] = _number(text) if key != "for" else _hold(text)
    new = NewLimit(f"devices[id={device.id}].limits", rule.id, numbers)
    shown = preview(stores.site_path(), [new.put(t("limit_page.tried_reason"))])
    changed = shown.site.rule(device.id, rule.id)
    if changed == rule.model_copy(
        update={"basis": "engineering", "source": t("limit_page.tried_reason")}
    ):
        raise RefusedError("these are the numbers that hold already")
    limit_trials.begin(device.id, rule.id, new)
    return t("limit_page.begun")


def _saved(device: Device, new: NewLimit, reason: str) -> str:
    changes = [new.put(reason.strip())]
    shown = preview(stores.site_path(), changes) if reason.strip() else None
    with forms.writing() as tx:
        change_site(tx, stores.site_path(), changes, reason)
    limit_trials.forget(device.id, new.rule)
    assert shown is not None  # no reason, no change
    return shown_anew(shown)


def _number(text: str) -> Raw:
    try:
        value = number(text)
    except ValueError as error:
        raise RefusedError("{why}", why=error.args[0]) from None
    return int(value) if value.is_integer() else value


def _hold(text: str) -> Raw:
    typed = latin(text.strip())
    return 0 if typed == "0" else typed


def _beside(present: TriedSide, changed: TriedSide) -> str:
    """Both columns side by side: how many alerts, how long, and the newest of them."""
    columns = ((t("limit_page.present"), present), (t("limit_page.new"), changed))
    return '<div class="sw-beside">' + "".join(_column(*column) for column in columns) + "</div>"


def _column(title: str, side: TriedSide) -> str:
    now, site = stores.now(), stores.site()
    total = sum((alert.ended_at or side.end) - alert.fired_at for alert in side.alerts)
    words = t(
        "limit_page.fired", count=fmt.number(len(side.alerts)), messages=fmt.number(side.messages)
    )
    lines = "".join(
        f"<li>{escape(fmt.moment(alert.fired_at, now, site))} · "
        f"{escape(fmt.span((alert.ended_at or side.end) - alert.fired_at))}</li>"
        for alert in side.alerts[: -MOST_SHOWN - 1 : -1]
    )
    lasted = t("limit_page.lasted", span=fmt.span(total)) if side.alerts else ""
    return (
        f"<div><h3>{escape(title)}</h3><p>{escape(words)}</p>"
        f'<p class="sw-hint">{escape(lasted)}</p><ul>{lines}</ul></div>'
    )
