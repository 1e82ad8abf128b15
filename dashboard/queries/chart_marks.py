"""What happened to one device over a time: alerts, events, work, downtime, services."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from core.readings import CALIBRATED, SOFTWARE_CHANGED
from core.vocabulary.severity import Severity
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.text.labels import CAUSES, EXTENTS
from dashboard.views.chart_marks import MOST_MARKS, ChartMark, newest_marks
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import feedback as feedback_rows
from storage.records import work_orders as order_rows

_CHANGES = (CALIBRATED, SOFTWARE_CHANGED)  # of the machine: as a service they change what is normal


def marks(device: str, start: int, end: int) -> list[ChartMark]:
    """What touches [start, end), oldest first, in the language of who asks."""
    with stores.records().reading() as db:
        rows = [
            *_alerts(db, device, start, end),
            *_orders(db, device, start, end),
            *_downtimes(db, device, start, end),
            *_services(db, device, start, end),
        ]
    return newest_marks([*rows, *_events(device, start, end)])


def _alerts(db: Session, device: str, start: int, end: int) -> Iterator[ChartMark]:
    for alert in alert_rows.alerts_between(db, [device], start, end):
        if alert.fired_at is not None:
            title = t_data(alert.title)
            text = (
                t("alert.on", title=title, component=alert.component) if alert.component else title
            )
            yield ChartMark(
                "alert", alert.began_at, alert.ended_at, alert.severity,
                t("mark.alert", title=text), alert.metric,
            )  # fmt: skip


def _orders(db: Session, device: str, start: int, end: int) -> Iterator[ChartMark]:
    """From when somebody began to when it was done; an order that nobody has begun, when it was opened."""
    for order in order_rows.orders_with_costs(db, device):
        started_at = next((step.at for step in order.steps if step.state == "working"), None)
        at = order.opened_at if started_at is None else started_at
        over = at if started_at is None else order.done_at
        if at < end and (over is None or over >= start) and order.state != "cancelled":
            text = t("mark.order", number=order.id, title=t_data(order.title))
            link = f"order?order={order.id}"
            yield ChartMark("order", at, over, "info", text, link=link)


def _downtimes(db: Session, device: str, start: int, end: int) -> Iterator[ChartMark]:
    for downtime in downtime_rows.downtimes(db, start, end, device):
        severity: Severity = "error" if downtime.extent == "hard" else "warning"
        extent, cause = t(EXTENTS[downtime.extent]), t(CAUSES[downtime.cause])
        text = t("mark.downtime", extent=extent, cause=cause)
        yield ChartMark("downtime", downtime.began_at, downtime.ended_at, severity, text)


def _services(db: Session, device: str, start: int, end: int) -> Iterator[ChartMark]:
    """Refills, calibrations, new sensors: what a person has noted as done to the device."""
    for service in feedback_rows.service_events_between(db, start, end):
        if service.device == device:
            text = t("mark.service", text=service.text) if service.text else t("mark.serviced")
            yield ChartMark("service", service.at, service.at, "info", text)


def _events(device: str, start: int, end: int) -> Iterator[ChartMark]:
    for event in stores.series().events(device, start, end, MOST_MARKS):
        kind = "service" if event.kind in _CHANGES else "event"
        text = " ".join(filter(None, (t_data(event.text), event.code, event.component)))
        yield ChartMark(kind, event.at, event.at, event.severity, text)  # type: ignore[arg-type]
