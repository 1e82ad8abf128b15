"""Work orders: their states, their checklist, and what a signature needs."""

import pytest

from core.errors import RefusedError, StoreError
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.work_orders import OrderState
from maintenance.downtime import records as downtime
from maintenance.work_orders import checklist
from maintenance.work_orders import lifecycle as orders
from storage.records import WorkOrder
from storage.records import alerts as alert_rows
from storage.records import base as table_rows
from storage.records import downtime as downtime_rows
from storage.records import manual_readings as manual_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.feedback import ServiceEvent
from tests.maintenance.cast import T0, House

BY = "sara"


def a_fault(house: House, now: int = T0, **more: object) -> int:
    with house.write(now) as db:
        order = orders.open_order(
            db,
            device="ct-1",
            kind="corrective",
            opened_by="hand",
            title="The table is stuck",
            by=BY,
            now=now,
            **more,  # type: ignore[arg-type]
        )
        return order.id


def planned(house: House, plan: str, device: str = "ct-1") -> int:
    """The order that the planner opened for a plan, after its interval has gone by."""
    house.planner.round(T0)
    with house.look() as db:
        one = task_rows.open_task(db, plan, device)
    assert one is not None
    house.planner.round(one.due_at)
    with house.look() as db:
        order = order_rows.order_of_task(db, one.id)
    assert order is not None
    return order.id


def order_of(house: House, number: int) -> WorkOrder:
    """An order with everything of it loaded."""
    with house.look() as db:
        order = orders.get(db, number)
        for part in (order.steps, order.items):
            list(part)
        return order


def test_every_step_is_a_row_with_who_and_when(house: House) -> None:
    number = a_fault(house)
    with house.write(T0 + HOUR) as db:
        orders.assign(db, number, "technician", by="chief", now=T0 + HOUR)
        orders.begin(db, number, by="technician", now=T0 + 2 * HOUR)
        orders.complete(db, number, by="technician", now=T0 + 3 * HOUR, result="belt changed")
    steps = [(s.state, s.who, s.at) for s in order_of(house, number).steps]
    assert steps == [
        ("open", BY, T0),
        ("assigned", "chief", T0 + HOUR),
        ("working", "technician", T0 + 2 * HOUR),
        ("done", "technician", T0 + 3 * HOUR),
    ]


def test_no_state_can_be_reached_but_along_the_table(house: House) -> None:
    states: tuple[OrderState, ...] = tuple(orders.NEXT)
    for before in states:
        for after in states:
            number = a_fault(house)
            with house.write(T0) as db:
                orders.get(db, number).state = before
            if after in orders.NEXT[before]:
                continue
            refused = pytest.raises(RefusedError, match=f"order {number} is {before}")
            with refused, house.write(T0) as db:
                orders._step(db, number, after, BY, T0, "")
            assert order_of(house, number).state == before


def test_a_corrective_order_is_signed_only_after_the_device_was_checked(house: House) -> None:
    number = a_fault(house)
    with pytest.raises(RefusedError, match="what was found"), house.write(T0) as db:
        orders.complete(db, number, by=BY, now=T0, result=" ")
    with house.write(T0) as db:
        orders.complete(db, number, by=BY, now=T0, result="Belt changed")
    with pytest.raises(RefusedError, match="not been checked"), house.write(T0) as db:
        orders.sign_off(db, number, by=BY, now=T0)
    with pytest.raises(RefusedError, match="what was checked"), house.write(T0) as db:
        orders.return_to_service(db, number, by=BY, now=T0, check=" ")
    with house.write(T0 + HOUR) as db:
        orders.return_to_service(db, number, by=BY, now=T0 + HOUR, check="table up and down")
        orders.sign_off(db, number, by="chief", now=T0 + HOUR)
    order = order_of(house, number)
    assert (order.state, order.signed_by, order.return_check) == (
        "signed_off",
        "chief",
        "table up and down",
    )


def test_a_signature_tells_the_detectors_to_learn_anew_from_the_return_on(house: House) -> None:
    number = a_fault(house)
    with house.write(T0) as db:
        orders.complete(db, number, by=BY, now=T0, result="Belt changed")
        orders.return_to_service(db, number, by=BY, now=T0 + HOUR, check="scanned the phantom")
        orders.sign_off(db, number, by=BY, now=T0 + DAY)
    with house.look() as db:
        [service] = table_rows.all_rows(db, ServiceEvent)
    assert (service.device, service.at, service.who) == ("ct-1", T0 + HOUR, BY)


