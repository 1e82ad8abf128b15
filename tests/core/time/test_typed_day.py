"""Days and times as people type them in Herat."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.time.calendars import days_in, gregorian, parts_of
from core.time.clock import to_ms
from core.time.typed_day import typed_day, typed_moment

HERAT = ZoneInfo("Asia/Kabul")
TODAY = date(2026, 11, 29)  # 8 Qaws 1405


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-11-29",
            "۲۰۲۶-۱۱-۲۹",
            "2026/11/29",
            "29 Nov 2026",
            "29 november 2026",
            "29 نومبر 2026",
        ),
        *(
            "1405-09-08",
            "۱۴۰۵/۹/۸",
            "1405/9/8",
            "۱۴۰۵٫۹٫۸",
            "8 قوس 1405",
            "۸ قوس ۱۴۰۵",
            "۱۴۰۵ قوس ۸",
        ),
        *("8 Qaws 1405", "8 آذر 1405", "۸ لیندۍ ۱۴۰۵", "\u200f۱۴۰۵/۹/۸\u200f", " 1405-9-8 "),
    ],
)
def test_a_day_is_typed_in_either_calendar_and_any_digits(text: str) -> None:
    assert typed_day(text, "solar") == TODAY


def test_every_day_of_thirty_years_goes_there_and_back_in_both_calendars() -> None:
    day, last = (
        gregorian(1390, 1, 1, "solar"),
        gregorian(1420, 12, days_in(1420, 12, "solar"), "solar"),
    )
    assert (day, last) == (date(2011, 3, 21), date(2042, 3, 20))
    while day <= last:
        year, month, number = parts_of(day, "solar")
        assert typed_day(f"{year}/{month}/{number}", "solar") == day
        assert typed_day(day.isoformat(), "solar") == day
        day += timedelta(days=1)


# Leap years of the calendar that Afghanistan prints, which have 30 Hut.
@pytest.mark.parametrize("year", range(1390, 1421))
def test_thirty_hut_is_a_day_of_leap_years_only(year: int) -> None:
    if year in (1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420):
        after = typed_day(f"{year}-12-30", "solar") + timedelta(days=1)
        assert parts_of(after, "solar") == (year + 1, 1, 1)
    else:
        with pytest.raises(ValueError, match=f"month 12 of {year} has 29 days"):
            typed_day(f"30 حوت {year}", "solar")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1405-13-01", "a year has 12 months"),
        ("1405/7/31", "month 7 of 1405 has 30 days"),
        ("31 Nov 2026", "month 11 of 2026 has 30 days"),
        ("2026-02-29", "month 2 of 2026 has 28 days"),
        ("2026-11-00", "month 11 of 2026 has 30 days"),
        ("0000-01-01", "is not a day"),
        ("8 قوس 2026", "is not a day"),  # a solar month in a Gregorian year
        ("8 Brumaire 1405", "is not a day"),
        ("29.11.2026", "is not a day"),
        ("29-11-26", "is not a day"),
        ("2026-11/29", "is not a day"),
        ("1447-05-10", "is not in the years"),  # lunar
        ("2136-01-01", "is not in the years"),
        ("", "is not a day"),
        ("8" * 5000, "is not a day"),
    ],
)
def test_what_is_no_day_is_refused_with_what_is_wrong_in_it(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        typed_day(text, "solar")


def test_a_solar_day_is_still_refused_where_files_are_gregorian() -> None:
    with pytest.raises(ValueError, match="write 2026-11-29"):
        typed_day("8 قوس 1405", "gregorian")


@pytest.mark.parametrize(
    "text",
    ["1405-09-08 14:05", "۱۴۰۵/۹/۸ ۱۴:۰۵", "2026-11-29T14:05", "8 قوس 1405، ۱۴:۰۵", "14:05", "۱۴:۰۵", "2026-11-29 14:05:59"],
)  # fmt: skip
def test_a_time_is_of_the_sites_clocks_and_alone_of_today(text: str) -> None:
    assert typed_moment(text, "solar", HERAT, TODAY) == to_ms(
        datetime(2026, 11, 29, 9, 35, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1405-09-08", "has no time"),
        ("1405-13-08", "a year has 12 months"),
        ("1405-09-31 10:00", "month 9 of 1405 has 30 days"),
        ("2026-11-29 24:00", "is not a time"),
        ("14:60", "is not a time"),
        ("yesterday 14:05", "is not a day"),
        ("14", "is not a day"),
    ],
)
def test_what_is_no_time_is_refused_with_what_is_wrong_in_it(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        typed_moment(text, "solar", HERAT, TODAY)
