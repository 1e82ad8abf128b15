"""While an order is worked on its device is under maintenance, by itself, and no longer than a shift."""

from collections.abc import Callable

import pytest

from core.time.clock import DAY, HOUR
from maintenance.planning.tasks import begin_task
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import assign, begin, cancel, hold
from storage.records import Window
from storage.records import windows as window_rows
from storage.records.transaction import Transaction
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import a_fault, order_of, planned


def windows(house: House) -> list[Window]:
    with house.look() as db:
        return window_rows.all_windows(db)


def open_at(house: House, now: int) -> list[int | None]:
    """The orders whose windows are open then."""
    with house.look() as db:
        return [window.order_id for window in window_rows.windows_at(db, now)]


def begun(house: House, now: int = T0, *, quiet: bool = True) -> int:
    number = a_fault(house)
    with house.change(now) as tx:
        begin(tx, number, quiet=quiet)
    return number


def test_it_opens_with_the_work_for_a_shift_at_most(house: House) -> None:
    number = begun(house)
    [window] = windows(house)
    assert (window.kind, window.device, window.component, window.rule) == (
        "maintenance",
        "ct-1",
        "",
        "",
    )
    assert (window.starts_at, window.ends_at) == (T0, T0 + 8 * HOUR)
    assert (window.order_id, window.by) == (number, "sara")
    assert window.reason == f"order {number}: The table is stuck"
    assert open_at(house, T0 + 8 * HOUR) == []


@pytest.mark.parametrize(
    "leave",
    [
        lambda tx, number: complete(tx, number, result="Belt changed"),
        lambda tx, number: hold(tx, number, "waiting_part"),
        lambda tx, number: hold(tx, number, "waiting_vendor"),
        lambda tx, number: assign(tx, number, "omar"),
        lambda tx, number: cancel(tx, number, "by mistake"),
    ],
)
def test_it_closes_when_the_work_stops_however_it_stops(
    house: House, leave: Callable[[Transaction, int], object]
) -> None:
    number = begun(house)
    with house.change(T0 + HOUR) as tx:
        leave(tx, number)
    assert [window.ends_at for window in windows(house)] == [T0 + HOUR]
    assert open_at(house, T0 + HOUR) == []


def test_it_opens_anew_when_the_work_goes_on(house: House) -> None:
    number = begun(house)
    with house.change(T0 + HOUR) as tx:
        hold(tx, number, "waiting_part")
    with house.change(T0 + 3 * DAY) as tx:
        begin(tx, number)
    assert open_at(house, T0 + 2 * HOUR) == []
    assert open_at(house, T0 + 3 * DAY) == [number]
    with house.change(T0 + 3 * DAY + HOUR) as tx:
        complete(tx, number, result="Belt changed")
    with house.change(T0 + 4 * DAY) as tx:
        begin(tx, number)  # it was not done after all
    assert open_at(house, T0 + 4 * DAY) == [number]
    assert [window.ends_at - window.starts_at for window in windows(house)] == [
        HOUR,
        HOUR,
        8 * HOUR,
    ]


def test_work_that_lasts_longer_than_a_shift_is_told_of_again(house: House) -> None:
    number = begun(house)
    with house.change(T0 + 20 * HOUR) as tx:
        hold(tx, number, "waiting_part")
    assert [window.ends_at for window in windows(house)] == [T0 + 8 * HOUR]  # as it was


def test_whoever_wants_to_be_told_while_working_is_told(house: House) -> None:
    number = begun(house, quiet=False)
    assert order_of(house, number).state == "working"
    assert windows(house) == []


def test_planned_work_opens_one_too(house: House) -> None:
    number = planned(house, "ct_daily")
    order = order_of(house, number)
    assert order.task_id is not None
    with house.change(order.opened_at + HOUR) as tx:
        begin_task(tx, order.task_id)
    assert open_at(house, order.opened_at + HOUR) == [number]


def test_another_order_of_the_device_keeps_its_own(house: House) -> None:
    first, second = begun(house), begun(house)
    with house.change(T0 + HOUR) as tx:
        complete(tx, first, result="Belt changed")
    assert open_at(house, T0 + HOUR) == [second]


def test_a_clock_set_back_leaves_no_window_behind(house: House) -> None:
    number = begun(house, T0 + 3 * HOUR)
    with house.change(T0) as tx:
        hold(tx, number, "waiting_part")
    assert windows(house) == []
