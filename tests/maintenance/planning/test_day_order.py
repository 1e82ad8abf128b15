"""What one engineer does first: by the examinations saved for an hour of work."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.clock import DAY, HOUR, MINUTE, from_ms
from core.vocabulary.severity import Severity
from maintenance.planning.day_order import (
    AHEAD,
    SEVERITIES,
    Urgency,
    UseLoss,
    WorkTime,
    at_stake,
    expected_between,
    urgency,
    work_time,
)
from maintenance.planning.due import Busy, expected_by_hour
from storage.series.curve import Point
from tests.maintenance.cast import KABUL, at

NOW = at("2025-02-08 08:00")  # a Saturday
TWO_AN_HOUR: Busy = {(day, hour): 2.0 for day in range(7) for hour in range(8, 16)}
TWO_HOURS = WorkTime(2.0, "plan")

counts = st.one_of(st.none(), st.floats(0, 500))
hours = st.floats(0.1, 72)


def order(*lines: tuple[float | None, float, Severity]) -> list[int]:
    """The places in which these lines stood, in the order of the day."""
    key = [urgency(waiting, WorkTime(work, "plan"), bad) for waiting, work, bad in lines]
    return sorted(range(len(lines)), key=key.__getitem__)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # more waits; the same waits and it is done sooner; the worse
        ([(3.0, 2.0, "error"), (14.0, 2.0, "warning")], [1, 0]),
        ([(14.0, 6.0, "critical"), (10.0, 1.0, "warning")], [1, 0]),
        ([(0.0, 2.0, "warning"), (0.0, 2.0, "error")], [1, 0]),
        # nobody knows who waits: what is grave before what is counted, the rest after it
        ([(14.0, 2.0, "error"), (None, 2.0, "critical")], [1, 0]),
        ([(None, 2.0, "warning"), (1.0, 8.0, "warning")], [1, 0]),
        # equal ones stay as they stood
        ([(4.0, 2.0, "error"), (2.0, 1.0, "error")], [0, 1]),
        ([(None, 2.0, "error"), (None, 9.0, "error")], [0, 1]),
    ],
)
def test_the_order_of_a_day(
    lines: list[tuple[float | None, float, Severity]], expected: list[int]
) -> None:
    assert order(*lines) == expected


@given(
    waiting=st.floats(0, 500), more=st.floats(0, 500), work=hours, bad=st.sampled_from(SEVERITIES)
)
def test_who_is_waited_for_by_more_never_stands_lower(
    waiting: float, more: float, work: float, bad: Severity
) -> None:
    time = WorkTime(work, "plan")
    assert urgency(waiting + more, time, bad) <= urgency(waiting, time, bad)


@given(waiting=counts, work=hours, more=hours, bad=st.sampled_from(SEVERITIES))
def test_what_takes_longer_or_is_less_bad_never_stands_higher(
    waiting: float | None, work: float, more: float, bad: Severity
) -> None:
    now = urgency(waiting, WorkTime(work, "plan"), bad)
    assert urgency(waiting, WorkTime(work + more, "plan"), bad) >= now
    for less in SEVERITIES[SEVERITIES.index(bad) :]:
        assert urgency(waiting, WorkTime(work, "plan"), less) >= now


@given(st.lists(st.tuples(counts, hours, st.sampled_from(SEVERITIES)), max_size=8))
def test_any_lines_have_an_order(lines: list[tuple[float | None, float, Severity]]) -> None:
    places = order(*lines)
    keys: list[Urgency] = [
        urgency(lines[place][0], WorkTime(lines[place][1], "plan"), lines[place][2])
        for place in places
    ]
    assert keys == sorted(keys)
    assert all(
        first < second
        for first, second in pairwise(places)
        if keys[places.index(first)] == keys[places.index(second)]
    )


# What is at stake


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (UseLoss("ct-1", TWO_AN_HOUR, NOW), 16.0),  # all of a day
        (
            UseLoss("ct-1", TWO_AN_HOUR, NOW - 9 * DAY),
            16.0,
        ),  # however long it is down: who left does not wait
        (UseLoss("ct-1", TWO_AN_HOUR, NOW, 0.5), 8.0),  # usable in part
        (
            UseLoss("ct-1", TWO_AN_HOUR, NOW + 6 * HOUR),
            4.0,
        ),  # a limit that is reached this afternoon
        (UseLoss("ct-1", TWO_AN_HOUR, NOW + 9 * DAY), 0.0),  # and one that is not
        (UseLoss("ct-1", TWO_AN_HOUR, at("2036-01-01 00:00")), 0.0),
        (UseLoss("ct-1", {}, NOW), 0.0),
        (UseLoss("ct-1", None, NOW), None),
    ],
)
def test_how_many_examinations_are_at_stake(loss: UseLoss, expected: float | None) -> None:
    assert at_stake([loss], NOW, KABUL) == expected


def test_what_is_known_of_some_devices_is_the_least_that_is_lost() -> None:
    known, unknown = UseLoss("ct-1", TWO_AN_HOUR, NOW), UseLoss("mri", None, NOW)
    assert at_stake([known, unknown], NOW, KABUL) == 16.0
    assert at_stake([UseLoss("ct-1", {}, NOW), unknown], NOW, KABUL) is None
    assert at_stake([], NOW, KABUL) == 0.0


def test_nobody_waits_twice_for_a_device_that_is_down_twice() -> None:
    down, partly = UseLoss("ct-1", TWO_AN_HOUR, NOW), UseLoss("ct-1", TWO_AN_HOUR, NOW, 0.5)
    expected_later = UseLoss("ct-1", TWO_AN_HOUR, NOW + 9 * DAY)
    assert at_stake([partly, down, expected_later], NOW, KABUL) == 16.0
    assert at_stake([partly, expected_later], NOW, KABUL) == 8.0
    assert at_stake([down, down._replace(device="mri")], NOW, KABUL) == 32.0


def test_of_an_hour_that_has_begun_its_rest_counts() -> None:
    assert expected_between(TWO_AN_HOUR, NOW + 45 * MINUTE, NOW + HOUR, KABUL) == 0.5
    assert expected_between(TWO_AN_HOUR, NOW, NOW, KABUL) == 0.0


@given(
    st.integers(0, 400 * DAY), st.sampled_from(["Asia/Kabul", "Europe/Berlin", "America/New_York"])
)
def test_a_week_holds_every_hour_whatever_the_clocks_do(start: int, name: str) -> None:
    zone = ZoneInfo(name)
    always: Busy = {(day, hour): 1.0 for day in range(7) for hour in range(24)}
    assert expected_between(always, NOW + start, NOW + start + AHEAD, zone) == pytest.approx(24)


# How long it takes


@pytest.mark.parametrize(
    ("plan", "past", "expected"),
    [
        (90, [4.0, 4.0, 4.0], WorkTime(1.5, "plan")),
        (None, [1.0, 5.0, 3.0], WorkTime(3.0, "past")),
        (None, [1.0, 5.0], WorkTime(2.0, "assumed")),
        (None, [0.0, 0.0, 0.0], WorkTime(1 / 60, "past")),  # done and noted in one go
    ],
)
def test_how_long_a_work_takes(plan: int | None, past: list[float], expected: WorkTime) -> None:
    assert work_time(plan, past) == expected


# What a device usually does


def weeks(a_day: int, days: int = 28, *, skipped: range = range(0)) -> list[Point]:
    """A counter that rises by so many each day at nine in the morning, read every hour until NOW."""
    points, level = [], 1000.0
    for hour in range(days * 24):
        when = NOW - days * DAY + hour * HOUR
        is_nine = from_ms(when, KABUL).hour == 9
        level += a_day if is_nine and hour // 24 not in skipped else 0
        points.append(Point(when, level, level, level, 1))
    return points


def expected_today(points: list[Point], away: list[tuple[int, int]]) -> float | None:
    expected = expected_by_hour(points, KABUL, NOW, away)
    return None if expected is None else expected_between(expected, NOW, NOW + DAY, KABUL)


def test_use_is_the_mean_of_the_weeks_in_which_the_device_could_be_used() -> None:
    assert expected_today(weeks(6), []) == 6.0
    broken = range(7, 14)
    points = weeks(6, skipped=broken)
    assert expected_today(points, []) == 4.5
    assert expected_today(points, [(NOW - 21 * DAY, NOW - 14 * DAY)]) == 6.0


def test_what_is_done_once_a_week_is_not_nothing() -> None:
    rare = weeks(1, skipped=range(1, 28))
    assert expected_today(rare, []) == 0.25


def test_what_nobody_counts_is_unknown() -> None:
    assert expected_by_hour([], KABUL, NOW, []) is None
    assert expected_by_hour(weeks(6, days=4), KABUL, NOW, []) is None, "no week yet"
    assert expected_by_hour(weeks(6)[:: 24 * 14], KABUL, NOW, []) is None, "typed twice a month"


def test_a_number_that_was_mistyped_calls_nobody_first() -> None:
    points = weeks(6)
    points[300:] = [
        point._replace(low=point.low + 90_000, high=point.high + 90_000) for point in points[300:]
    ]
    assert expected_today(points, []) == 6.0


def test_after_the_last_count_nothing_is_known_and_not_nothing() -> None:
    assert expected_today([point for point in weeks(6) if point.at < NOW - 10 * DAY], []) == 6.0
