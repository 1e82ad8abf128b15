"""While somebody works on an order, alerts of its device are judged but not told."""

from storage.records import Window, WorkOrder
from storage.records import windows as window_rows
from storage.records.transaction import Transaction


def open_work_window(tx: Transaction, order: WorkOrder) -> None:
    """From now on, for as long as the order is worked on and no longer than the site allows."""
    tx.db.add(
        Window(
            kind="maintenance",
            device=order.device,
            starts_at=tx.now,
            ends_at=tx.now + tx.site.file.windows.work_window,
            reason=f"order {order.id}: {order.title}",
            by=tx.by,
            order_id=order.id,
            is_planned=order.kind == "preventive",
        )
    )


def close_work_window(tx: Transaction, order: WorkOrder) -> None:
    """Nobody works on it any more: what is still wrong is told."""
    for window in window_rows.windows_of_order(tx.db, order.id, tx.now):
        window_rows.close_window(tx.db, window, tx.now)
