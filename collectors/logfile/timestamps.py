"""The times that log files write, in the forms that the profile names. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.logfile.month_names import MONTHS
from core.time.clock import DAY, MINUTE, believable, from_ms, to_ms
from core.vocabulary.readings import Quality

_FRACTION = re.compile(r"(?<=[.,:]\d{6})\d+")  # beyond what strptime reads
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_MONTH = re.compile("|".join(sorted(MONTHS, key=len, reverse=True)))
_EPOCH_SECONDS = "%s"  # no form of strptime, but of GE's gesys and of many more
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
        at = _read(_english(str(text).strip(), form), form, zone, arrived, after)
        if at is not None:
            return at
    return None


def stamp(
    text: str | None, forms: Iterable[str], zone: ZoneInfo, arrived: int, after: int | None = None
) -> tuple[int, Quality]:
    """UTC milliseconds and quality of a record's time; arrival if it is unreadable or untrue."""
    at = own_time(text, forms, zone, arrived, after)
    return (at, "good") if at is not None and believable(at, arrived) else (arrived, "clock")


def _english(text: str, form: str) -> str:
    """With the digits and the name of the month that strptime knows."""
    text = text.translate(_LATIN)
    if not _has(form, "bBhc"):
        return text
    return _MONTH.sub(lambda name: MONTHS[name[0]][: None if _has(form, "B") else 3], text)


def _read(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int | None:
    try:
        if form == _EPOCH_SECONDS:
            return round(float(text) * 1000)
        if _has(form, "Yyc"):
            return _parsed(text, form, zone, arrived, after)
    except (ValueError, OverflowError):
        return None
    return _completed(text, form, zone, arrived, after)


def _completed(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int | None:
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
            at = _parsed(f"{start} {text}", f"{first} {form}", zone, arrived, after)
        except (ValueError, OverflowError):
            continue
        if at <= limit:
            return at
    return None


def _parsed(text: str, form: str, zone: ZoneInfo, arrived: int, after: int | None) -> int:
    if _has(form, "f"):
        text = _FRACTION.sub("", text)
    moment = datetime.strptime(text, form)  # noqa: DTZ007  the zone is added below
    if moment.tzinfo is not None:
        return to_ms(moment)
    first, second = sorted(_both_readings(moment, zone))
    if after is not None:  # a log goes forward
        return first if first >= after - _OUT_OF_ORDER else second
    return second if second <= arrived + _A_LITTLE_FAST else first


def _both_readings(moment: datetime, zone: ZoneInfo) -> Iterator[int]:
    """An hour that the end of summer time repeats has two; any other time has the same twice."""
    for fold in (0, 1):
        yield to_ms(moment.replace(tzinfo=zone, fold=fold))


def _has(form: str, directives: str) -> bool:
    return re.search(rf"%[{directives}]", form.replace("%%", "")) is not None
