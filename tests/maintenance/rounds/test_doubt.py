"""A running number that can hardly be right is asked about before it is taken."""

from datetime import date

import pytest

from core.errors import RefusedError, UnsureError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records import Asset, Component, ManualReading
from tests.maintenance.cast import T0, House

METRIC = "tube_scan_s"
PACE = 1_000.0  # a day


@pytest.fixture
def used(house: House) -> House:
    """A tube that has done 41 000 to 131 000 scan-seconds in 90 days, read each morning."""
    for day in range(91):
        house.read("ct-1", METRIC, 41_000 + day * PACE, T0 - (91 - day) * DAY)
    return house


def enter(
    house: House, value: float, when: int = T0, *, sure: bool = False, metric: str = METRIC
) -> ManualReading:
    with house.change(max(T0, when)) as tx:
        [row] = enter_readings(tx, "ct-1", [EnteredValue(metric, value, sure=sure)], when)
        tx.db.expunge(row)
    return row


def question(house: House, value: float, when: int = T0) -> str:
    """What is asked before it is taken; empty if it is taken."""
    try:
        enter(house, value, when)
    except UnsureError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("value", [131_000, 132_000, 140_900])
def test_what_goes_on_as_it_went_is_taken(used: House, value: float) -> None:
    assert question(used, value) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (13_200, "13200 is less than 131000 of 2025-01-03 08:00"),
        (0, "0 is less than 131000"),
        (1_320_000, "1320000 is far more than 131000 of 2025-01-03 08:00"),
        (141_001, "141001 is far more than 131000"),
    ],
)
def test_less_than_the_last_or_far_more_is_asked_with_last_when_and_pace(
    used: House, value: float, words: str
) -> None:
    asked = question(used, value)
    assert words in asked
    assert asked.startswith("Scan-seconds of the tube: ")
    assert asked.endswith("; usual is 1000 a day. If it is right, confirm it")
    with used.look() as db:
        assert db.query(ManualReading).count() == 0


def test_one_word_more_takes_it_and_says_who_was_sure(used: House) -> None:
    assert enter(used, 13_200, sure=True).confirmed_by == "sara"
    assert enter(used, 13_300, T0 + HOUR, sure=True).confirmed_by == ""  # nothing was asked


def test_after_a_long_pause_the_pace_is_that_of_the_time_it_was_read(used: House) -> None:
    assert question(used, 131_000 + 200 * PACE, T0 + 99 * DAY) == ""


def test_the_first_value_ever_is_taken(house: House) -> None:
    assert question(house, 41_250) == ""


def test_with_one_value_before_only_a_digit_too_many_is_asked(house: House) -> None:
    enter(house, 41_250, T0 - DAY)
    assert question(house, 49_000) == ""
    assert "far more than 49000" in question(house, 490_001, T0 + MINUTE)


def test_a_late_entry_stands_between_the_one_before_and_the_one_after(used: House) -> None:
    between = T0 - 10 * DAY + HOUR
    assert question(used, 122_000.5, between) == ""
    assert "is less than" in question(used, 121_000, between + HOUR)
    assert "122500" not in question(used, 122_500, between + HOUR)
    assert "is more than 123000 of" in question(used, 125_000, between + 2 * HOUR)


def test_what_was_entered_a_minute_ago_counts_before_it_is_collected(used: House) -> None:
    enter(used, 132_000, T0 - HOUR)
    assert "less than 132000" in question(used, 131_500)


def test_a_new_tube_on_the_sheet_begins_anew_unasked(used: House) -> None:
    with used.write(T0) as db:
        sheet = Asset(id="ct-1", name="CT", entered_at=T0, updated_at=T0)
        installed = date(2025, 1, 4).isoformat()
        db.add(sheet)
        db.flush()
        tube = Component(asset=sheet, name="tube", counter=METRIC, installed_on=installed)
        db.add(tube)
    assert question(used, 12, T0) == ""
    assert "is less than 12" in question(used, 5, T0 + DAY)


def test_a_counter_of_32_bits_that_wraps_is_not_asked(house: House) -> None:
    for day in range(10):
        house.read("ct-1", "error_count", 2.0**32 - 100 + day * 10, T0 - (10 - day) * DAY)
    assert enter(house, 3, metric="error_count").confirmed_by == ""


def test_what_is_no_counter_is_not_asked(house: House) -> None:
    house.read("ct-1", "gantry_temp_c", 25, T0 - DAY)
    assert enter(house, 3, metric="gantry_temp_c").value == 3


def test_a_counter_that_stood_still_has_no_pace(house: House) -> None:
    for day in range(30):
        house.read("ct-1", METRIC, 41_000, T0 - (30 - day) * DAY)
    assert question(house, 41_500) == ""
    assert "far more" in question(house, 415_000, T0 + MINUTE)


def test_all_of_a_round_or_none_of_it(used: House) -> None:
    round_ = [EnteredValue("gantry_temp_c", 25), EnteredValue(METRIC, 5)]
    with pytest.raises(UnsureError), used.change(T0) as tx:
        enter_readings(tx, "ct-1", round_, T0)
    with used.look() as db:
        assert db.query(ManualReading).count() == 0


def test_a_correction_is_asked_too_and_looks_past_what_it_corrects(used: House) -> None:
    wrong = enter(used, 1_320_000, sure=True)
    with pytest.raises(UnsureError, match="far more than 131000"), used.change(T0 + MINUTE) as tx:
        correct_reading(tx, wrong.id, 1_330_000, "typed wrongly")
    with used.change(T0 + MINUTE) as tx:
        assert correct_reading(tx, wrong.id, 132_000, "a digit too many").confirmed_by == ""
    assert question(used, 132_500, T0 + HOUR) == ""


def test_what_was_withdrawn_is_no_measure_for_the_next(used: House) -> None:
    wrong = enter(used, 1_320_000, sure=True)
    with used.change(T0 + MINUTE) as tx:
        withdraw_reading(tx, wrong.id, "another device's")
    assert question(used, 132_000, T0 + HOUR) == ""


def test_what_is_impossible_cannot_be_confirmed(used: House) -> None:
    with pytest.raises(RefusedError, match="between 0 and 1e") as error:
        enter(used, 1e12, sure=True)
    assert not isinstance(error.value, UnsureError)