def test_what_is_signed_is_history(house: House) -> None:
    number = a_fault(house)
    with house.write(T0) as db:
        orders.complete(db, number, by=BY, now=T0, result="Belt changed")
        orders.return_to_service(db, number, by=BY, now=T0, check="all")
        orders.sign_off(db, number, by=BY, now=T0)
    for change in (
        lambda db: orders.add_labour(db, number, who=BY, began_at=T0, minutes=5),
        lambda db: orders.add_cost(db, number, cost_cents=1, text="x", at=T0),
        lambda db: orders.begin(db, number, by=BY, now=T0),
        lambda db: orders.return_to_service(db, number, by=BY, now=T0, check="again"),
    ):
        with pytest.raises(RefusedError), house.write(T0) as db:
            change(db)


def test_an_order_that_says_the_device_is_down_opens_and_ends_its_downtime(house: House) -> None:
    number = a_fault(house, down="hard")
    with house.write(T0 + 3 * HOUR) as db:
        orders.complete(db, number, by=BY, now=T0 + 3 * HOUR, result="Belt changed")
    with house.look() as db:
        assert [p.ended_at for p in downtime_rows.open_downtimes(db)] == [None], "not checked yet"
    with house.write(T0 + 4 * HOUR) as db:
        orders.return_to_service(db, number, by=BY, now=T0 + 4 * HOUR, check="all")
    with house.look() as db:
        [piece] = downtime_rows.downtimes_of_order(db, number)
    assert (piece.began_at, piece.ended_at, piece.cause) == (T0, T0 + 4 * HOUR, "machine")


def test_an_alert_gives_its_order_title_fault_and_downtime_and_only_one(house: House) -> None:
    house.hot("ct-1", T0, None)
    with house.look() as db:
        [alert] = alert_rows.firing_at(db, ["ct-1"], T0 + HOUR)
    with house.write(T0 + HOUR) as db:
        order = orders.open_for_alert(db, alert.id, by=BY, now=T0 + HOUR)
        assert (order.title, order.fault) == ("The gantry is too hot", "gantry_hot")
        assert [p.alert_id for p in downtime_rows.downtimes_of_order(db, order.id)] == [alert.id]
    with pytest.raises(RefusedError, match="already open"), house.write(T0 + HOUR) as db:
        orders.open_for_alert(db, alert.id, by=BY, now=T0 + HOUR)
    with pytest.raises(RefusedError, match="no alert 99"), house.write(T0 + HOUR) as db:
        orders.open_for_alert(db, 99, by=BY, now=T0 + HOUR)


def test_an_alert_that_may_come_to_nothing_gets_no_order(house: House) -> None:
    house.read("ct-1", "gantry_temp_c", 50.0, T0)
    house.judge(T0)
    with pytest.raises(RefusedError, match="has fired"), house.write(T0) as db:
        orders.open_for_alert(db, 1, by=BY, now=T0)
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + MINUTE)
    house.judge(T0 + MINUTE)  # the engine may still delete it


def test_planned_work_that_takes_the_device_down_is_planned_downtime(house: House) -> None:
    number = planned(house, "ct_yearly")
    now = T0 + 400 * DAY
    with house.write(now) as db:
        orders.begin(db, number, by=BY, now=now)
        order = orders.get(db, number)
        for item in order.items:
            if item.metric:
                checklist.measure(
                    db, house.site.devices["ct-1"], number, item.item, 5.0, by=BY, now=now
                )
            else:
                checklist.tick(db, number, item.item, "ok", by=BY, now=now)
        assert orders.complete(db, number, by=BY, now=now + HOUR) == []
        orders.return_to_service(db, number, by=BY, now=now + 2 * HOUR, check="phantom scanned")
    with house.look() as db:
        [piece] = downtime_rows.downtimes_of_order(db, number)
    assert (piece.cause, piece.began_at, piece.ended_at) == ("planned", now, now + 2 * HOUR)


def test_an_order_is_not_done_while_an_item_is_open(house: House) -> None:
    number = planned(house, "ct_weekly")
    with (
        pytest.raises(RefusedError, match="not answered: Water phantom at every kV"),
        house.write(T0 + 8 * DAY) as db,
    ):
        orders.complete(db, number, by=BY, now=T0 + 8 * DAY)
    assert order_of(house, number).state == "open"


