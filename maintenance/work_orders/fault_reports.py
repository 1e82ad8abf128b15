"""Faults that anybody at a machine reports, without an account."""

from hashlib import sha256

from core.vocabulary.downtime import DowntimeExtent
from maintenance.work_orders.opening import add_order
from storage.records import WorkOrder
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs

LONGEST_TITLE = 80  # characters


@needs("report a fault")
def report_fault(tx: Transaction, device: str, text: str, down: DowntimeExtent | None) -> WorkOrder:
    """A corrective order. The same words are one order until that is done.

    Who goes back and sends again because the line hung, and who reports what a colleague has
    reported, gets the order that is open.
    """
    text = text.strip()
    digest = sha256(f"{down} {text}".encode()).hexdigest()[:16]
    fault = f"report:{digest}"
    reported = order_rows.open_order_of_fault(tx.db, tx.device(device).id, fault)
    if reported is not None:
        return reported
    order = WorkOrder(
        device=device,
        kind="corrective",
        opened_by="fault",
        title=_title(text),
        opened_at=tx.now,
        text=text,
        fault=fault,
    )
    return add_order(tx, order, down=down)


def _title(text: str) -> str:
    """The first line, as long as a title may be."""
    line = (text.splitlines() or [""])[0].strip()
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
