"""Times in the words and signs of other languages and systems."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collectors.logfile.timestamps import stamp
from core.time.clock import to_ms

KABUL, BERLIN = ZoneInfo("Asia/Kabul"), ZoneInfo("Europe/Berlin")
NOON = to_ms(datetime(2026, 11, 28, 12, tzinfo=KABUL))
AT = NOON - 30_000  # 11:59:30 there, 07:29:30 UTC
PLAIN = "%Y-%m-%d %H:%M:%S"


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("2026-11-28 07:29:30 UTC", f"{PLAIN} %Z", AT),
        ("2026-11-28 07:29:30 GMT", f"{PLAIN} %Z", AT),
        ("2026-11-28 07:29:30+00", f"{PLAIN}%z", AT),
        ("2026-11-28T07:29:30z", "%Y-%m-%dT%H:%M:%S%z", AT),
        ("2026-11-28 11:59:30,123", f"{PLAIN}.%f", AT + 123),
        ("2026-11-28 11:59:30", f"{PLAIN}.%f", AT),
        ("2026-11-28 11:59:30.5", PLAIN, AT + 500),
        ("2026-11-28 115930.1234567", "%Y-%m-%d %H%M%S.%f", AT + 123),
        (str(AT), "%s", AT),
        ("28-NOV-2026 11:59:30", "%d-%b-%Y %H:%M:%S", AT),
        ("28. november 2026 11:59:30", "%d. %B %Y %H:%M:%S", AT),
        ("28 nov. 2026 11:59:30", "%d %b %Y %H:%M:%S", AT),
        ("Sa, 28 Nov 2026 11:59:30", "%a, %d %b %Y %H:%M:%S", AT),
        ("mar. 28 nov 2026 11:59:30", "%a %d %b %Y %H:%M:%S", AT),
        ("11/28/2026 11:59:30\u202fa.m.", "%m/%d/%Y %I:%M:%S %p", AT),
        ("11/28/2026 11:59:30 ق.ظ", "%m/%d/%Y %I:%M:%S %p", AT),
    ],
)
def test_one_moment_in_many_spellings(text: str, form: str, at: int) -> None:
    assert stamp(text, [form], KABUL, NOON) == (at, "good")


@pytest.mark.parametrize(
    ("month", "number"),
    [
        *(("Jän", 1), ("janv.", 1), ("ene", 1), ("févr.", 2), ("Mär", 3), ("Mrz", 3), ("März", 3), ("Mai", 5)),
        *(("mag", 5), ("Juni", 6), ("août", 8), ("ago", 8), ("Sept.", 9), ("Okt", 10), ("ott", 10), ("نومبر", 11)),
    ],
)  # fmt: skip
def test_months_are_known_in_the_languages_of_makers(month: str, number: int) -> None:
    at = to_ms(datetime(2026, number, 5, 8, tzinfo=KABUL))
    for form in ("%d %b %Y %H:%M", "%d %B %Y %H:%M"):
        assert stamp(f"05 {month} 2026 08:00", [form], KABUL, NOON) == (at, "good")


def test_the_name_of_the_zone_tells_which_of_two_hours_is_meant() -> None:
    form = f"{PLAIN} %Z"
    for name, hour in (("CEST", 0), ("CET", 1)):
        at = to_ms(datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
        assert stamp(f"2026-10-25 02:30:00 {name}", [form], BERLIN, NOON) == (at, "good")


def test_a_zone_that_is_not_the_sites_is_not_guessed() -> None:
    assert stamp("2026-11-28 07:29:30 PST", [f"{PLAIN} %Z"], KABUL, NOON) == (NOON, "clock")
