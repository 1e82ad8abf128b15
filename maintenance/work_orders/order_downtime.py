"""The downtime of a work order: it begins with planned work, waits with the order and ends with it."""

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from maintenance.downtime.lifecycle import change_cause, close_downtime, open_downtime
from maintenance.downtime.probable_cause import probable_cause
from maintenance.work_orders.states import get
from storage.records import Alert, Downtime, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import fault_reports as report_rows
from storage.records.transaction import Transaction, needs


@needs("note downtime")
def add_downtime(
    tx: Transaction, order_id: int, began_at: int, cause: DowntimeCause, extent: DowntimeExtent
) -> Downtime:
    """The device cannot be used since `began_at` (UTC ms), which nobody had noted."""
    order = get(tx.db, order_id)
    if began_at > tx.now:
        raise RefusedError("downtime begins before it ends, and not in the future")
    return open_downtime(tx, order.device, began_at, cause=cause, extent=extent, order=order)


def fault_began(db: Session, order: WorkOrder) -> int:
    """Since when there is what an order is about, UTC ms: its alert, else the first report, else its opening."""
    if order.alert_id is not None:
        return db.get_one(Alert, order.alert_id).began_at
    reports = report_rows.reports_of_order(db, order.id)
    return min([order.opened_at, *(report.at for report in reports)])


def note_unusable(
    tx: Transaction, order: WorkOrder, extent: DowntimeExtent, began_at: int | None, done_at: int
) -> None:
    """The device could not be used meanwhile: since the fault began, unless `began_at` (UTC ms) says.

    Refused if a downtime of this order is noted already, or if it would begin after the work was done.
    """
    if downtime_rows.downtimes_of_order(tx.db, order.id):
        raise RefusedError("a downtime of this order is noted already: correct that")
    begin = fault_began(tx.db, order) if began_at is None else began_at
    if begin > done_at:
        raise RefusedError("downtime begins before it ends, and not in the future")
    cause = probable_cause(tx.db, tx.site, order.device, begin)
    open_downtime(tx, order.device, begin, cause=cause, extent=extent, order=order)


def follow_work(tx: Transaction, order: WorkOrder) -> None:
    """Somebody works on it: planned work takes the device down, what waited is the machine's again."""
    open_downtimes = _open_downtimes(tx, order)
    if order.kind == "preventive" and order.takes_down and not open_downtimes:
        open_downtime(tx, order.device, tx.now, cause="planned", extent="hard", order=order)
    for downtime in open_downtimes:
        if downtime.cause in ("waiting_part", "waiting_vendor"):
            change_cause(tx, downtime, "machine")


def follow_waiting(tx: Transaction, order: WorkOrder) -> None:
    """The order waits for a part or a vendor: so does its downtime."""
    cause: DowntimeCause = "waiting_part" if order.state == "waiting_part" else "waiting_vendor"
    for downtime in _open_downtimes(tx, order):
        change_cause(tx, downtime, cause)


def end_downtime(tx: Transaction, order: WorkOrder, at: int) -> None:
    """The device can be used again since `at` (UTC ms)."""
    for downtime in _open_downtimes(tx, order):
        close_downtime(tx, downtime, max(at, downtime.began_at))


def _open_downtimes(tx: Transaction, order: WorkOrder) -> list[Downtime]:
    downtimes = downtime_rows.downtimes_of_order(tx.db, order.id)
    return [downtime for downtime in downtimes if downtime.ended_at is None]
