"""The times that log files write, in the forms that the profile names. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.logfile.time_words import has, is_utc, plain_time
from core.time.clock import DAY, MINUTE, believable, from_ms, to_ms
from core.vocabulary.readings import Quality

_FRACTION = re.compile(r"(?<=[.,:]\d{6})\d+")  # beyond what strptime reads
_EPOCH_SECONDS = "%s"  # no form of strptime, but of GE's gesys and of many more
_MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138
_FRACTION = re.compile(r"(?<=[.,:]\d{6})\d+")  # beyond what strptime reads
_A_LITTLE_FAST = 5 * MINUTE
_OUT_OF_ORDER = 5 * MINUTE  # that tasks of a device may write beside each other; ours


def own_time(
    text: str | None, forms: Iterable[str], zone: ZoneInfo, arrived: int, after: int | None = None
) -> int | None:
    """UTC milliseconds that a record states, true or not; None if it states none that can be read.

    A form without a year means the last such day, a form without a date the last such hour. `after`
    is the time of the record before: of an hour that comes twice it tells which is meant.
    """
    for form in forms if text else ():
        at = _read(str(text).strip(), form, zone, arrived, after)
        if at is not None:
            return at
    return None


def stamp(
    text: str | None, forms: Iterable[str], zone: ZoneInfo, arrived: int, after: int | None = None
) -> tuple[int, Quality]:
    """UTC milliseconds and quality of a record's time; arrival if it is unreadable or untrue."""
    at = own_time(text, forms, zone, arrived, after)
    return (at, "good") if at is not None and believable(at, arrived) else (arrived, "clock")


def _read(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int | None:
    try:
        if form == _EPOCH_SECONDS:
            number = float(text)
            return round(number if abs(number) >= _MILLISECONDS_FROM else number * 1000)
        if has(form, "Yyc"):
            return _parsed(text, form, zone, arrived, after)
    except (ValueError, OverflowError):
        return None
    return _completed(text, form, zone, arrived, after)


def _completed(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int | None:
    """The newest reading of a time that leaves out its year or its date."""
    today = from_ms(arrived, zone)
    if has(form, "dj"):
        limit, first = arrived + DAY, "%Y"
        # Four years back: 29 February is not in every year.
        starts = [str(today.year + 1 - back) for back in range(6)]
    else:
        limit, first = arrived + _A_LITTLE_FAST, "%Y-%m-%d"
        starts = [(today - timedelta(days=back)).strftime(first) for back in range(2)]
    for start in starts:
        try:
            at = _parsed(f"{start} {text}", f"{first} {form}", zone, arrived, after)
        except (ValueError, OverflowError):
            continue
        if at <= limit:
            return at
    return None


def _parsed(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int:
    plain = plain_time(text, form)
    text = _FRACTION.sub("", plain.text) if has(plain.form, "f") else plain.text
    moment = datetime.strptime(text, plain.form)  # noqa: DTZ007  the zone is added below
    if is_utc(plain.zone_name):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is not None:
        return to_ms(moment) + plain.fraction_ms
    readings = sorted(_both_readings(moment, zone, plain.zone_name))
    if not readings:
        raise ValueError("a zone that is not the site's")
    first, second = readings[0] + plain.fraction_ms, readings[-1] + plain.fraction_ms
    if after is not None:  # a log goes forward
        return first if first >= after - _OUT_OF_ORDER else second
    return second if second <= arrived + _A_LITTLE_FAST else first


def _both_readings(moment: datetime, zone: ZoneInfo, zone_name: str) -> Iterator[int]:
    """An hour that the end of summer time repeats has two; any other time has the same twice.

    Only those at which the zone has the name that the clock wrote, if it wrote one.
    """
    for fold in (0, 1):
        reading = moment.replace(tzinfo=zone, fold=fold)
        if zone_name in ("", (reading.tzname() or "").upper()):
            yield to_ms(reading)
