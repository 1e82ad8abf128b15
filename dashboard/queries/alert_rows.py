"""Rows of the records as the pages show them: alerts with what stands beside them now, and downtime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from alerts.evaluation.flapping import quiet_time
from alerts.evaluation.windows import marks, open_span
from alerts.notification.acknowledgement import acknowledged
from dashboard.queries import stores
from dashboard.views.device_status import AlertRow
from storage.records import Alert, Window
from storage.records import feedback as feedback_rows
from storage.records import incidents as incident_rows
from storage.records import windows as window_rows


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the alerts of one reading of the records are shown with, at `now`."""

    opinions: Mapping[int, str]
    windows: Mapping[str, Window]  # by the mark that they leave, `window 12`
    lapsed: set[int]  # open alerts that nobody takes care of any more
    causes: Mapping[int, int]  # by incident
    watched_for: Mapping[int, int]
    now: int


def alert_rows_of(db: Session, alerts: Sequence[Alert]) -> list[AlertRow]:
    """The alerts with what stands beside them, in their order."""
    now, site = stores.now(), stores.site()
    answers = feedback_rows.feedback_on(db, [alert.id for alert in alerts])
    opened = [alert for alert in alerts if alert.ended_at is None]
    numbers = {alert.incident_id for alert in alerts if alert.incident_id is not None}
    open_windows = [
        window
        for window in window_rows.windows_at(db, now)
        if open_span(window, now, site.zone) is not None
    ]
    beside = _Beside(
        opinions={alert: answer.opinion for alert, answer in answers.items()},
        windows={f"window {window.id}": window for window in open_windows},
        lapsed={alert.id for alert in opened} - acknowledged(db, site, opened, now),
        causes={row.id: row.cause_id for row in incident_rows.incidents_by_id(db, numbers)},
        watched_for={
            alert.id: _watched_for(db, alert, now) for alert in opened if alert.state == "clearing"
        },
        now=now,
    )
    return [_alert_row(alert, beside) for alert in alerts]


def _watched_for(db: Session, alert: Alert, now: int) -> int:
    """How long it must stay right: by its rule, and because it comes and goes."""
    rule = stores.site().rule(alert.device, alert.rule)
    longest = 0 if rule is None else rule.keep_firing_for
    return max(longest, quiet_time(db, alert, now))


def _alert_row(alert: Alert, beside: _Beside) -> AlertRow:
    suppressed_by, silenced_until = _marks(alert, beside)
    window = beside.windows.get(suppressed_by)
    is_lapsed = alert.id in beside.lapsed
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
        opinion=beside.opinions.get(alert.id, ""),
        silenced_until=silenced_until,
        suppressed_by=suppressed_by,
        window_of="" if window is None else window.device,
        end_reason=alert.end_reason,
        fired_value=alert.fired_value,
        cleared_at=alert.cleared_at,
        watched_for=beside.watched_for.get(alert.id, 0),
        unknown_since=alert.unknown_since if alert.ended_at is None else None,
        incident=alert.incident_id,
        cause=None if alert.incident_id is None else beside.causes.get(alert.incident_id),
    )


def _marks(alert: Alert, beside: _Beside) -> tuple[str, int | None]:
    """What suppresses it, and silenced until when; by the windows themselves, where they are its own.

    The engine notes that a moment later. What it noted of a window above holds while that is open.
    """
    if alert.ended_at is not None:
        return "", None
    key = (alert.device, alert.component, alert.rule)
    work, silenced_until = marks(beside.windows.values(), key, beside.now, stores.site().zone)
    noted = beside.windows.get(alert.suppressed_by)
    is_own = noted is not None and noted.device == alert.device
    is_over = noted is None and alert.suppressed_by.startswith("window ")
    return work or ("" if is_own or is_over else alert.suppressed_by), silenced_until
