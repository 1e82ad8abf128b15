"""Numbers that a person read from a panel: entered here, stored in the series by the collector."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from core.errors import RefusedError, UnsureError
from core.schema.metric import Metric
from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.time.clock import MINUTE
from maintenance.rounds.doubt import TypedNumber, doubt
from storage.records import ManualReading
from storage.records.transaction import Transaction, needs


class EnteredValue(NamedTuple):
    """One number of a round, in the unit of its metric."""

    metric: str
    value: float
    component: str = ""
    sure: bool = False  # a running number that is asked about is right


@needs("enter readings")
def enter_readings(
    tx: Transaction, device: str, values: Sequence[EnteredValue], at: int
) -> list[ManualReading]:
    """Put the numbers of one round into the outbox, all or none. `at` (UTC ms) is when they were read."""
    if not values:
        raise RefusedError("no number has been typed yet")
    known = tx.device(device)
    rows = [
        enter_reading(tx, known, metric, value, at=at, component=component, sure=sure)
        for metric, value, component, sure in values
    ]
    tx.db.flush()  # they have their numbers
    return rows


def enter_reading(
    tx: Transaction,
    device: Device,
    metric: str,
    value: float,
    *,
    at: int,
    component: str = "",
    order_id: int | None = None,
    sure: bool = False,
) -> ManualReading:
    """Put one number into the outbox. `at` (UTC ms) is when it was read.

    RefusedError if the device has no such metric, the number is not plausible, or `at` is ahead.
    UnsureError if it is a running number that can hardly be right, unless the person is `sure`.
    """
    check_value(device, metric, value)
    if at > tx.now + MINUTE:
        raise RefusedError("it cannot have been read in the future")
    reading = ManualReading(
        device=device.id,
        metric=metric,
        value=float(value),
        at=at,
        who=tx.by,
        entered_at=tx.now,
        component=component,
        order_id=order_id,
        confirmed_by=confirmed_by(tx, TypedNumber(device, metric, component, value, at), sure=sure),
    )
    tx.db.add(reading)
    return reading


def confirmed_by(tx: Transaction, typed: TypedNumber, *, sure: bool) -> str:
    """Who says that a doubtful number is right; empty if there is no doubt. UnsureError if nobody does."""
    question = doubt(tx.db, tx.site, typed, tx.now)
    if question is None:
        return ""
    if not sure:
        raise UnsureError("{question}. If it is right, confirm it", question=question)
    return tx.by


def _metric(device: Device, name: str) -> Metric:
    metrics = device.profile.metrics
    if name not in metrics:
        hint = did_you_mean(name, metrics)
        raise RefusedError(
            "{device} has no metric {metric!r}{hint}", device=device.id, metric=name, hint=hint
        )
    return metrics[name]


def check_value(device: Device, metric: str, value: float) -> None:
    """RefusedError if the device has no such metric, or the number cannot be."""
    plausible = _metric(device, metric).plausible
    if plausible and not plausible[0] <= value <= plausible[1]:
        raise RefusedError(
            "{value:g} is not a number between {low:g} and {high:g}",
            value=value,
            low=plausible[0],
            high=plausible[1],
        )
    if not math.isfinite(value):
        raise RefusedError("{value:g} is not a number", value=value)
