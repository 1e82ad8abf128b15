"""What is to be done first, and the month by day."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from core.text import times
from core.time.clock import from_ms, start_of_day
from core.vocabulary.planning import SkipKind
from dashboard import forms
from dashboard.components.orders.quiet import wants_quiet
from dashboard.components.shared.date_box import day_box
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t, t_data
from dashboard.queries import agenda as agenda_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import DUE_BY, SKIPS
from dashboard.views.day import AgendaDay, PlannedWork, When
from maintenance.planning import tasks

WHEN: dict[When, tuple[str, str]] = {
    "overdue": ("when.overdue", "critical"),
    "today": ("when.today", "warning"),
    "open": ("when.open", "info"),
    "later": ("when.later", "none"),
    "done": ("when.done", "ok"),
    "skipped": ("when.skipped", "unknown"),
}
REASONS: tuple[SkipKind, ...] = ("in_use", "not_located", "other")


def due_texts(work: PlannedWork, now: int, site: Site) -> list[str]:
    """Where, why and until when it is due, how long it takes and when the device is free."""
    task = work.task
    texts = [
        work.device.name,
        "" if task.due_by == "calendar" else t(DUE_BY[task.due_by]),
        t("today.due", when=fmt.moment(task.due_at, now, site)),
        t("today.takes", span=fmt.span(work.plan.minutes * 60_000)),
    ]
    if task.planned_at is not None and task.planned_at > now:
        texts.append(t("today.planned", when=fmt.moment(task.planned_at, now, site)))
    return [text for text in texts if text]


def start_button(work: PlannedWork) -> None:
    """Of work whose order is open."""
    number, order = work.task.id, work.order
    if order is not None and order.state in ("open", "assigned"):
        forms.button(
            f"start-{number}", t("order.start"), lambda: _begin(number, quiet=wants_quiet()),
            right="do planned work",
        )  # fmt: skip


def _begin(task_id: int, *, quiet: bool = True) -> forms.Done:
    with forms.writing() as tx:
        number = tasks.begin_task(tx, task_id, quiet=quiet).id
    return forms.Done(t("order.begun"), "app_pages/order.py", {"order": str(number)})


def skip_form(task_id: int) -> None:
    """It is not done this time, for a reason."""
    name = f"skip-{task_id}"
    with forms.popover(name, t("today.skip")), st.form(forms.once(name), border=False):
        kind = st.selectbox(t("today.skip_kind"), REASONS, format_func=lambda kind: t(SKIPS[kind]))
        reason = st.text_input(t("today.skip_reason"))
        if forms.submit(t("today.skip"), "skip planned work"):
            forms.do(name, lambda: _skipped(task_id, kind, reason))


def _skipped(task_id: int, kind: SkipKind, reason: str) -> str:
    with forms.writing() as tx:
        tasks.skip(tx, task_id, kind, reason)
    return t("today.skipped")


def done_before() -> None:
    """What was done before Scanward knew of it: from there the next one is counted."""
    name = "done-before"
    choices = {
        f"{device.id}/{plan.id}": (device, plan)
        for device, plan in agenda_queries.plans_without_order()
    }
    with st.form(forms.once(name), border=False):
        key = st.selectbox(
            t("today.which"), list(choices),
            format_func=lambda key: t(
                "today.of", title=t_data(choices[key][1].title), device=choices[key][0].name
            ),
        )  # fmt: skip
        here = from_ms(stores.now(), stores.site().zone).date()
        day = day_box(t("today.done_on"), f"{forms.once(name)}-on", here.isoformat())
        if forms.submit(t("today.note_done"), "do planned work") and key:
            device, plan = choices[key]
            zone = stores.site().zone
            forms.do(name, lambda: _noted(device.id, plan.id, start_of_day(day.needed(), zone)))


def _noted(device: str, plan: str, at: int) -> str:
    with forms.writing() as tx:
        tasks.record_done(tx, device, plan, at)
    return t("today.noted")


def month_list(days: Sequence[AgendaDay], now: int, site: Site) -> str:
    """Each day that has something; Fridays stand out as days off, today as today."""
    here = from_ms(now, site.zone).date()
    parts = []
    for day in days:
        looks = " sw-off" if day.is_off else ""
        looks += " sw-here" if day.day == here else ""
        off = f' <span class="sw-chip">{escape(t("today.off"))}</span>' if day.is_off else ""
        lines = "".join(_month_line(work, site) for work in day.work)
        parts.append(
            f'<li class="sw-day{looks}"><h3>{escape(fmt.day(day.day))}{off}</h3>'
            f"<ul>{lines}</ul></li>"
        )
    return f'<ul class="sw-month">{"".join(parts)}</ul>'


def _month_line(work: PlannedWork, site: Site) -> str:
    word, tone = WHEN[work.when]
    clock = times.clock(work.at, site.zone)
    why = work.task.skip_reason if work.when == "skipped" else ""
    due_by = work.task.due_by
    texts = [work.device.name, "" if due_by == "calendar" else t(DUE_BY[due_by]), why]
    beside = joined(text for text in texts if text)
    return (
        f'<li><span class="sw-when">{clock}</span>{chip(t(word), tone)}<span>'
        f'{escape(t_data(work.plan.title))} <span class="sw-hint">{escape(beside)}</span></span></li>'
    )
