"""What is to be done first, and the month by day."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from core.time.clock import from_ms
from core.vocabulary.planning import SkipKind
from dashboard import forms
from dashboard.components.orders.order import state_chip
from dashboard.components.shared.list_row import chip, row
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import DUE_BY, ROLES, SKIPS
from dashboard.work import agenda
from dashboard.work.agenda import Day, Entry, When

WHEN: dict[When, tuple[str, str]] = {
    "overdue": ("when.overdue", "critical"),
    "today": ("when.today", "warning"),
    "open": ("when.open", "info"),
    "later": ("when.later", "none"),
    "done": ("when.done", "ok"),
    "skipped": ("when.skipped", "unknown"),
}
REASONS: tuple[SkipKind, ...] = ("in_use", "not_located", "other")


def due_row(entry: Entry, now: int, site: Site) -> None:
    """One thing to do: its state, where, until when; start it or skip it."""
    one = entry.occurrence
    word, tone = WHEN[entry.when]
    told = [
        entry.device.name,
        "" if one.due_by == "calendar" else t(DUE_BY[one.due_by]),
        t("today.due", when=fmt.moment(one.due_at, now, site)),
        t("today.takes", span=fmt.span(entry.plan.minutes * 60_000)),
        t(ROLES[entry.plan.who]),
    ]
    if one.planned_at is not None and one.planned_at > now:
        told.append(t("today.planned", when=fmt.moment(one.planned_at, now, site)))
    with st.container(key=f"due-{one.id}", horizontal=True, vertical_alignment="center"):
        state = state_chip(entry.order) if entry.order and entry.order.state != "open" else ""
        page, query = "app_pages/device.py", {"device": entry.device.id}
        if entry.order is not None:
            page, query = "app_pages/order.py", {"order": str(entry.order.id)}
        row(
            f"occurrence-{one.id}", t_data(entry.plan.title), page, query,
            lead=chip(t(word), tone) + state,
            tail=f'<span class="sw-hint">{escape(" · ".join(text for text in told if text))}</span>',
        )  # fmt: skip
        deeds = st.container(key=f"deeds-{one.id}", horizontal=True, width="content")
        if entry.order is not None and entry.order.state in ("open", "assigned"):
            with deeds:
                forms.button(f"start-{one.id}", t("order.start"), lambda: _begin(one.id))
        with deeds, forms.popover(f"skip-{one.id}", t("today.skip")):
            _skip(one.id)


def _begin(occurrence_id: int) -> forms.Done:
    query = {"order": str(agenda.begin(occurrence_id))}
    return forms.Done(t("order.begun"), "app_pages/order.py", query)


def _skip(occurrence_id: int) -> None:
    name = f"skip-{occurrence_id}"
    with st.form(forms.once(name), border=False):
        kind = st.selectbox(t("today.skip_kind"), REASONS, format_func=lambda one: t(SKIPS[one]))
        reason = st.text_input(t("today.skip_reason"))
        if st.form_submit_button(t("today.skip"), type="primary"):
            forms.do(name, lambda: _skipped(occurrence_id, kind, reason))


def _skipped(occurrence_id: int, kind: SkipKind, reason: str) -> str:
    agenda.skip(occurrence_id, kind, reason)
    return t("today.skipped")


def done_before() -> None:
    """What was done before Scanward knew of it: from there the next one is counted."""
    name = "done-before"
    choices = {f"{device.id}/{plan.id}": (device, plan) for device, plan in agenda.ahead()}
    with st.form(forms.once(name), border=False):
        key = st.selectbox(
            t("today.which"), list(choices),
            format_func=lambda one: t(
                "today.of", title=t_data(choices[one][1].title), device=choices[one][0].name
            ),
        )  # fmt: skip
        here = from_ms(stores.now(), stores.site().zone).date()
        day = st.date_input(t("today.done_on"), here, max_value=here)
        if st.form_submit_button(t("today.note_done"), type="primary") and key and day:
            device, plan = choices[key]
            at = forms.start_of(day, stores.site())
            forms.do(name, lambda: _noted(device.id, plan.id, at))


def _noted(device: str, plan: str, at: int) -> str:
    agenda.record_done(device, plan, at)
    return t("today.noted")


def month_list(days: Sequence[Day], now: int, site: Site) -> str:
    """Each day that has something; Fridays stand out as days off, today as today."""
    here = from_ms(now, site.zone).date()
    parts = []
    for day in days:
        looks = " sw-off" if day.is_off else ""
        looks += " sw-here" if day.day == here else ""
        off = f' <span class="sw-chip">{escape(t("today.off"))}</span>' if day.is_off else ""
        lines = "".join(_entry(entry, site) for entry in day.entries)
        parts.append(
            f'<li class="sw-day{looks}"><h3>{escape(fmt.day(day.day))}{off}</h3>'
            f"<ul>{lines}</ul></li>"
        )
    return f'<ul class="sw-month">{"".join(parts)}</ul>'


def _entry(entry: Entry, site: Site) -> str:
    word, tone = WHEN[entry.when]
    clock = f"{from_ms(entry.at, site.zone):%H:%M}"
    why = entry.occurrence.skip_reason if entry.when == "skipped" else ""
    due_by = entry.occurrence.due_by
    told = [entry.device.name, "" if due_by == "calendar" else t(DUE_BY[due_by]), why]
    beside = " · ".join(text for text in told if text)
    return (
        f'<li><span class="sw-when">{clock}</span>{chip(t(word), tone)}<span>'
        f'{escape(t_data(entry.plan.title))} <span class="sw-hint">{escape(beside)}</span></span></li>'
    )
