"""When planned work is due, and when the device is free for it; how much maintenance a device needs."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schema.plan import Plan, Risk
from core.time.clock import DAY, HOUR, MINUTE, from_ms, to_ms
from core.time.covered_hours import Hours, always
from maintenance.planning.due import Due, Used, amount_used, busy_by_hour, due, free_slot
from maintenance.planning.risk import MONTH, incidents, proposed_interval, risk_class, score
from storage.series.curve import Point
from tests.maintenance.cast import KABUL, T0, at

OPEN = Hours(frozenset(("sat", "sun", "mon", "tue", "wed", "thu")), 8 * 60, 20 * 60, KABUL)
ITEMS = [{"id": "look", "text": "Look"}]
CT = Risk(function=6, risk=3, maintenance=5)


def plan(every: int | None = 7 * DAY, use: float | None = None) -> Plan:
    counted = None if use is None else {"metric": "tube_scan_s", "every": use}
    duration = None if every is None else f"{every // MINUTE}m"
    return Plan.model_validate(
        {"id": "p", "title": "P", "items": ITEMS, "every": duration, "use": counted}
    )


@pytest.mark.parametrize(
    ("done", "every", "expected"),
    [
        ("2025-01-04 16:30", 1 * DAY, "2025-01-05 08:00"),  # the next morning, not a day later
        ("2025-01-09 10:00", 1 * DAY, "2025-01-11 08:00"),  # Thursday; Friday is the day off
        ("2025-01-04 10:00", 7 * DAY, "2025-01-11 08:00"),
        ("2025-01-03 10:00", 7 * DAY, "2025-01-11 08:00"),  # done on a Friday, due on none
        ("2025-01-04 10:00", 6 * HOUR, "2025-01-04 16:00"),  # by the hour: to the hour
    ],
)
def test_by_calendar_it_is_due_when_the_working_day_opens(
    done: str, every: int, expected: str
) -> None:
    found = due(plan(every), at(done), OPEN, None, [], T0)
    assert found == Due(at(expected), "calendar")


BERLIN, HERAT = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kabul")


@pytest.mark.parametrize(
    ("zone", "done", "every", "expected"),
    [
        (BERLIN, "2026-03-28 23:30", 1, "2026-03-29 00:00"),  # that day has 23 hours
        (BERLIN, "2026-10-25 00:10", 1, "2026-10-26 00:00"),  # and this one 25
        (BERLIN, "2026-10-24 23:59", 1, "2026-10-25 00:00"),
        (BERLIN, "2026-03-22 23:30", 7, "2026-03-29 00:00"),
        (BERLIN, "2026-10-19 00:10", 7, "2026-10-26 00:00"),
        (BERLIN, "2026-08-31 23:50", 182, "2027-03-01 00:00"),
        (ZoneInfo("America/Santiago"), "2026-09-05 23:30", 1, "2026-09-06 01:00"),  # no midnight
        (HERAT, "2026-03-27 23:30", 7, "2026-04-03 00:00"),  # a Friday
    ],
)
def test_days_are_counted_on_the_calendar_when_the_clock_is_changed(
    zone: ZoneInfo, done: str, every: int, expected: str
) -> None:
    def at_(text: str) -> int:
        return to_ms(datetime.fromisoformat(text).replace(tzinfo=zone))

    found = due(plan(every * DAY), at_(done), always(zone), None, [], T0)
    assert found == Due(at_(expected), "calendar")


@given(st.integers(0, 400 * DAY), st.integers(1, 400))
def test_no_work_of_days_is_ever_due_on_a_day_off(start: int, days: int) -> None:
    found = due(plan(days * DAY), T0 + start, OPEN, None, [], T0)
    assert found is not None
    moment = from_ms(found.at, KABUL)
    assert (moment.strftime("%a"), moment.hour, moment.minute) != ("Fri", 8, 0)
    assert (moment.hour, moment.minute) == (8, 0)
    assert -DAY < found.at - (T0 + start + days * DAY) < 2 * DAY


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (Used(40_000, 5_000), T0 + 12 * DAY),  # 60,000 left at 5,000 a day
        (Used(100_000, 5_000), T0),
        (Used(130_000, 0), T0),
        (Used(40_000, 0), None),  # it stands in its box
        (None, None),  # nothing is known of it
    ],
)
def test_by_use_it_is_due_when_the_counter_will_have_gone_so_far(
    used: Used | None, expected: int | None
) -> None:
    found = due(plan(None, 100_000), T0 - 8 * DAY, OPEN, used, [], T0)
    assert found == (None if expected is None else Due(expected, "use"))


def test_whichever_comes_first() -> None:
    both = plan(182 * DAY, 100_000)
    slow, fast = Used(10, 1), Used(90_000, 5_000)
    assert due(both, T0, OPEN, slow, [], T0) == Due(at("2025-07-05 08:00"), "calendar")
    assert due(both, T0, OPEN, fast, [], T0) == Due(T0 + 2 * DAY, "use")
    assert due(both, T0, OPEN, fast, [T0 + DAY], T0 + DAY) == Due(T0 + DAY, "condition")


def test_an_alert_from_before_the_last_service_is_answered() -> None:
    assert due(plan(None, 1e9), T0, OPEN, None, [T0 - 1, T0], T0 + DAY) is None


def points(*values: Sequence[float]) -> list[Point]:
    return [Point(T0 + n * HOUR, low, low, high, 2) for n, (low, high) in enumerate(values)]


@pytest.mark.parametrize(
    ("curve", "amount"),
    [
        ([], 0),
        ([(100, 100)], 0),
        ([(100, 110), (110, 130)], 30),
        ([(100, 110), (120, 130)], 30),  # what was used between two buckets counts
        ([(100, 200), (0, 10), (10, 30)], 130),  # a new tube counts from 0 again
        # It falls once and comes back, to a single reading, in a bucket, for some hours.
        ([(14.9e6, 14.9e6), (14_900_100, 14_900_100), (0, 0), (14_900_200, 14_900_200)], 200),
        ([(14.9e6, 14_900_100), (0, 14_900_200), (14_900_250, 14_900_250)], 250),
        ([(100, 200), (0, 0), (1, 1), (0, 0), (2, 2), (230, 230)], 130),
        # It rises once, and is again where it was.
        ([(100, 100), (5e6, 5e6), (5e6, 5e6 + 1), (110, 120)], 20),
        ([(100, 5e6), (110, 120)], 20),
        ([(100, 110), (109, 109), (112, 112)], 12),
        # A new tube that counts its way up past the old one has not come back.
        ([(90, 100), (0, 20), (30, 60), (60, 90), (95, 130)], 140),
        ([(4_294_967_290, 4_294_967_290), (5, 5), (25, 25)], 31),  # a Counter32 wraps
    ],
)
def test_a_counter_s_use_over_a_curve(curve: list[tuple[float, float]], amount: float) -> None:
    assert amount_used(points(*curve)) == amount


def test_how_busy_an_hour_of_the_week_is_is_the_median_of_the_weeks() -> None:
    curve = [Point(T0 + week * 7 * DAY, v, v, v, 1) for week, v in enumerate((10, 12, 900))]
    assert busy_by_hour(curve, KABUL, is_counter=False) == {(5, 8): 12}


def test_of_a_counter_what_it_grew_counts_whether_told_by_the_hour_or_at_each_scan() -> None:
    hour = [(0, 60), (60, 60), (60, 90)]
    scans = [(0, 0), (25, 20), (60, 40), (75, 130), (90, 150)]  # value, minute
    told = [Point(T0 + minute * MINUTE, v, v, v, 1) for v, minute in scans]
    for curve in (points(*hour), told):
        busy = busy_by_hour(curve, KABUL, is_counter=True)
        assert (busy[5, 8], busy.get((5, 9), 0), busy[5, 10]) == (60, 0, 30)


def test_an_hour_that_is_used_in_one_week_of_three_is_not_usually_used() -> None:
    weeks = [(0, 0), (7 * DAY, 0), (7 * DAY + HOUR, 50), (15 * DAY, 50)]
    curve = [Point(T0 + when, v, v, v, 1) for when, v in weeks]
    assert busy_by_hour(curve, KABUL, is_counter=True)[5, 9] == 0


BUSY = {(day, hour): 10.0 for day in range(7) for hour in range(8, 20)}


def test_work_goes_into_the_hours_in_which_the_device_is_least_used() -> None:
    busy = {**BUSY, (0, 13): 1.0, (0, 14): 2.0}  # Monday after lunch
    slot = free_slot(busy, OPEN, T0, T0 + 7 * DAY, 120)
    assert slot == at("2025-01-06 13:00")


def test_of_hours_that_are_equally_free_the_earliest_is_taken() -> None:
    assert free_slot(BUSY, OPEN, T0, T0 + 7 * DAY, 120) == T0
    assert free_slot({}, OPEN, at("2025-01-03 09:00"), T0 + DAY, 120) == T0  # from a Friday


def test_a_window_without_a_working_hour_has_no_slot() -> None:
    friday = at("2025-01-03 00:00")
    assert free_slot(BUSY, OPEN, friday, friday + DAY, 60) is None


@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), st.floats(0, 1e6)),
    st.integers(0, 20 * DAY // MINUTE),
    st.integers(1, 20 * DAY // MINUTE),
    st.integers(1, 12 * 60),
)
def test_a_slot_is_within_working_hours_and_never_on_a_friday(
    busy: dict[tuple[int, int], float], begins: int, lasts: int, minutes: int
) -> None:
    start = T0 + begins * MINUTE
    slot = free_slot(busy, OPEN, start, start + lasts * MINUTE, minutes)
    if slot is not None:
        moment = from_ms(slot, KABUL)
        assert moment.strftime("%a") != "Fri"
        assert 8 <= moment.hour < 20
        assert start <= slot < start + lasts * MINUTE


def test_day_and_night_a_night_is_free() -> None:
    busy = {**BUSY, **{(5, hour): 5.0 for hour in range(24)}, (6, 3): 0.0}
    assert free_slot(busy, always(KABUL), T0, T0 + DAY, 60) == at("2025-01-05 00:00")


def test_the_score_of_a_ct() -> None:
    now = T0
    assert score(CT, [], now, now) == 14
    assert score(CT, [now - 5 * MONTH, now - MONTH], now - 5 * MONTH, now) == 16
    assert (risk_class(14), proposed_interval(14)) == ("low", 365 * DAY)
    assert (risk_class(16), proposed_interval(16)) == ("medium", 182 * DAY)
    assert (risk_class(18), proposed_interval(18)) == ("high", 91 * DAY)
    assert (risk_class(11), proposed_interval(11)) == ("outside", None)


@pytest.mark.parametrize(
    ("months_ago", "known", "points"),
    [
        ([1, 5], 24, 2),
        ([5], 24, 1),
        ([8], 24, 1),
        ([10], 24, 0),
        ([15], 24, -1),
        ([20], 24, -2),
        ([], 24, -2),
        ([], 12, 0),
        ([7, 8], 24, 1),
    ],
)
def test_the_history_of_failures(months_ago: list[int], known: int, points: int) -> None:
    failed = sorted(T0 - months * MONTH for months in months_ago)
    assert incidents(failed, T0 - known * MONTH, T0) == points
