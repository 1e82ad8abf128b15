"""Orders to begin with: one for a fault, one that a plan asks for."""

from core.vocabulary.downtime import DowntimeExtent
from maintenance.work_orders import states
from maintenance.work_orders.answers import measure, tick
from maintenance.work_orders.completion import complete, return_to_service
from maintenance.work_orders.opening import open_order
from storage.records import WorkOrder
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import T0, House


def a_fault(house: House, now: int = T0, down: DowntimeExtent | None = None) -> int:
    with house.change(now) as tx:
        return open_order(tx, "ct-1", "The table is stuck", down=down).id


def planned(house: House, plan: str, device: str = "ct-1") -> int:
    """The order that the planner opened for a plan, after its interval has gone by."""
    house.planner.round(T0)
    with house.look() as db:
        task = task_rows.open_task(db, plan, device)
    assert task is not None
    house.planner.round(task.due_at)
    with house.look() as db:
        order = order_rows.order_of_task(db, task.id)
    assert order is not None
    return order.id


def order_of(house: House, number: int) -> WorkOrder:
    """An order with everything of it loaded."""
    with house.look() as db:
        order = states.get(db, number)
        for part in (order.steps, order.items):
            list(part)
        return order


def finish(house: House, number: int, now: int = T0) -> None:
    """The work is done and the device checked."""
    with house.change(now) as tx:
        complete(tx, number, result="Belt changed")
        return_to_service(tx, number, "all")


def answer_all(house: House, number: int, now: int, water: float) -> None:
    with house.change(now) as tx:
        for item in states.get(tx.db, number).items:
            if item.item == "water_ct_number":
                measure(tx, number, item.item, water)
            elif item.metric:
                tick(tx, number, item.item, "not_applicable")
            else:
                tick(tx, number, item.item, "ok")
