"""Faults that anybody at a machine reports, without an account."""

from hashlib import sha256

from core.time.clock import HOUR
from core.vocabulary.downtime import DowntimeExtent
from dashboard.queries import stores
from maintenance.downtime import records as downtime
from maintenance.work_orders import lifecycle as orders
from storage.records import WorkOrder
from storage.records import work_orders as order_rows

BY = "fault form"


def report(device: str, text: str, name: str, down: DowntimeExtent | None) -> int:
    """A corrective order; its number. The same words are one order until that is done.

    Who goes back and sends again because the line hung, and who reports what a colleague has
    reported, gets the number of the order that is open.
    """
    said = sha256(f"{down} {text.strip()}".encode()).hexdigest()[:16]
    fault, now = f"report:{said}", stores.now()
    by = f"{BY}: {name.strip()}" if name.strip() else BY
    with stores.records().writing(by, now) as db:
        already = order_rows.open_order_of_fault(db, device, fault)
        if already is not None:
            return already.id
        order = orders.open_order(
            db,
            device=device,
            kind="corrective",
            opened_by="fault",
            title=_title(text),
            text=text.strip(),
            fault=fault,
            by=by,
            now=now,
            down=down,
            cause=downtime.proposed_cause(db, stores.site(), device, now),
        )
        return order.id


def is_new(device: str, number: int) -> bool:
    """Was an order of that number opened for the device by the form, in the last hour?"""
    with stores.records().reading() as db:
        order = db.get(WorkOrder, number)
    return (
        order is not None
        and (order.device, order.opened_by) == (device, "fault")
        and order.opened_at > stores.now() - HOUR
    )


def _title(text: str) -> str:
    """The first line, as long as a title may be."""
    line = (text.strip().splitlines() or [""])[0].strip()
    return line if len(line) <= 80 else line[:79].rstrip() + "…"
