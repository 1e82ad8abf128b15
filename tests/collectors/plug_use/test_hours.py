"""What is kept of the last hours, and the readings that follow from it."""

from collectors.plug_use.hours import (
    WINDOW,
    PlugHour,
    PlugLedger,
    changes,
    parse_ledger,
    updated,
)
from collectors.plug_use.metrics import BUSY, EXAMINATIONS, TIME_IN_USE, TUBE_LOAD
from core.readings import Reading
from core.time.clock import DAY, HOUR
from tests.maintenance.cast import KABUL, at

DAWN = at("2026-10-05 04:30")  # a full hour of UTC
METRICS = {EXAMINATIONS, TUBE_LOAD, TIME_IN_USE, BUSY}


def hours(*examinations: float, readings: int = 360, covered: float = 1.0) -> dict[int, PlugHour]:
    return {
        DAWN + number * HOUR: PlugHour(
            readings=readings,
            covered=covered,
            amounts={EXAMINATIONS: count, TUBE_LOAD: 100 * count, BUSY: 10 * count},
        )
        for number, count in enumerate(examinations, start=1)
    }


def step(before: PlugLedger, estimated: dict[int, PlugHour]) -> tuple[PlugLedger, list[Reading]]:
    after = updated(before, estimated, max(estimated))
    return after, changes("ct-1", before, after, METRICS, KABUL)


def totals(readings: list[Reading]) -> list[tuple[int, float, str]]:
    return [
        ((reading.at - DAWN) // HOUR, reading.value, reading.quality)
        for reading in readings
        if reading.metric == EXAMINATIONS
    ]


def test_the_count_goes_on_and_what_is_rounded_is_not_lost() -> None:
    ledger, readings = step(PlugLedger(), hours(1.4, 1.4))
    assert totals(readings) == [(1, 1, "good"), (2, 3, "good")]
    ledger, readings = step(parse_ledger(ledger.model_dump_json()), hours(1.4, 1.4, 1.4))
    assert totals(readings) == [(3, 4, "good")]
    assert step(ledger, hours(1.4, 1.4, 1.4))[1] == []


def test_readings_that_come_late_correct_their_hour_and_all_that_follow() -> None:
    ledger, _ = step(PlugLedger(), hours(1, 1, 1))
    late = hours(1, 1, 1) | {
        DAWN + HOUR: PlugHour(readings=361, covered=1, amounts={EXAMINATIONS: 3.0})
    }
    _, readings = step(ledger, late)
    assert totals(readings) == [(n, n + 2, "corrected") for n in (1, 2, 3)]


def test_what_is_learned_later_changes_no_past() -> None:
    ledger, _ = step(PlugLedger(), hours(1, 1))
    assert totals(step(ledger, hours(2, 2, 2))[1]) == [(3, 4, "good")]


def test_an_hour_of_which_half_is_unknown_has_no_reading_but_what_was_seen_counts() -> None:
    ledger, readings = step(PlugLedger(), hours(2, covered=0.4))
    assert readings == []
    assert totals(
        step(ledger, hours(2, covered=0.4) | {DAWN + 2 * HOUR: hours(1)[DAWN + HOUR]})[1]
    ) == [(2, 3, "good")]


def test_after_days_of_silence_it_counts_from_nothing() -> None:
    """What the scanner did meanwhile nobody knows: a counter that began anew says so to who asks."""
    ledger, _ = step(PlugLedger(), hours(5))
    later = {DAWN + 50 * HOUR: PlugHour(readings=360, covered=1, amounts={EXAMINATIONS: 2.0})}
    assert totals(step(ledger, later)[1]) == [(50, 2, "good")]


def test_a_night_of_silence_does_not_begin_it_anew() -> None:
    ledger, _ = step(PlugLedger(), hours(5))
    later = {DAWN + 14 * HOUR: PlugHour(readings=360, covered=1, amounts={EXAMINATIONS: 2.0})}
    assert totals(step(ledger, later)[1]) == [(14, 7, "good")]


def test_what_is_older_than_the_window_is_counted_and_forgotten() -> None:
    all_hours = hours(*[1.0] * 200)
    ledger = PlugLedger()
    values: list[float] = []
    for until in range(10, 201, 10):
        recent = dict(list(all_hours.items())[max(until - 74, 0) : until])
        ledger, readings = step(ledger, recent)
        values += [value for _, value, quality in totals(readings) if quality == "good"]
    assert values == [float(n) for n in range(1, 201)]
    assert len(ledger.hours) == WINDOW // HOUR
    assert len(ledger.model_dump_json()) < 20_000


def test_a_clock_that_was_in_2036_and_came_back_loses_nothing() -> None:
    ledger, _ = step(PlugLedger(), hours(1, 1))
    ahead = updated(ledger, {}, DAWN + 3650 * DAY)  # nothing was read there
    assert ahead == ledger
    read_there = {DAWN + 3650 * DAY: hours(4)[DAWN + HOUR]}
    ledger = updated(ledger, read_there, max(read_there))
    _, readings = step(ledger, hours(1, 1, 1))
    assert [value for _, value, _ in totals(readings)][-1] == 3


def test_a_ledger_that_is_not_to_be_read_is_begun_anew() -> None:
    for text in (None, "", "{", '{"hours": 3}', '{"counted": "many"}', "[]"):
        assert parse_ledger(text) == PlugLedger()


def test_a_busy_day_is_said_when_all_of_it_is_known() -> None:
    night_before = at("2026-10-04 00:00") + HOUR // 2
    whole = {
        night_before + n * HOUR: PlugHour(readings=360, covered=1, amounts={BUSY: 10.0})
        for n in range(49)
    }
    readings = step(PlugLedger(), whole)[1]
    assert [(own.at, own.value) for own in readings if own.metric == BUSY] == [
        (at("2026-10-05 00:00"), 240),
        (at("2026-10-06 00:00"), 240),
    ]
    partial = {end: hour for n, (end, hour) in enumerate(whole.items()) if n != 30}
    readings = step(PlugLedger(), partial)[1]
    assert [own.at for own in readings if own.metric == BUSY] == [at("2026-10-05 00:00")]


def test_only_what_the_profile_knows_is_said_and_no_more_than_an_hour_in_an_hour() -> None:
    hour = PlugHour(readings=360, covered=1, amounts={TIME_IN_USE: 117.0, TUBE_LOAD: 3})
    after = updated(PlugLedger(), {DAWN: hour}, DAWN)
    (reading,) = changes("ct-1", PlugLedger(), after, {TIME_IN_USE}, KABUL)
    assert (reading.metric, reading.value, reading.component) == (TIME_IN_USE, 100, "plug")
