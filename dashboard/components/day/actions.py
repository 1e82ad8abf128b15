"""What is done on a line of the day: taken, begun, given to somebody, put off, skipped."""

from collections.abc import Sequence

import streamlit as st

from alerts.notification.acknowledgement import acknowledge_incident
from core.time.clock import HOUR
from core.vocabulary.work_orders import OrderState
from dashboard import forms
from dashboard.components.device.alert import acknowledge_button, order_button, order_link
from dashboard.components.orders.agenda import skip_form, start_button
from dashboard.components.orders.order import TONES
from dashboard.components.orders.quiet import wants_quiet
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import chip
from dashboard.i18n import t
from dashboard.queries import people as people_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import ORDER_STATES
from dashboard.views.day import DayLine
from dashboard.views.incidents import IncidentRow
from maintenance.planning.snooze import DayStanding, snooze, wake
from maintenance.work_orders.lifecycle import assign, assign_for_alert, begin, begin_for_alert
from maintenance.work_orders.states import NEXT

PAGE = "app_pages/order.py"
HOURS = (1, 4, 12, 24, 72, 168)


def line_buttons(line: DayLine, now: int) -> None:
    """What may follow as it stands; of an incident also that somebody has seen it."""
    order = line.main_order
    if line.incident is not None:
        _of_incident(line.incident)
    may = _may_become(line)
    if line.work is not None:
        start_button(line.work)
    elif "working" in may and (order is None or order.state != "done"):
        forms.button(
            f"start-{line.key}", t("order.start"), lambda: _begun(line),
            right="work on an order", primary=True,
        )  # fmt: skip
    if "assigned" in may:
        with forms.popover(f"assign-{line.key}", t("order.assign")):
            _assign(line)
    if line.work is not None:
        skip_form(line.work.task.id)
    _snooze(line)


def _may_become(line: DayLine) -> tuple[OrderState, ...]:
    """The states of its order that may follow; an incident without one may get it."""
    if line.main_order is not None:
        return NEXT[line.main_order.state]
    return ("assigned", "working") if line.incident is not None else ()


def _of_incident(incident: IncidentRow) -> None:
    if not incident.is_acknowledged and incident.id:
        forms.button(
            f"acknowledge-incident-{incident.id}",
            t("alert.acknowledge"),
            lambda: _acknowledge(incident.id),
            right="acknowledge an alert",
        )
    elif not incident.is_acknowledged:
        acknowledge_button(incident.cause.id)
    for order in incident.orders:
        order_link(order.number)
        st.html(chip(t(ORDER_STATES[order.state]), TONES[order.state]), width="content")
    if not any(order.alert == incident.cause.id for order in incident.orders):
        order_button(incident.cause.id)


def _acknowledge(incident_id: int) -> str:
    with forms.writing() as tx:
        acknowledge_incident(tx, incident_id)
    return t("alert.was_acknowledged")


def _begun(line: DayLine) -> forms.Done:
    """Somebody is at it; of what has no order yet it is opened with that."""
    is_quiet = wants_quiet()
    if line.main_order is not None:
        return _begin(line.main_order.number, quiet=is_quiet)
    return _begin_for_alert(_alert(line), quiet=is_quiet)


def _begin(order_id: int, *, quiet: bool = True) -> forms.Done:
    with forms.writing() as tx:
        begin(tx, order_id, quiet=quiet)
    return _to_order(order_id)


def _begin_for_alert(alert_id: int, *, quiet: bool = True) -> forms.Done:
    with forms.writing() as tx:
        number = begin_for_alert(tx, alert_id, quiet=quiet).id
    return _to_order(number)


def _to_order(number: int) -> forms.Done:
    return forms.Done(t("order.begun"), PAGE, {"order": str(number)})


def _alert(line: DayLine) -> int:
    return 0 if line.incident is None else line.incident.cause.id


def _assign(line: DayLine) -> None:
    name = f"assign-{line.key}"
    workers = people_queries.workers()
    with st.form(forms.once(name), border=False):
        to = st.selectbox(t("order.to_whom"), workers, None, accept_new_options=True)
        if forms.submit(t("order.assign"), "assign a work order"):
            forms.do(name, lambda: _assigned(line, to or ""))


def _assigned(line: DayLine, to: str) -> str:
    if line.main_order is not None:
        return _give(line.main_order.number, to)
    return _give_alert(_alert(line), to)


def _give(order_id: int, to: str) -> str:
    with forms.writing() as tx:
        assign(tx, order_id, to)
    return t("order.assigned", name=to)


def _give_alert(alert_id: int, to: str) -> str:
    with forms.writing() as tx:
        assign_for_alert(tx, alert_id, to)
    return t("order.assigned", name=to)


def _snooze(line: DayLine) -> None:
    if line.snooze is not None:
        forms.button(
            f"wake-{line.key}",
            t("today.wake"),
            lambda: _bring_back(line.standings),
            right="snooze work",
        )
        return
    name = f"snooze-{line.key}"
    with (
        forms.popover(name, t("today.snooze"), ":material/snooze:"),
        st.form(forms.once(name), border=False),
    ):
        st.caption(t("today.snooze_means"))
        hours = st.segmented_control(
            t("today.snooze_for"), HOURS, default=4, required=True,
            format_func=lambda hours: fmt.span(hours * HOUR), key=forms.once(f"{name}-hours"),
        )  # fmt: skip
        key = forms.once(f"{name}-until")
        until = moment_box(t("today.snooze_until"), key, None, stores.site())
        reason = st.text_input(t("window.why"), key=forms.once(f"{name}-why"))
        if forms.submit(t("today.snooze"), "snooze work"):
            forms.do(name, lambda: _put_off(line.standings, hours, until.given(), reason))


def _put_off(standings: Sequence[DayStanding], hours: int, until: int | None, reason: str) -> str:
    with forms.writing() as tx:
        ends_at = tx.now + hours * HOUR if until is None else until
        snooze(tx, standings, ends_at, reason)
    return t("today.was_put_off", when=fmt.moment(ends_at, stores.now(), stores.site()))


def _bring_back(standings: Sequence[DayStanding]) -> str:
    with forms.writing() as tx:
        wake(tx, [standing.subject for standing in standings])
    return t("today.woken")
