"""What was typed wrongly is put right with a trace: who, when, the old number and the new, and why."""

import pytest

from collectors.manual.parse import parse
from core.errors import RefusedError
from core.time.clock import DAY, HOUR
from maintenance.planning.usage import used_since
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.work_orders.answers import measure
from maintenance.work_orders.completion import complete, sign_off
from maintenance.work_orders.states import get
from storage.records import Audit, ManualReading
from storage.records import manual_readings as manual_rows
from tests.maintenance.cast import T0, House

METRIC = "qa_laser_offset_mm"


def enter(house: House, value: float, when: int = T0, metric: str = METRIC) -> int:
    with house.change(when) as tx:
        [row] = enter_readings(tx, "ct-1", [EnteredValue(metric, value)], when)
        return row.id


def collect(house: House) -> None:
    with house.look() as db:
        batch = parse(house.site, manual_rows.pending_manual_readings(db, 0, 100))
    house.writer.append([batch])


def stored(house: House, metric: str = METRIC) -> list[float]:
    return [reading.value for reading in house.series.readings("ct-1", metric, 0)]


def test_the_audit_has_who_when_the_old_number_the_new_and_why(house: House) -> None:
    number = enter(house, 15)
    with house.change(T0 + HOUR, by="ahmad") as tx:
        correct_reading(tx, number, 1.5, " the point was lost ")
    with house.look() as db:
        change = db.query(Audit).order_by(Audit.id.desc()).first()
        assert change is not None
        assert (change.who, change.at, change.what) == ("ahmad", T0 + HOUR, "manual_readings")
        after = change.after or {}
    assert (after["old_value"], after["value"]) == (15, 1.5)
    assert (after["reason"], after["corrects_id"]) == ("the point was lost", number)


def test_a_correction_of_a_correction_and_a_withdrawal_and_back(house: House) -> None:
    number = enter(house, 15)
    collect(house)
    assert stored(house) == [15]
    with house.change(T0 + 1) as tx:
        second = correct_reading(tx, number, 2.5, "misread")
        third = correct_reading(tx, second.id, 1.5, "misread again")
        assert (third.corrects_id, third.old_value) == (number, 2.5)
    collect(house)
    assert stored(house) == [1.5]
    with house.change(T0 + 2) as tx:
        withdraw_reading(tx, number, "of another device")
    collect(house)
    assert stored(house) == []
    with house.change(T0 + 3) as tx:
        assert correct_reading(tx, number, 1.5, "it was this one").old_value is None
    collect(house)
    assert stored(house) == [1.5]
    with house.look() as db:
        versions = manual_rows.history(db, number)
    assert [row.value for row in versions] == [15, 2.5, 1.5, 1.5, 1.5]


def test_what_counts_on_the_series_counts_the_corrected_number(house: House) -> None:
    for day, value in enumerate([1000, 2000, 30_000, 4000]):
        enter(house, value, T0 + day * DAY, "tube_arc_count") if day != 2 else None
    with house.change(T0 + 2 * DAY) as tx:
        wrong = EnteredValue("tube_arc_count", 39_990, sure=True)
        [row] = enter_readings(tx, "ct-1", [wrong], T0 + 2 * DAY)
        number = row.id
    collect(house)
    with house.change(T0 + 3 * DAY + 1) as tx:
        correct_reading(tx, number, 3000, "a 9 for a 0")
    collect(house)
    used = used_since(house.series, "ct-1", "tube_arc_count", T0, T0 + 4 * DAY)
    assert used is not None
    assert used.amount == 3000


@pytest.mark.parametrize(
    ("value", "reason", "why"),
    [
        (1.5, " ", "say why"),
        (15, "again", "it is 15 already"),
        (900, "typed", "between 0 and 50"),
        (float("nan"), "typed", "not a number"),
    ],
)
def test_a_correction_is_refused_as_an_entry_is(
    house: House, value: float, reason: str, why: str
) -> None:
    number = enter(house, 15)
    with pytest.raises(RefusedError, match=why), house.change(T0 + 1) as tx:
        correct_reading(tx, number, value, reason)


def test_what_is_not_there_or_gone_or_too_old_is_not_withdrawn(house: House) -> None:
    number = enter(house, 15)
    with pytest.raises(RefusedError, match="no reading 99"), house.change(T0) as tx:
        withdraw_reading(tx, 99, "typed")
    with pytest.raises(RefusedError, match="only averages"), house.change(T0 + 99 * DAY) as tx:
        withdraw_reading(tx, number, "typed")
    with house.change(T0) as tx:
        withdraw_reading(tx, number, "typed")
    with pytest.raises(RefusedError, match="withdrawn already"), house.change(T0) as tx:
        withdraw_reading(tx, number, "typed")


def test_a_signed_order_stays_as_it_was_signed(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(T0 + DAY)
    with house.change(T0 + DAY) as tx:
        order = get(tx.db, 1)
        [item, *_] = [item for item in order.items if item.metric]
        measure(tx, 1, item.item, 4.5)
        for other in order.items:
            if other.answer == "open":
                other.answer = "not_applicable"
        complete(tx, 1)
        sign_off(tx, 1)
        metric = item.metric
    with house.look() as db:
        [row] = db.query(ManualReading).all()
    collect(house)
    with house.change(T0 + DAY + HOUR) as tx:
        correct_reading(tx, row.id, 0.5, "read from the wrong line")
    collect(house)
    assert [r.value for r in house.series.readings("ct-1", metric, 0)] == [0.5]
    with house.look() as db:
        assert [i.value for i in get(db, 1).items if i.metric == metric] == [4.5]
