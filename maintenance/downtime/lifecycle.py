"""When a device could not be used, and why: opened, closed, corrected.

`tx` says who and when. RefusedError, and nothing is changed, if it cannot be.
"""

from typing import TypedDict, Unpack

from core.errors import RefusedError
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from storage.records import Alert, Downtime, WorkOrder
from storage.records.transaction import Transaction, needs


class Correction(TypedDict, total=False):
    """What a person may correct; what is not named stays."""

    began_at: int
    ended_at: int | None
    cause: DowntimeCause
    extent: DowntimeExtent
    cases_lost: int | None
    recovery_cents: int
    note: str


def open_downtime(
    tx: Transaction,
    device: str,
    began_at: int,
    *,
    cause: DowntimeCause,
    extent: DowntimeExtent,
    order: WorkOrder | None = None,
    alert: Alert | None = None,
    note: str = "",
) -> Downtime:
    """From `began_at` (UTC ms) on the device cannot be used, or only in part."""
    downtime = Downtime(
        device=device,
        began_at=began_at,
        cause=cause,
        extent=extent,
        opened_by=tx.by,
        alert_id=alert.id if alert else None,
        order_id=order.id if order else None,
        note=note,
    )
    tx.db.add(downtime)
    tx.db.flush()
    return downtime


def close_downtime(tx: Transaction, downtime: Downtime, ended_at: int) -> Downtime:
    """It can be used again since `ended_at`."""
    if ended_at < downtime.began_at:
        raise RefusedError("downtime cannot end before it began")
    downtime.ended_at, downtime.closed_by = ended_at, tx.by
    return downtime


def change_cause(tx: Transaction, downtime: Downtime, cause: DowntimeCause) -> Downtime:
    """From now on another cause: the downtime ends where the next begins; the one that is open now."""
    if downtime.cause == cause or tx.now <= downtime.began_at:
        downtime.cause = cause
        return downtime
    close_downtime(tx, downtime, tx.now)
    following = Downtime(
        device=downtime.device,
        began_at=tx.now,
        cause=cause,
        extent=downtime.extent,
        opened_by=tx.by,
        alert_id=downtime.alert_id,
        order_id=downtime.order_id,
    )
    tx.db.add(following)
    tx.db.flush()
    return following


@needs("correct downtime")
def correct(tx: Transaction, downtime_id: int, **changes: Unpack[Correction]) -> Downtime:
    """A person knows better. What it was before is in the audit."""
    downtime = tx.db.get(Downtime, downtime_id)
    if downtime is None:
        raise RefusedError("there is no downtime {downtime}", downtime=downtime_id)
    began = changes.get("began_at", downtime.began_at)
    ended = changes.get("ended_at", downtime.ended_at)
    if began > tx.now or (ended is not None and not began <= ended <= tx.now):
        raise RefusedError("downtime begins before it ends, and not in the future")
    if (changes.get("cases_lost") or 0) < 0 or changes.get("recovery_cents", 0) < 0:
        raise RefusedError("cases and money are 0 or more")
    for name, value in changes.items():
        setattr(downtime, name, value)
    downtime.corrected_at, downtime.corrected_by = tx.now, tx.by
    return downtime
