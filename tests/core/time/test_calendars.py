"""Months of both calendars, as midnights of the site's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.calendars import YEARS, Calendar, Month, day_of, month_of, parse_month
from core.time.clock import HOUR, to_ms

KABUL = ZoneInfo("Asia/Kabul")
BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_gregorian_month_goes_from_midnight_to_midnight_of_the_site() -> None:
    october = parse_month("2026-10", "gregorian")
    assert october.interval(KABUL) == (utc("2026-09-30 19:30"), utc("2026-10-31 19:30"))


# From the calendars that Afghanistan prints: Nawroz of 1403 was a 20 March, a leap year before it.
@pytest.mark.parametrize(
    ("month", "first", "after"),
    [
        ("1403-01", "2024-03-20", "2024-04-20"),  # 1 Hamal to 1 Sawr, 31 days
        ("1405-07", "2026-09-23", "2026-10-23"),  # Mizan, 30 days
        ("1403-12", "2025-02-19", "2025-03-21"),  # Hut of a leap year, 30 days
        ("1404-12", "2026-02-20", "2026-03-21"),  # and of another, 29 days
    ],
)
def test_a_solar_month_begins_and_ends_on_these_days(month: str, first: str, after: str) -> None:
    start, end = parse_month(month, "solar").interval(KABUL)
    midnights = [datetime.fromisoformat(day).replace(tzinfo=KABUL) for day in (first, after)]
    assert [start, end] == [to_ms(day) for day in midnights]


def test_the_month_of_the_change_to_summer_time_has_an_hour_less() -> None:
    start, end = parse_month("2026-03", "gregorian").interval(BERLIN)
    assert end - start == (31 * 24 - 1) * HOUR


@pytest.mark.parametrize("text", ["2026-13", "2026-0", "2026", "10-2026", "", "2026-10-01", "abc"])
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-10"):
        parse_month(text, "gregorian")


def test_a_month_of_the_other_calendar_is_noticed() -> None:
    with pytest.raises(ValueError, match="--calendar solar"):
        parse_month("1405-07", "gregorian")
    with pytest.raises(ValueError, match="--calendar gregorian"):
        parse_month("2900-07", "solar")


calendars: st.SearchStrategy[Calendar] = st.sampled_from(["gregorian", "solar"])


@st.composite
def months(draw: st.DrawFn) -> Month:
    calendar: Calendar = draw(calendars)
    low, high = YEARS[calendar]
    return Month(calendar, draw(st.integers(low, high)), draw(st.integers(1, 12)))


@given(months(), st.sampled_from([KABUL, BERLIN]))
def test_months_follow_one_another_without_gap(month: Month, zone: ZoneInfo) -> None:
    start, end = month.interval(zone)
    assert end == month.later(1).interval(zone)[0]
    assert 27 * 24 * HOUR < end - start <= (31 * 24 + 1) * HOUR
    for moment in (start, (start + end) // 2, end - 1):
        assert month_of(moment, zone, month.calendar) == month
    assert day_of(start, zone, month.calendar)[2] == 1
    assert month.later(30).later(-30) == month
    assert parse_month(str(month), month.calendar) == month
