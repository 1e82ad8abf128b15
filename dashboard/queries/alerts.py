"""Alerts, downtime, and when nobody is told of them, as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from alerts.evaluation.windows import marks, next_span
from alerts.notification.acknowledgement import acknowledged
from alerts.notification.evidence import whole_incident
from dashboard.queries import stores
from dashboard.queries.reports import report
from dashboard.views.device_status import AlertRow, DownRow
from dashboard.views.windows import WindowRow
from storage.records import Alert, Incident, Window
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import feedback as feedback_rows
from storage.records import incidents as incident_rows
from storage.records import windows as window_rows
from storage.records.feedback import AlertFeedback


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """What broke together, the cause first."""

    id: int
    is_over: bool
    is_acknowledged: bool  # all of it that fires
    alerts: Sequence[AlertRow]


@st.cache_data(ttl="3s", show_spinner=False)
def open_alerts() -> list[AlertRow]:
    """Alerts that have not ended, pending ones too."""
    with stores.records().reading() as db:
        return _alert_rows(db, list(alert_rows.open_alerts(db).values()))


@st.cache_data(ttl="3s", show_spinner=False)
def out_of_service() -> list[DownRow]:
    """What cannot be used now, the oldest first."""
    with stores.records().reading() as db:
        return [
            DownRow(
                downtime.id,
                downtime.device,
                downtime.extent == "hard",
                downtime.cause == "planned",
                downtime.began_at,
                downtime.order_id,
            )
            for downtime in downtime_rows.open_downtimes(db)
        ]


@st.cache_data(ttl="3s", show_spinner=False)
def windows() -> list[WindowRow]:
    """Silences and maintenance windows that are open or to come, the next to begin first."""
    now, zone = stores.now(), stores.site().zone
    with stores.records().reading() as db:
        rows = [
            WindowRow(
                window.id,
                window.kind,
                window.device,
                window.component,
                window.rule,
                *span,
                span[0] <= now,
                window.repeats,
                window.by,
                window.reason,
                window.order_id,
            )
            for window in window_rows.windows_to_come(db, now)
            if (span := next_span(window, now, zone)) is not None
        ]
    return sorted(rows, key=lambda row: (row.start, row.id))


@st.cache_data(ttl="10s", show_spinner=False)
def alerts_since(since: int, device: str | None = None) -> list[AlertRow]:
    """Alerts that are open, or ended after `since`; newest first."""
    with stores.records().reading() as db:
        return _alert_rows(db, alert_rows.alerts_since(db, since, device))


@st.cache_data(ttl="10s", show_spinner=False)
def tallies() -> dict[str, tuple[int, int]]:
    """By rule, over the whole site: how many alerts people called right, how many wrong."""
    with stores.records().reading() as db:
        return {
            rule: (tally.true, tally.false) for rule, tally in feedback_rows.tallies(db).items()
        }


def incident(number: int) -> IncidentRow | None:
    """An incident, or the one that it turned out to be part of; None if there is none."""
    with stores.records().reading() as db:
        if db.get(Incident, number) is None:
            return None
        row = whole_incident(db, number)
        alerts = incident_rows.alerts_of(db, [row.id]).get(row.id, [])
        rows = _alert_rows(db, alerts)
    firing = [alert for alert in rows if alert.ended_at is None]
    return IncidentRow(
        row.id,
        is_over=row.ended_at is not None,
        is_acknowledged=all(alert.acknowledged_at is not None for alert in firing),
        alerts=sorted(rows, key=lambda alert: alert.id != row.cause_id),
    )


def forget_cached() -> None:
    """Something was written: what shows it is read anew."""
    open_alerts.clear()
    out_of_service.clear()
    windows.clear()
    alerts_since.clear()
    tallies.clear()
    report.clear()


def _alert_rows(db: Session, alerts: Sequence[Alert]) -> list[AlertRow]:
    answers = feedback_rows.feedback_on(db, [alert.id for alert in alerts])
    now = stores.now()
    open_windows = window_rows.windows_at(db, now)
    opened = [alert for alert in alerts if alert.ended_at is None]
    valid = acknowledged(db, stores.site(), opened, now)
    lapsed = {alert.id for alert in opened} - valid
    return [
        _alert_row(alert, answers.get(alert.id), open_windows, now, is_lapsed=alert.id in lapsed)
        for alert in alerts
    ]


def _alert_row(
    alert: Alert,
    answer: AlertFeedback | None,
    open_windows: Sequence[Window],
    now: int,
    *,
    is_lapsed: bool,
) -> AlertRow:
    """With what stands beside it by the windows themselves: the engine notes that a moment later."""
    work, silenced_until = "", None
    if alert.ended_at is None:
        key = (alert.device, alert.component, alert.rule)
        work, silenced_until = marks(open_windows, key, now, stores.site().zone)
    parent = "" if alert.suppressed_by.startswith("window ") else alert.suppressed_by
    return AlertRow(
        device=alert.device,
        component=alert.component,
        rule=alert.rule,
        title=alert.title,
        severity=alert.severity,
        metric=alert.metric,
        state=alert.state,
        began_at=alert.began_at,
        fired_at=alert.fired_at,
        ended_at=alert.ended_at,
        acknowledged_at=None if is_lapsed else alert.acknowledged_at,
        acknowledged_by="" if is_lapsed else alert.acknowledged_by,
        value=alert.value,
        limit=alert.limit,
        id=alert.id,
        opinion=answer.opinion if answer else "",
        silenced_until=silenced_until,
        suppressed_by=(work or parent) if alert.ended_at is None else "",
        end_reason=alert.end_reason,
    )
