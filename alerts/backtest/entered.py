"""What people did in the history that is replayed, for the records of the replay."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.evaluation.closing import closed_by, end_by_hand
from core.schema.site import Site
from storage.records import Alert, Records
from storage.records import alerts as alert_rows
from storage.records import manual_readings as manual_rows
from storage.records import windows as window_rows


def copy_entered(records: Records, own: Records, end: int) -> None:
    """What people read from panels, which the engine judges otherwise than what a source brought; windows and silences."""
    with records.reading() as db:
        rows = manual_rows.entered_between(db, 0, end)
        windows = window_rows.all_windows(db)
    with own.writing() as db:
        db.add_all(manual_rows.copied(row) for row in rows)
        db.add_all(window_rows.copied(window) for window in windows if window.starts_at < end)


class _Closing(NamedTuple):
    at: int
    key: tuple[str, str, str]
    reason: str


class Closings:
    """Alerts that a person closed: what would have been open then is closed in the replay too."""

    def __init__(self, site: Site, records: Records, own: Records, start: int, end: int) -> None:
        self._site, self._own = site, own
        with records.reading() as db:
            closed = alert_rows.firing_between(db, start, end)
        self._to_come = sorted(_closings(closed, end), reverse=True)

    def apply(self, at: int) -> None:
        """Those up to that moment of the history, UTC ms."""
        while self._to_come and self._to_come[-1].at <= at:
            closing = self._to_come.pop()
            with self._own.writing() as db:
                self._close(db, closing)

    def _close(self, db: Session, closing: _Closing) -> None:
        alert = alert_rows.open_alerts(db).get(closing.key)
        if alert is not None and alert.fired_at is not None:
            end_by_hand(db, self._site, alert, closing.reason, closing.at)


def _closings(alerts: Sequence[Alert], end: int) -> list[_Closing]:
    return [
        _Closing(alert.ended_at, (alert.device, alert.component, alert.rule), alert.end_reason)
        for alert in alerts
        if alert.ended_at is not None
        and alert.ended_at < end
        and closed_by(alert.end_reason) is not None
    ]
