"""Times that leave something out, or that summer time repeats."""

from zoneinfo import ZoneInfo

import pytest

from collectors.logfile.timestamps import stamp
from core.time.clock import HOUR, iso
from tests.collectors.mqtt.cast import KABUL, T0

BERLIN = ZoneInfo("Europe/Berlin")
AFTER_CHANGE = 1_792_893_600_000  # 2026-10-25T02:00:00Z, an hour after summer time ended


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("Mar  1 14:29:59", "%b %d %H:%M:%S", "2026-03-01T09:59:59.000Z"),
        ("Mar  3 14:29:59", "%b %d %H:%M:%S", "2025-03-03T09:59:59.000Z"),
        ("Dec 31 23:59:59", "%b %d %H:%M:%S", "2025-12-31T19:29:59.000Z"),
        ("Feb 29 12:00:00", "%b %d %H:%M:%S", "2024-02-29T07:30:00.000Z"),
        ("14:29:59", "%H:%M:%S", "2026-03-01T09:59:59.000Z"),
        ("23:59:59", "%H:%M:%S", "2026-02-28T19:29:59.000Z"),
        ("2026-03-01T09:00:00+0000", "%Y-%m-%dT%H:%M:%S%z", "2026-03-01T09:00:00.000Z"),
        ("1772359199", "%s", "2026-03-01T09:59:59.000Z"),
    ],
)
def test_what_a_time_leaves_out_is_the_newest_that_can_be(
    text: str, form: str, expected: str
) -> None:
    at, quality = stamp(text, [form], KABUL, T0)
    assert (iso(at), quality) == (expected, "good")


@pytest.mark.parametrize("text", ["1970-01-01 00:00:00", "2031-01-01 00:00:00", "soon", "", None])
def test_a_time_that_cannot_be_is_replaced_by_arrival_and_marked(text: str | None) -> None:
    assert stamp(text, ["%Y-%m-%d %H:%M:%S"], KABUL, T0) == (T0, "clock")


def test_the_hour_that_comes_twice_is_read_as_the_one_that_has_just_been() -> None:
    form = ["%Y-%m-%d %H:%M:%S"]
    first, second = AFTER_CHANGE - 2 * HOUR + 1, AFTER_CHANGE - HOUR + 1
    assert iso(stamp("2026-10-25 02:00:00", form, BERLIN, first)[0]) == "2026-10-25T00:00:00.000Z"
    assert iso(stamp("2026-10-25 02:00:00", form, BERLIN, second)[0]) == "2026-10-25T01:00:00.000Z"
