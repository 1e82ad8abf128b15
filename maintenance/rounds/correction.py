"""Putting right what was entered by hand: a row more, which the series take as they took the first."""

from core.errors import RefusedError
from core.text.numbers import PLAIN
from core.time.clock import DAY
from maintenance.rounds.doubt import TypedNumber
from maintenance.rounds.manual_entry import check_value, confirmed_by
from storage.records import ManualReading
from storage.records import manual_readings as manual_rows
from storage.records.transaction import Transaction, needs


@needs("correct a reading")
def correct_reading(
    tx: Transaction, number: int, value: float, reason: str, *, sure: bool = False
) -> ManualReading:
    """Enter what reading `number` should have been, in its unit; a withdrawn one is there again.

    Orders that were signed and reports that were made stay as they are. Refused as a new reading is,
    without a reason, and where the raw readings of its day are no longer kept.
    """
    last = _last_version(tx, number, reason)
    if not last.is_withdrawn and last.value == value:
        raise RefusedError("it is {value} already", value=PLAIN.measured(value))
    device = tx.device(last.device)
    check_value(device, last.metric, value)
    typed = TypedNumber(device, last.metric, last.component, value, last.at)
    confirmed = confirmed_by(tx, typed, sure=sure)
    return _replace(tx, last, float(value), reason, confirmed=confirmed)


@needs("correct a reading")
def withdraw_reading(tx: Transaction, number: int, reason: str) -> ManualReading:
    """Say that there was no such reading: nothing that reads the series sees it any more."""
    last = _last_version(tx, number, reason)
    if last.is_withdrawn:
        raise RefusedError("reading {number} is withdrawn already", number=number)
    return _replace(tx, last, last.value, reason, is_withdrawn=True)


def _last_version(tx: Transaction, number: int, reason: str) -> ManualReading:
    """The reading as it is in force, if it may be corrected."""
    versions = manual_rows.history(tx.db, number)
    if not versions:
        raise RefusedError("no reading {number} was entered by hand", number=number)
    if not reason.strip():
        raise RefusedError("say why the reading is corrected")
    keep = tx.site.file.retention.raw
    if keep is not None and versions[-1].at // DAY < (tx.now - keep) // DAY:
        raise RefusedError(
            "reading {number} is too old: of its day only averages are kept", number=number
        )
    return versions[-1]


def _replace(
    tx: Transaction,
    last: ManualReading,
    value: float,
    reason: str,
    *,
    confirmed: str = "",
    is_withdrawn: bool = False,
) -> ManualReading:
    row = ManualReading(
        device=last.device,
        metric=last.metric,
        value=value,
        at=last.at,
        who=tx.by,
        entered_at=tx.now,
        component=last.component,
        order_id=last.order_id,
        confirmed_by=confirmed,
        corrects_id=last.corrects_id or last.id,
        old_value=None if last.is_withdrawn else last.value,
        reason=reason.strip(),
        is_withdrawn=is_withdrawn,
    )
    tx.db.add(row)
    tx.db.flush()  # it has its number
    return row
