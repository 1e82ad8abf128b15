"""The end of the work: what a signature needs, and what follows from it."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.work_orders.answers import ItemEntry
from maintenance.work_orders.completion import complete, return_to_service, sign_off
from maintenance.work_orders.costs import add_labour
from storage.records import ServiceEvent
from storage.records import base as table_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import a_fault, answer_all, finish, order_of, planned


def test_a_corrective_order_is_signed_only_after_the_device_was_checked(house: House) -> None:
    number = a_fault(house)
    with pytest.raises(RefusedError, match="what was found"), house.change(T0) as tx:
        complete(tx, number, result=" ")
    with house.change(T0) as tx:
        complete(tx, number, result="Belt changed")
    with pytest.raises(RefusedError, match="not been checked"), house.change(T0) as tx:
        sign_off(tx, number)
    with pytest.raises(RefusedError, match="what was checked"), house.change(T0) as tx:
        return_to_service(tx, number, " ")
    with house.change(T0 + HOUR) as tx:
        return_to_service(tx, number, "table up and down")
    with house.change(T0 + HOUR, "chief") as tx:
        sign_off(tx, number)
    order = order_of(house, number)
    assert (order.state, order.signed_by, order.return_check) == (
        "signed_off",
        "chief",
        "table up and down",
    )


def test_a_signature_tells_the_detectors_to_learn_anew_from_the_return_on(house: House) -> None:
    number = a_fault(house)
    with house.change(T0) as tx:
        complete(tx, number, result="Belt changed")
    with house.change(T0 + HOUR) as tx:
        return_to_service(tx, number, "scanned the phantom")
    with house.change(T0 + DAY) as tx:
        sign_off(tx, number)
    with house.look() as db:
        [service] = table_rows.all_rows(db, ServiceEvent)
    assert (service.device, service.at, service.who) == ("ct-1", T0 + HOUR, "sara")


def test_after_a_daily_check_the_detectors_go_on_as_before(house: House) -> None:
    number = planned(house, "ct_daily")
    answer_all(house, number, T0 + DAY, 0.0)
    with house.change(T0 + DAY) as tx:
        complete(tx, number)
        sign_off(tx, number)
    with house.look() as db:
        assert table_rows.all_rows(db, ServiceEvent) == []


def test_an_order_is_not_done_while_an_item_is_open(house: House) -> None:
    number = planned(house, "ct_weekly")
    with (
        pytest.raises(RefusedError, match="not answered: Water phantom at every kV"),
        house.change(T0 + 8 * DAY) as tx,
    ):
        complete(tx, number)
    assert order_of(house, number).state == "open"


def test_the_last_answers_and_the_end_are_written_both_or_neither(house: House) -> None:
    number = planned(house, "ct_weekly")
    answers = [
        ItemEntry(item.item, plain="not_applicable") for item in order_of(house, number).items
    ]
    late = T0 + 8 * DAY
    with pytest.raises(RefusedError, match="order's opening and now"), house.change(late) as tx:
        complete(tx, number, answers=answers, at=late + 1)
    assert {item.answer for item in order_of(house, number).items} == {"open"}
    with house.change(late) as tx:
        complete(tx, number, answers=answers)
    order = order_of(house, number)
    assert (order.state, order.done_at) == ("done", late)
    assert {item.answer for item in order.items} == {"not_applicable"}


def test_work_is_done_after_its_order_was_opened_within_the_minute(house: House) -> None:
    number = a_fault(house, now=T0 + 30_000)
    now = T0 + HOUR
    with pytest.raises(RefusedError, match="order's opening and now"), house.change(now) as tx:
        complete(tx, number, result="Belt changed", at=T0 - MINUTE)
    with house.change(now) as tx:
        complete(tx, number, result="Belt changed", at=T0)
    assert order_of(house, number).done_at == T0 + 30_000


def test_what_failed_opens_a_corrective_order_once(house: House) -> None:
    first = planned(house, "ct_daily")
    answer_all(house, first, T0 + DAY, 9.0)
    with house.change(T0 + DAY) as tx:
        [opened] = complete(tx, first)
        assert opened.title == "Water phantom, mean CT number: 9 HU"
        assert (opened.opened_by, opened.follows_id) == ("fault", first)
        number = opened.id
    house.planner.round(T0 + 2 * DAY)
    house.planner.round(T0 + 2 * DAY + HOUR)
    with house.look() as db:
        [second] = [o.id for o in order_rows.orders(db, device="ct-1") if o.kind == "preventive"]
    answer_all(house, second, T0 + 2 * DAY + HOUR, 9.0)
    with house.change(T0 + 2 * DAY + HOUR) as tx:
        again = complete(tx, second)
        assert [order.id for order in again] == [number]


def test_labour_is_of_who_writes_it_down_and_did_not_begin_in_the_future(house: House) -> None:
    number = a_fault(house)
    with pytest.raises(RefusedError, match="in the future"), house.change(T0) as tx:
        add_labour(tx, number, minutes=5, began_at=T0 + 1)
    with house.change(T0) as tx:
        add_labour(tx, number, minutes=5, began_at=T0)
        add_labour(tx, number, minutes=5, began_at=T0, who=" ahmad ")
    finish(house, number)
    with house.look() as db:
        order = order_rows.orders_with_costs(db, "ct-1")[-1]
        assert [labour.who for labour in order.labour] == ["sara", "ahmad"]