def answer_all(house: House, number: int, now: int, water: float) -> None:
    with house.write(now) as db:
        for item in orders.get(db, number).items:
            if item.item == "water_ct_number":
                device = house.site.devices["ct-1"]
                checklist.measure(db, device, number, item.item, water, by=BY, now=now)
            elif item.metric:
                checklist.tick(db, number, item.item, "not_applicable", by=BY, now=now)
            else:
                checklist.tick(db, number, item.item, "ok", by=BY, now=now)


@pytest.mark.parametrize(("water", "within"), [(-5.0, True), (5.0, True), (5.1, False)])
def test_a_measured_item_is_judged_and_becomes_a_reading(
    house: House, water: float, within: bool
) -> None:
    number = planned(house, "ct_daily")
    answer_all(house, number, T0 + DAY, water)
    [item] = [i for i in order_of(house, number).items if i.item == "water_ct_number"]
    assert (item.value, item.within, item.low, item.high) == (water, within, -5, 5)
    with house.look() as db:
        [row] = manual_rows.pending_manual_readings(db, 0, 10)
    assert (row.metric, row.value, row.order_id) == ("qa_water_ct_number_hu", water, number)


def test_what_failed_opens_a_corrective_order_once(house: House) -> None:
    first = planned(house, "ct_daily")
    answer_all(house, first, T0 + DAY, 9.0)
    with house.write(T0 + DAY) as db:
        [found] = orders.complete(db, first, by=BY, now=T0 + DAY)
        assert found.title == "Water phantom, mean CT number: 9 HU"
        assert (found.opened_by, found.follows_id) == ("fault", first)
        number = found.id
    house.planner.round(T0 + 2 * DAY)
    house.planner.round(T0 + 2 * DAY + HOUR)
    with house.look() as db:
        [second] = [o.id for o in order_rows.orders(db, device="ct-1") if o.kind == "preventive"]
    answer_all(house, second, T0 + 2 * DAY + HOUR, 9.0)
    with house.write(T0 + 2 * DAY + HOUR) as db:
        again = orders.complete(db, second, by=BY, now=T0 + 2 * DAY + HOUR)
        assert [order.id for order in again] == [number]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 300.0])
def test_a_number_that_cannot_be_is_refused_and_nothing_is_written(
    house: House, value: float
) -> None:
    number = planned(house, "ct_daily")
    device = house.site.devices["ct-1"]
    with pytest.raises(RefusedError), house.write(T0 + DAY) as db:
        checklist.measure(db, device, number, "water_ct_number", value, by=BY, now=T0 + DAY)
    with house.look() as db:
        assert manual_rows.pending_manual_readings(db, 0, 10) == []


def test_a_number_is_not_answered_with_a_tick_nor_a_tick_with_a_number(house: House) -> None:
    number = planned(house, "ct_daily")
    device = house.site.devices["ct-1"]
    with pytest.raises(RefusedError, match="asks for a number"), house.write(T0) as db:
        checklist.tick(db, number, "water_ct_number", "ok", by=BY, now=T0)
    with pytest.raises(RefusedError, match="asks for no number"), house.write(T0) as db:
        checklist.measure(db, device, number, "warm_up", 1.0, by=BY, now=T0)
    with pytest.raises(RefusedError, match="does not ask for"), house.write(T0) as db:
        checklist.tick(db, number, "nothing", "ok", by=BY, now=T0)


def test_a_plan_s_order_is_skipped_at_the_plan_and_not_cancelled(house: House) -> None:
    number = planned(house, "ct_weekly")
    with pytest.raises(RefusedError, match="skip it there"), house.write(T0) as db:
        orders.cancel(db, number, by=BY, now=T0, why="no time")


def test_two_orders_of_one_occurrence_cannot_be(house: House) -> None:
    number = planned(house, "ct_weekly")
    with house.look() as db:
        occurrence = orders.get(db, number).occurrence_id
    with pytest.raises(StoreError), house.write(T0) as db:
        db.add(
            WorkOrder(
                device="ct-1",
                kind="preventive",
                opened_by="plan",
                title="again",
                opened_at=T0,
                occurrence_id=occurrence,
            )
        )


def test_downtime_cannot_end_before_it_began(house: House) -> None:
    with house.write(T0) as db:
        piece = downtime.open_downtime(db, "ct-1", T0, cause="machine", extent="hard", by=BY)
        with pytest.raises(RefusedError, match="before it began"):
            downtime.close_downtime(db, piece, T0 - 1, by=BY)
