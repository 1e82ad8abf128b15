"""DA, TM, DT and offsets as scanners write them."""

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from collectors.dicom.common.dicom_times import read_date_time, read_moment, read_offset
from core.time.clock import iso

KABUL = ZoneInfo("Asia/Kabul")


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("20260301", "143000", "2026-03-01T10:00:00.000Z"),
        ("20260301", "143000.250", "2026-03-01T10:00:00.250Z"),
        ("2026.03.01", "14:30:00", "2026-03-01T10:00:00.000Z"),  # ACR-NEMA
        ("20260301 ", "1430", "2026-03-01T10:00:00.000Z"),
        ("20260301", "14", "2026-03-01T09:30:00.000Z"),
        ("20260301", "143060", "2026-03-01T10:00:59.000Z"),  # a leap second
        ("20260301", "253000", None),
        ("20261301", "143000", None),
        ("20260301", "", None),
        ("", "143000", None),
        ("00000000", "000000", None),
        ("99991231", "235959", "9999-12-31T19:29:59.000Z"),
        ("20260301-20260302", "1430", None),
    ],
)
def test_a_day_and_a_time_are_a_moment_of_the_sites_zone(
    day: str, time: str, expected: str | None
) -> None:
    at = read_moment(day, time, KABUL)
    assert (None if at is None else iso(at)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260301143000", "2026-03-01T10:00:00.000Z"),
        ("20260301143000.5+0100", "2026-03-01T13:30:00.500Z"),
        ("2026030114", "2026-03-01T09:30:00.000Z"),
        ("20260301", None),  # a day is no moment
        ("202603", None),
        ("", None),
    ],
)
def test_its_own_offset_goes_before_the_zone(text: str, expected: str | None) -> None:
    at = read_date_time(text, KABUL)
    assert (None if at is None else iso(at)) == expected


def test_an_offset_that_is_none_is_left_out() -> None:
    assert read_offset("+0430") == timezone(timedelta(hours=4, minutes=30))
    assert read_offset("-0400 ") == timezone(timedelta(hours=-4))
    assert read_offset("+0000") in (UTC, timezone(timedelta(0)))
    for text in ("UTC-04:00", "+9900", "+0460", "0430", ""):
        assert read_offset(text) is None
