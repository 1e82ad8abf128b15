"""What is asked of the past of a few devices: alerts, verdicts, services, and changes of their records."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.records.base import Alert, Audit, Service, Verdict


def alerts_between(db: Session, devices: Collection[str], start: int, end: int) -> list[Alert]:
    """Alerts that were open at some time of [start, end), oldest first."""
    asked = select(Alert).where(
        Alert.device.in_(devices),
        Alert.began_at < end,
        or_(Alert.ended_at.is_(None), Alert.ended_at >= start),
    )
    return list(db.scalars(asked.order_by(Alert.began_at, Alert.id)))


def verdicts_between(db: Session, devices: Collection[str], start: int, end: int) -> list[Verdict]:
    """What detectors said in [start, end), oldest first."""
    asked = select(Verdict).where(
        Verdict.device.in_(devices), Verdict.at >= start, Verdict.at < end
    )
    return list(db.scalars(asked.order_by(Verdict.at, Verdict.device, Verdict.detector)))


def last_services(db: Session, device: str, before: int, count: int) -> list[Service]:
    """The newest services of a device before a moment, newest first."""
    asked = select(Service).where(Service.device == device, Service.at < before)
    return list(db.scalars(asked.order_by(Service.at.desc(), Service.id.desc()).limit(count)))


def changes(db: Session, what: str, row_ids: Collection[str], count: int) -> list[Audit]:
    """The last changes of these rows of a table, newest first."""
    asked = select(Audit).where(Audit.what == what, Audit.row_id.in_(row_ids))
    return list(db.scalars(asked.order_by(Audit.id.desc()).limit(count)))
