"""Work orders: their states, and what is written of each step."""

import pytest

from core.errors import RefusedError, StoreError
from core.time.clock import DAY, HOUR
from core.vocabulary.work_orders import OrderState
from maintenance.work_orders import states
from maintenance.work_orders.answers import measure, tick
from maintenance.work_orders.completion import complete, return_to_service, sign_off
from maintenance.work_orders.costs import add_cost, add_labour
from maintenance.work_orders.lifecycle import assign, begin, cancel
from storage.records import WorkOrder
from storage.records import downtime as downtime_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import a_fault, finish, order_of, planned


def test_every_step_is_a_row_with_who_and_when(house: House) -> None:
    number = a_fault(house)
    with house.change(T0 + HOUR, "chief") as tx:
        assign(tx, number, "technician")
    with house.change(T0 + 2 * HOUR, "technician") as tx:
        begin(tx, number)
    with house.change(T0 + 3 * HOUR, "technician") as tx:
        complete(tx, number, result="belt changed")
    steps = [(s.state, s.who, s.at) for s in order_of(house, number).steps]
    assert steps == [
        ("open", "sara", T0),
        ("assigned", "chief", T0 + HOUR),
        ("working", "technician", T0 + 2 * HOUR),
        ("done", "technician", T0 + 3 * HOUR),
    ]


def test_no_state_can_be_reached_but_along_the_table(house: House) -> None:
    every: tuple[OrderState, ...] = tuple(states.NEXT)
    for before in every:
        for after in every:
            number = a_fault(house)
            with house.change(T0) as tx:
                states.get(tx.db, number).state = before
            if after in states.NEXT[before]:
                continue
            refused = pytest.raises(RefusedError, match=f"order {number} is {before}")
            with refused, house.change(T0) as tx:
                states.enter_state(tx, number, after, "")
            assert order_of(house, number).state == before


def test_what_is_signed_is_history(house: House) -> None:
    number = a_fault(house)
    finish(house, number)
    with house.change(T0) as tx:
        sign_off(tx, number)
    for change in (
        lambda tx: add_labour(tx, number, began_at=T0, minutes=5),
        lambda tx: add_cost(tx, number, 1, "x"),
        lambda tx: begin(tx, number),
        lambda tx: return_to_service(tx, number, "again"),
    ):
        with pytest.raises(RefusedError), house.change(T0) as tx:
            change(tx)


def test_planned_work_that_takes_the_device_down_is_planned_downtime(house: House) -> None:
    number = planned(house, "ct_yearly")
    now = T0 + 400 * DAY
    with house.change(now) as tx:
        begin(tx, number)
        for item in states.get(tx.db, number).items:
            if item.metric:
                measure(tx, number, item.item, 5.0)
            else:
                tick(tx, number, item.item, "ok")
    with house.change(now + HOUR) as tx:
        assert complete(tx, number) == []
    with house.change(now + 2 * HOUR) as tx:
        return_to_service(tx, number, "phantom scanned")
    with house.look() as db:
        [downtime] = downtime_rows.downtimes_of_order(db, number)
    assert (downtime.cause, downtime.began_at, downtime.ended_at) == (
        "planned",
        now,
        now + 2 * HOUR,
    )


def test_a_plan_s_order_is_skipped_at_the_plan_and_not_cancelled(house: House) -> None:
    number = planned(house, "ct_weekly")
    with pytest.raises(RefusedError, match="skip it there"), house.change(T0) as tx:
        cancel(tx, number, "no time")


def test_two_orders_of_one_occurrence_cannot_be(house: House) -> None:
    number = planned(house, "ct_weekly")
    task = order_of(house, number).task_id
    with pytest.raises(StoreError), house.write(T0) as db:
        db.add(
            WorkOrder(
                device="ct-1",
                kind="preventive",
                opened_by="plan",
                title="again",
                opened_at=T0,
                task_id=task,
            )
        )
