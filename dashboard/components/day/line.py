"""A line of the day: what, on which device, why it stands where it stands, who has it, until when, what is next."""

from collections.abc import Iterator

import streamlit as st

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import HOUR
from core.vocabulary.work_orders import OrderState
from dashboard.components.day.actions import line_buttons
from dashboard.components.device.history import alert_title
from dashboard.components.fleet.badge import badge
from dashboard.components.incidents.incident import down_chips, incident_words, members
from dashboard.components.orders.agenda import WHEN, due_texts
from dashboard.components.orders.order import (
    downtime_words,
    order_lead,
    order_texts,
    state_chip,
)
from dashboard.components.shared.list_row import chip, hints, row
from dashboard.i18n import t, t_data
from dashboard.queries.alert_card import cards
from dashboard.text import format as fmt
from dashboard.text.labels import ROLES
from dashboard.views.alert_card import AlertCard
from dashboard.views.day import DayLine
from dashboard.views.device_status import AlertRow
from maintenance.planning.day_order import TimeSource

DOWN = {"hard": "today.down", "partial": "today.partial"}
TIMES: dict[TimeSource, str] = {
    "plan": "today.work",
    "past": "today.work_past",
    "assumed": "today.work_assumed",
}
STEPS: dict[OrderState, str] = {
    "open": "step.start",
    "assigned": "step.start",
    "working": "step.finish",
    "waiting_part": "step.part",
    "waiting_vendor": "step.vendor",
    "done": "step.sign",
}


def day_line(line: DayLine, now: int, site: Site) -> None:
    """The line, with what can be done about it; below an incident its other alerts."""
    with st.container(key=f"day-{line.key}"):
        key = f"due-{line.key}"
        with st.container(key=key, horizontal=True, vertical_alignment="center"):
            page, query = _target(line)
            row(
                line.key, _title(line, site), page, query, lead=_lead(line),
                tail=hints(_words(line, now, site)) + _chips(line, now, site),
            )  # fmt: skip
            with st.container(
                key=f"deeds-{line.key}",
                horizontal=True,
                width="content",
                vertical_alignment="center",
            ):
                line_buttons(line, now)
        if line.incident is not None:
            members(line.incident, now, site)


def _title(line: DayLine, site: Site) -> str:
    if line.incident is not None:
        return alert_title(line.incident.cause)
    if line.work is not None or line.order is not None:
        return t_data(line.title)
    return t(DOWN[line.down[0].extent], device=fmt.device(line.device, site))


def _target(line: DayLine) -> tuple[str, dict[str, str]]:
    order = line.main_order
    if line.incident is None and order is not None:
        return "app_pages/order.py", {"order": str(order.number)}
    return "app_pages/device.py", {"device": line.device}


def _lead(line: DayLine) -> str:
    if line.incident is not None:
        return badge(line.severity)
    if line.work is not None:
        word, tone = WHEN[line.work.when]
        order = line.work.order
        return chip(t(word), tone) + (state_chip(order) if order and order.state != "open" else "")
    return "" if line.order is None else order_lead(line.order)


def _words(line: DayLine, now: int, site: Site) -> list[str]:
    """Where it is, and why here; who has it, until when, and what is next."""
    if line.incident is not None:
        texts = incident_words(line.incident, _card(line.incident.cause), now, site)
    elif line.work is not None:
        texts = due_texts(line.work, now, site)
    elif line.order is not None:
        texts = order_texts(line.order, now, site)
    else:
        texts = []
    return [*texts, *reason(line), *_people(line), *_next(line, now, site)]


def _card(cause: AlertRow) -> AlertCard | None:
    """Why it fired; None while that cannot be read."""
    try:
        return cards([cause]).get(cause.id)
    except StoreError:
        return None


def reason(line: DayLine) -> Iterator[str]:
    """Why it stands where it stands: `about 14 examinations wait; 2 h of work`."""
    if line.incident is None and not line.faults:
        return  # nobody waits for it, and how long it takes stands there already
    work = t(TIMES[line.time.source], span=fmt.span(round(line.time.hours * HOUR)))
    yield t("today.reason", stake=_stake(line), work=work)


def _stake(line: DayLine) -> str:
    if line.examinations is None:
        return t("today.stake_unknown")
    count = round(line.examinations)
    if count == 0:
        return t("today.stake_none")
    is_lost = bool(line.faults)
    if count == 1:
        return t("today.waits_single" if is_lost else "today.risk_single")
    return t("today.waits" if is_lost else "today.risk", count=count)


def _people(line: DayLine) -> Iterator[str]:
    order = line.main_order
    if order is not None and order.assigned_to:
        if line.order is None:  # its own words have it
            yield t("order.for", name=order.assigned_to)
    elif not line.people and line.work is not None:
        yield t(ROLES[line.work.plan.who])
    elif not line.people:
        yield t("today.nobody")


def _next(line: DayLine, now: int, site: Site) -> Iterator[str]:
    if line.incident is not None and line.limit_at is not None:
        yield t("today.limit_at", when=fmt.moment(line.limit_at, now, site))
    order, put_off = line.main_order, line.snooze
    if put_off is not None:
        when = fmt.moment(put_off.until, now, site)
        yield t("today.put_off", when=when, who=put_off.by, reason=put_off.reason)
    elif order is not None and order.state in STEPS:
        yield t("today.next", step=t(STEPS[order.state]))
    elif line.incident is not None:
        yield t("today.next", step=t("step.look"))


def _chips(line: DayLine, now: int, site: Site) -> str:
    """What cannot be used because of it."""
    if line.incident is not None:
        return down_chips(line.incident, site)
    return "".join(downtime_words(downtime, now, site) for downtime in line.down)
