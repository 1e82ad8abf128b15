"""Between UTC milliseconds, which Scanward keeps, and the datetimes that people and devices write."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# By how much a device's clock may be fast and still be believed. Scanward's default, no source.
AHEAD = 5 * MINUTE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """UTC milliseconds of an aware datetime."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(at: int, zone: ZoneInfo | None = None) -> datetime:
    """Aware datetime of UTC milliseconds, in `zone` or UTC."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone or UTC)


def start_of_day(day: date, zone: ZoneInfo) -> int:
    """UTC milliseconds of when a day began in that zone."""
    return to_ms(datetime.combine(day, time(), zone))


def by_wall_clock(at: int, duration: int, zone: ZoneInfo) -> int:
    """UTC milliseconds of when the wall clock shows `duration` ms more: a day later is the same hour.

    Days with a change to or from summer time have 23 or 25 hours.
    """
    return to_ms(from_ms(at, zone) + timedelta(milliseconds=duration))


def iso(at: int) -> str:
    """`2026-10-31T08:15:00.250Z`, the form of every time that leaves by the API."""
    return from_ms(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def believable(at: int, arrived: int) -> bool:
    """Could a device's own time `at` be true of something that arrived at `arrived`?

    Ten years back (an imported archive) to five minutes ahead (a clock a little fast). Scanward's
    default, no source.
    """
    return arrived - 3653 * DAY <= at <= arrived + AHEAD
