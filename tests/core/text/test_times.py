"""Moments, days and lengths of time, in both calendars."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.text import times
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from tests.maintenance.cast import KABUL

AT = 1_791_000_307_000  # 3 Oct 2026, 08:35:07 in Kabul
SOLAR = "Hamal Sawr Jawza Saratan Asad Sunbula Mizan Aqrab Qaws Jadi Dalw Hut"
GREGORIAN = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def test_a_moment_is_written_in_its_zone_or_in_utc() -> None:
    assert times.timestamp(AT, KABUL) == "2026-10-03 08:35"
    assert times.timestamp(AT, seconds=True) == "2026-10-03 04:05:07"
    assert times.clock(AT, KABUL, seconds=True) == "08:35:07"
    assert times.iso_date(AT, KABUL) == "2026-10-03"
    assert times.utc_offset(AT, KABUL) == "+04:30"


def test_a_day_has_the_months_of_its_calendar() -> None:
    assert times.day_values(AT, KABUL, "solar", SOLAR) == {
        "day": 11,
        "month": "Mizan",
        "year": 1405,
    }
    gregorian = times.day_values(AT, KABUL, "gregorian", GREGORIAN)
    assert gregorian == times.date_values(date(2026, 10, 3), "gregorian", GREGORIAN)
    assert gregorian == {"day": 3, "month": "Oct", "year": 2026}


@pytest.mark.parametrize(
    ("length", "units", "text"),
    [
        (2 * DAY + 4 * HOUR, ("days", 2, 4), "2 d 4 h"),
        (2 * DAY + 5 * MINUTE, ("days", 2, 0), "2 d 5 min"),
        (3 * MINUTE, ("minutes", 3, 0), "3 min"),
        (20 * SECOND, ("seconds", 20, 0), "20 s"),
        (0, ("seconds", 0, 0), "0 s"),
    ],
)
def test_a_length_of_time_has_two_units(
    length: int, units: tuple[str, int, int], text: str
) -> None:
    assert times.two_units(length) == units
    assert times.duration(length) == text


@given(some.integers(min_value=0, max_value=20_000 * DAY))
def test_rounding_to_a_unit_never_makes_longer(length: int) -> None:
    rounded = times.whole_units(length)
    assert rounded <= length
    assert times.two_units(rounded)[2] == 0


@pytest.mark.servers
def test_only_a_solar_day_loads_the_solar_calendar() -> None:
    code = "import sys, core.text.times; sys.exit('jdatetime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
