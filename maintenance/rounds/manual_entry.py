"""Numbers that a person read from a panel: entered here, stored in the series by the collector."""

import math

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.time.clock import MINUTE
from storage.records import ManualReading


def enter(
    db: Session,
    device: Device,
    metric: str,
    value: float,
    *,
    at: int,
    by: str,
    now: int,
    component: str = "",
    order_id: int | None = None,
) -> ManualReading:
    """Put one number into the outbox. `at` is when it was read.

    RefusedError if the device has no such metric, the number is not plausible, or `at` is ahead.
    """
    known = device.profile.metrics
    if metric not in known:
        hint = did_you_mean(metric, known)
        raise RefusedError(
            "{device} has no metric {metric!r}{hint}", device=device.id, metric=metric, hint=hint
        )
    span = known[metric].plausible
    if span and not span[0] <= value <= span[1]:
        raise RefusedError(
            "{value:g} is not a number between {low:g} and {high:g}",
            value=value,
            low=span[0],
            high=span[1],
        )
    if not math.isfinite(value):
        raise RefusedError("{value:g} is not a number", value=value)
    if at > now + MINUTE:
        raise RefusedError("it cannot have been read in the future")
    reading = ManualReading(
        device=device.id,
        metric=metric,
        value=float(value),
        at=at,
        who=by,
        entered_at=now,
        component=component,
        order_id=order_id,
    )
    db.add(reading)
    return reading
