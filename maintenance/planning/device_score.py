"""The risk score and class of a device today, from its plans' file and its failures."""

from sqlalchemy.orm import Session

from core.schema.site import Device
from maintenance.planning.risk import MONTH, RiskClass, risk_class, score
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows

LOOK_BACK = 18 * MONTH  # for failures


def device_class(db: Session, device: Device, now: int) -> RiskClass:
    """The risk class of a device today; one without a score is outside the programme."""
    number = device_score(db, device, now)
    return "outside" if number is None else risk_class(number)


def device_score(db: Session, device: Device, now: int) -> int | None:
    """The Fennigkoh-Smith score of a device today; None if no file of plans gives its parts."""
    if device.risk is None:
        return None
    failures = order_rows.failure_times(db, device.id, now - LOOK_BACK)
    return score(device.risk, failures, task_rows.counted_since(db, device.id) or now, now)
