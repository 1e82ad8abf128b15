"""The answers of a checklist: words, and numbers that become readings."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY
from maintenance.work_orders.answers import ItemEntry, answer_items, measure, tick
from storage.records import manual_readings as manual_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import answer_all, order_of, planned


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


def test_what_is_answered_so_already_is_left_as_it_is(house: House) -> None:
    number = planned(house, "ct_daily")
    entries = [ItemEntry("water_ct_number", value=1.5), ItemEntry("warm_up", plain="ok")]
    with house.change(T0 + DAY) as tx:
        assert answer_items(tx, number, [*entries, ItemEntry("disk")]) == 2
        assert answer_items(tx, number, entries) == 0
        assert answer_items(tx, number, [ItemEntry("warm_up", plain="ok", note="slow")]) == 1
    with house.look() as db:
        assert len(manual_rows.pending_manual_readings(db, 0, 10)) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 300.0])
def test_a_number_that_cannot_be_is_refused_and_nothing_is_written(
    house: House, value: float
) -> None:
    number = planned(house, "ct_daily")
    with pytest.raises(RefusedError), house.change(T0 + DAY) as tx:
        measure(tx, number, "water_ct_number", value)
    with house.look() as db:
        assert manual_rows.pending_manual_readings(db, 0, 10) == []


def test_a_number_is_not_answered_with_a_tick_nor_a_tick_with_a_number(house: House) -> None:
    number = planned(house, "ct_daily")
    with pytest.raises(RefusedError, match="asks for a number"), house.change(T0) as tx:
        tick(tx, number, "water_ct_number", "ok")
    with pytest.raises(RefusedError, match="asks for no number"), house.change(T0) as tx:
        measure(tx, number, "warm_up", 1.0)
    with pytest.raises(RefusedError, match="does not ask for"), house.change(T0) as tx:
        tick(tx, number, "nothing", "ok")
