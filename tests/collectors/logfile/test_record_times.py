"""The times of records: fractions, names of months, hours that come twice, and a clock that is wrong."""

from zoneinfo import ZoneInfo

import pytest

from collectors.logfile.record_times import RecordTimes
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms, iso
from tests.collectors.mqtt.cast import KABUL, T0

BERLIN = ZoneInfo("Europe/Berlin")
FORM = "%Y-%m-%d %H:%M:%S"
NOON = T0


def written(at: int) -> str:
    return from_ms(at, KABUL).strftime(FORM)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("2026-02-28T12:00:00.1234567", "%Y-%m-%dT%H:%M:%S.%f", "2026-02-28T07:30:00.123Z"),
        (
            "2026-02-28T12:00:00.123456789+04:30",
            "%Y-%m-%dT%H:%M:%S.%f%z",
            "2026-02-28T07:30:00.123Z",
        ),
        ("2026-02-28 12:00:00,5", "%Y-%m-%d %H:%M:%S,%f", "2026-02-28T07:30:00.500Z"),
        ("20260228120000.1234567", "%Y%m%d%H%M%S.%f", "2026-02-28T07:30:00.123Z"),
        ("28 فبروری 2026 12:00", "%d %b %Y %H:%M", "2026-02-28T07:30:00.000Z"),
        ("28 فوریه 2026 12:00", "%d %B %Y %H:%M", "2026-02-28T07:30:00.000Z"),
        ("۲۸ فبروری ۲۰۲۶ ۱۲:۰۰", "%d %B %Y %H:%M", "2026-02-28T07:30:00.000Z"),
    ],
)
def test_what_is_written_is_read(text: str, form: str, expected: str) -> None:
    (stamp,) = RecordTimes([form], KABUL).stamps([text], T0)
    assert (iso(stamp.at), stamp.quality) == (expected, "good")


def test_an_hour_that_comes_twice_is_read_in_order() -> None:
    """The night of 25 October 2026 in Berlin, read in the morning."""
    words = ["01:50", "02:10", "02:50", "02:48", "02:05", "02:55", "03:10"]
    texts = [f"2026-10-25 {word}:00" for word in words]
    morning = 1_792_893_600_000 + 5 * HOUR
    stamps = RecordTimes([FORM], BERLIN).stamps(texts, morning)
    hours = [iso(stamp.at)[11:16] for stamp in stamps]
    assert hours == ["23:50", "00:10", "00:50", "00:48", "01:05", "01:55", "02:10"]


def test_lines_that_come_live_from_a_clock_in_another_zone_are_of_now_and_it_is_known() -> None:
    times = RecordTimes([FORM], KABUL)
    for look in range(4):
        now = NOON + look * MINUTE
        (stamp,) = times.stamps([written(now - 4 * HOUR - 30 * MINUTE)], now, is_live=True)
        assert stamp == (now, "clock")
    assert times.offset == -(4 * HOUR + 30 * MINUTE)
    # what waits in the file meanwhile is put right by it
    (late,) = times.stamps([written(NOON - 6 * HOUR - 30 * MINUTE)], NOON + HOUR)
    assert late == (NOON - 2 * HOUR, "clock")
    # and it ends when the clock is set
    now = NOON + 2 * HOUR
    assert times.stamps([written(now)], now, is_live=True)[0] == (now, "good")
    assert times.offset == 0


@pytest.mark.parametrize("away", [-40 * 365 * DAY, 10 * 365 * DAY, 3 * HOUR])
def test_a_live_line_from_1970_or_2036_is_of_now(away: int) -> None:
    times = RecordTimes([FORM], KABUL)
    for look in range(3):
        now = NOON + look * MINUTE
        assert times.stamps([written(now + away)], now, is_live=True)[0] == (now, "clock")
    assert times.offset


def test_what_a_writer_held_back_keeps_its_own_times() -> None:
    """A device that copies the lines of the last six hours to the share at once."""
    times = RecordTimes([FORM], KABUL)
    own = [NOON - 6 * HOUR + number * 20 * MINUTE for number in range(18)]
    stamps = times.stamps([written(at) for at in own], NOON, is_live=True)
    assert stamps == [(at, "good") for at in own]
    assert times.offset == 0


def test_what_lay_in_the_file_before_is_of_its_own_time() -> None:
    old = NOON - 300 * DAY
    assert RecordTimes([FORM], KABUL).stamps([written(old)], NOON)[0] == (old, "good")


def test_a_line_that_is_a_little_late_is_no_wrong_clock() -> None:
    times = RecordTimes([FORM], KABUL)
    for look in range(20):
        now = NOON + look * 10 * MINUTE
        own = now - (7 * MINUTE + look * 10 * SECOND)
        assert times.stamps([written(own)], now, is_live=True)[0] == (own, "good")
