"""When nobody is told of a device: what is open or announced, work that begins now, work that is planned."""

from html import escape

import streamlit as st

from alerts.evaluation.window_changes import end_window, open_maintenance, work_now
from core.errors import RefusedError
from core.schema.site import Device, Site
from core.time.clock import HOUR
from core.vocabulary.alerts import Repetition
from dashboard import forms
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import chip, hint, row
from dashboard.i18n import joined, t, t_data
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import REPETITIONS
from dashboard.views.device_status import DeviceStatus
from dashboard.views.windows import WindowRow

WORK_HOURS = (1, 2, 4, 8)


def window_rows(status: DeviceStatus, now: int, site: Site) -> None:
    """Each window of the device that is open or to come; one click ends it."""
    for window in status.windows:
        with st.container(
            key=f"out-window-{window.id}", horizontal=True, vertical_alignment="center"
        ):
            text = window_words(window, status.device, now, site)
            who = hint(f"{window.by}: {window.reason}")
            looks = "info" if window.is_open else "none"
            st.html(f'<p class="sw-what sw-{looks}-text">{escape(text)} {who}</p>')
            if window.order is not None:
                st.page_link(
                    "app_pages/order.py", label=t("alert.order", number=window.order),
                    query_params={"order": str(window.order)}, icon=":material/build:",
                )  # fmt: skip
            end_buttons(window)


def work_row(status: DeviceStatus, now: int, site: Site) -> None:
    """On another page than its device's: that it is at work, until when, who says so; and its end."""
    work = status.maintenance
    if work is None:
        return
    key = f"work-{work.id}"
    with st.container(key=f"due-{key}", horizontal=True, vertical_alignment="center"):
        until = t("window.short", when=fmt.moment(work.end, now, site))
        row(
            key, status.device.name, "app_pages/device.py", {"device": status.device.id},
            lead=chip(until, "info"), tail=hint(f"{work.by}: {work.reason}"),
        )  # fmt: skip
        with st.container(key=f"deeds-{key}", horizontal=True, width="content"):
            end_buttons(work)


def end_buttons(window: WindowRow) -> None:
    """End this turn, and one that repeats for good."""
    if window.is_open or not window.repeats:
        label = t("window.end") if window.is_open else t("window.cancel")
        forms.button(
            f"end-window-{window.id}", label, lambda: _ended(window.id), right="work on a device"
        )
    if window.repeats:
        name = f"stop-window-{window.id}"
        forms.button(
            name,
            t("window.for_good"),
            lambda: _ended(window.id, for_good=True),
            right="work on a device",
        )


def window_words(window: WindowRow, device: Device, now: int, site: Site) -> str:
    """`In maintenance until 18:00`, `Maintenance 22:00 to 23:00 · every day`, `Silent until 18:00 · Helium is low`."""
    end = fmt.moment(window.end, now, site)
    if window.is_open:
        text = t("window.silent" if window.kind == "silence" else "window.until", when=end)
    else:
        text = t("window.planned", start=fmt.moment(window.start, now, site), end=end)
    titles = [t_data(rule.title) for rule in device.profile.rules if rule.id == window.rule]
    again = t(REPETITIONS[window.repeats]) if window.repeats else ""
    return joined(words for words in (text, *titles, window.component, again) if words)


def work_buttons(device: str) -> None:
    """I am working on it now, or longer than I thought; and work that is planned."""
    with forms.popover(f"work-{device}", t("window.work"), ":material/build:"):
        _work_form(device)
    with forms.popover(f"plan-work-{device}", t("window.plan"), ":material/event:"):
        _plan_form(device)


def _work_form(device: str) -> None:
    name = f"work-{device}"
    with st.form(forms.once(name), border=False):
        hours = st.segmented_control(
            t("window.how_long"), WORK_HOURS, default=2, required=True,
            format_func=lambda hours: fmt.span(hours * HOUR), key=forms.once(f"{name}-hours"),
        )  # fmt: skip
        reason = st.text_input(
            t("window.why"), t("window.work_reason"), key=forms.once(f"{name}-why")
        )
        if forms.submit(t("window.work"), "work on a device"):
            forms.do(name, lambda: _working(device, hours, reason))


def _plan_form(device: str) -> None:
    name, site = f"plan-work-{device}", stores.site()
    keys = {
        field: forms.once(f"{name}-{field}") for field in ("from", "to", "again", "until", "why")
    }
    with st.form(forms.once(name), border=False):
        start = moment_box(t("window.from"), keys["from"], None, site)
        end = moment_box(t("window.to"), keys["to"], None, site)
        repeats = st.selectbox(
            t("window.again"), tuple(REPETITIONS), key=keys["again"],
            format_func=lambda word: t(REPETITIONS[word]),
        )  # fmt: skip
        until = moment_box(t("window.last"), keys["until"], None, site)
        reason = st.text_input(t("window.why"), key=keys["why"])
        if forms.submit(t("window.plan"), "plan maintenance windows"):
            forms.do(
                name,
                lambda: _planned(
                    device, (start.given(), end.given()), reason, repeats, until.given()
                ),
            )


def _ended(window: int, *, for_good: bool = False) -> str:
    with forms.writing() as tx:
        end_window(tx, window, for_good=for_good)
    return t("window.has_ended")


def _working(device: str, hours: int, reason: str) -> str:
    with forms.writing() as tx:
        window = work_now(tx, device, hours, reason)
        until = window.ends_at
    return t("window.until", when=fmt.moment(until, stores.now(), stores.site()))


def _planned(
    device: str,
    span: tuple[int | None, int | None],
    reason: str,
    repeats: Repetition,
    until: int | None,
) -> str:
    start, end = span
    if end is None:
        raise RefusedError("say for how long, or until when")
    with forms.writing() as tx:
        starts_at = tx.now if start is None else start
        open_maintenance(tx, device, starts_at, end, reason, repeats=repeats, until=until)
    return t("window.was_planned")
