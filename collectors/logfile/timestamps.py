"""The times that log files write, in the forms that the profile names. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.time.clock import DAY, MINUTE, believable, from_ms, to_ms
from core.vocabulary.readings import Quality

_EPOCH_SECONDS = "%s"  # no form of strptime, but of GE's gesys and of many more
_A_LITTLE_FAST = 5 * MINUTE


def stamp(
    text: str | None, forms: Iterable[str], zone: ZoneInfo, arrived: int
) -> tuple[int, Quality]:
    """UTC milliseconds and quality of a record's time; arrival if it is unreadable or untrue.

    A form without a year means the last such day, a form without a date the last such hour.
    """
    for form in forms if text else ():
        at = _read(str(text).strip(), form, zone, arrived)
        if at is not None:
            return (at, "good") if believable(at, arrived) else (arrived, "clock")
    return arrived, "clock"


def _read(text: str, form: str, zone: ZoneInfo, arrived: int) -> int | None:
    try:
        if form == _EPOCH_SECONDS:
            return round(float(text) * 1000)
        if _has(form, "Yyc"):
            return _parsed(text, form, zone, arrived)
    except (ValueError, OverflowError):
        return None
    return _completed(text, form, zone, arrived)


def _completed(text: str, form: str, zone: ZoneInfo, arrived: int) -> int | None:
    """The newest reading of a time that leaves out its year or its date."""
    today = from_ms(arrived, zone)
    if _has(form, "dj"):
        limit, first = arrived + DAY, "%Y"
        # Four years back: 29 February is not in every year.
        starts = [str(today.year + 1 - back) for back in range(6)]
    else:
        limit, first = arrived + _A_LITTLE_FAST, "%Y-%m-%d"
        starts = [(today - timedelta(days=back)).strftime(first) for back in range(2)]
    for start in starts:
        try:
            at = _parsed(f"{start} {text}", f"{first} {form}", zone, arrived)
        except (ValueError, OverflowError):
            continue
        if at <= limit:
            return at
    return None


def _parsed(text: str, form: str, zone: ZoneInfo, arrived: int) -> int:
    moment = datetime.strptime(text, form)  # noqa: DTZ007  the zone is added below
    if moment.tzinfo is not None:
        return to_ms(moment)
    return max(_both_readings(moment, zone), key=lambda at: (at <= arrived + _A_LITTLE_FAST, at))


def _both_readings(moment: datetime, zone: ZoneInfo) -> Iterator[int]:
    """An hour that the end of summer time repeats has two; any other time has the same twice."""
    for fold in (0, 1):
        yield to_ms(moment.replace(tzinfo=zone, fold=fold))


def _has(form: str, directives: str) -> bool:
    return re.search(rf"%[{directives}]", form.replace("%%", "")) is not None
