"""Why alerts fired: what the stores know of them, for many at once."""

from collections.abc import Iterable, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from alerts.evaluation.kinds import judge_for
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason
from core.errors import StoreError
from core.readings import UP, Reading
from core.schema.metric import Metric
from core.schema.site import Device
from core.time.clock import MINUTE
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.alert_rows import alert_rows_of
from dashboard.queries.alerts import open_alerts
from dashboard.views.alert_card import AlertCard, CardFacts, drawn_range
from dashboard.views.device_status import AlertRow
from dashboard.views.freshness import fresh_for
from storage.records import Alert, Ticket, Verdict
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.records import work_orders as order_rows
from storage.series import Curve

POINTS = 60  # of a line that is 120 pixels wide
# What of an alert another answer would follow from: its number, when and by what it fired, its end.
FactsKey = tuple[int, int | None, float | None, int | None]
MOST_FIRST = 2_000  # readings, of all components, that are looked through for a baseline


def open_cards() -> dict[int, AlertCard]:
    """The card of each alert that fires, by its number; what is pending has none."""
    return cards([row for row in open_alerts() if row.fired_at is not None])


def open_cards_if_read() -> dict[int, AlertCard]:
    """The same; none while a store cannot be read, which the page shows."""
    try:
        return open_cards()
    except StoreError:
        return {}


def card_of(alert_id: int | None) -> AlertCard | None:
    """The card of one alert, over or not; None if there is none, or it never fired."""
    if alert_id is None:
        return None
    with stores.records().reading() as db:
        rows = alert_rows_of(db, alert_rows.alerts_by_id(db, [alert_id]))
    return cards([row for row in rows if row.fired_at is not None]).get(alert_id)


def card_of_order(order_id: int) -> AlertCard | None:
    """The card of the alert that an order is about; None if it is about none."""
    with stores.records().reading() as db:
        alert_id = order_rows.alert_of_order(db, order_id)
    return card_of(alert_id)


def card_of_ticket(ticket_id: int) -> AlertCard | None:
    """The card of the alert that a ticket, or the order that it was opened from, is about."""
    with stores.records().reading() as db:
        ticket = db.get_one(Ticket, ticket_id)
        alert_id = ticket.alert_id
        if alert_id is None and ticket.order_id is not None:
            alert_id = order_rows.alert_of_order(db, ticket.order_id)
    return card_of(alert_id)


def cards(rows: Sequence[AlertRow]) -> dict[int, AlertCard]:
    """The cards of these alerts, by their numbers."""
    if not rows:
        return {}
    minute = stores.now() // MINUTE * MINUTE
    keys = {(row.id, row.fired_at, row.fired_value, row.ended_at) for row in rows}
    facts = _facts(tuple(sorted(keys, key=lambda key: key[0])), minute)
    newest = _newest({row.device for row in rows})
    return {row.id: _card(row, facts[row.id], newest) for row in rows if row.id in facts}


def _card(
    row: AlertRow, facts: CardFacts, newest: dict[tuple[str, str, str], Reading]
) -> AlertCard:
    device = stores.site().devices.get(row.device)
    profile = device.profile if device else None
    reading = newest.get((row.device, row.metric, row.component))
    longest = fresh_for(device, row.metric) if device else None
    is_late = reading is None or (longest is not None and stores.now() - reading.at > longest)
    return AlertCard(
        row=row,
        metric=_metric(device, row.metric),
        profile=profile,
        rule=stores.site().rule(row.device, row.rule),
        facts=facts,
        newest=reading,
        is_fresh=not is_late,
    )


def _newest(devices: Iterable[str]) -> dict[tuple[str, str, str], Reading]:
    wanted = set(devices)
    return {
        (reading.device, reading.metric, reading.component): reading
        for reading in fleet_queries.latest()
        if reading.device in wanted
    }


@st.cache_data(ttl="60s", max_entries=50, show_spinner=False)
def _facts(keys: tuple[FactsKey, ...], minute: int) -> dict[int, CardFacts]:
    """By the alert's number. `minute` is the start of one, so that open pages share the answer."""
    ids = [number for number, *_ in keys]
    with stores.records().reading() as db:
        alerts = alert_rows.alerts_by_id(db, ids)
        return {
            row.id: _facts_of(db, alert, row, minute)
            for alert, row in zip(alerts, alert_rows_of(db, alerts), strict=True)
        }


def _facts_of(db: Session, alert: Alert, row: AlertRow, minute: int) -> CardFacts:
    start, end = drawn_range(row, minute)
    curve = Curve([], "raw", 0)
    if row.metric != UP:
        curve = stores.series().range(row.device, row.metric, row.component, start, end, POINTS)
    return CardFacts(reason_of_alert(db, alert, minute), curve, start, end)


def reason_of_alert(db: Session, alert: Alert, now: int) -> AlertReason:
    """What its rule judged; of a rule that the profile has lost the numbers that the alert keeps."""
    past = _fired_past(db, alert, now)
    rule = stores.site().rule(alert.device, alert.rule)
    return plain_reason(past) if rule is None else judge_for(alert.device, rule).reason(past)


def _fired_past(db: Session, alert: Alert, now: int) -> FiredPast:
    """What the stores know of it; of its series only what its kind of rule asks for."""
    series, key = stores.series(), (alert.device, alert.metric, alert.component)
    fired_at = alert.began_at if alert.fired_at is None else alert.fired_at

    def first(since: int, count: int) -> list[Reading]:
        readings = series.readings(alert.device, alert.metric, since, MOST_FIRST)
        return [reading for reading in readings if reading.component == alert.component][:count]

    def serviced_at() -> int:
        services = feedback_rows.service_events_before(db, alert.device, fired_at + 1, 1)
        return services[0].at if services else 0

    return FiredPast(
        alert.began_at,
        fired_at,
        alert.component,
        _metric(stores.site().devices.get(alert.device), alert.metric),
        alert.metric,
        alert.value if alert.fired_value is None else alert.fired_value,
        alert.limit,
        _verdict(db, alert, fired_at),
        _verdict(db, alert, now if alert.ended_at is None else alert.ended_at),
        lambda start, end, points: series.range(*key, start, end, points),
        first,
        serviced_at,
    )


def _verdict(db: Session, alert: Alert, at: int) -> Verdict | None:
    rule = stores.site().rule(alert.device, alert.rule)
    if rule is None or rule.detector_id is None:
        return None
    return verdict_rows.verdict_at(db, (alert.device, alert.component, rule.detector_id), at)


def _metric(device: Device | None, name: str) -> Metric:
    """A bare one where the site has it no more."""
    metric = device.profile.metrics.get(name) if device else None
    return metric or Metric(title=name)
