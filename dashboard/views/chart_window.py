"""Which time charts show, as the address of a page says it: `span=90d`, or `from=2026-11-03T10:00&to=...`. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.time.clock import DAY, MINUTE, from_ms, to_ms
from dashboard.views.curves import RANGES, range_until

USUAL = "24h"
SHORTEST = MINUTE
LONGEST = 20 * 366 * DAY  # what is kept of a long-lived scanner
_DIGITS = re.compile(r"\d{1,15}")


class ChartWindow(NamedTuple):
    """The time that charts show: a range that ends now, or one of its own."""

    name: str  # of the range in `RANGES`; empty: its own
    start: int
    end: int


class AddressMistake(NamedTuple):
    """What of an address was not understood: the words for it by their key, and what stood there."""

    key: str
    text: str


def window_of(
    query: Mapping[str, str], labels: Mapping[str, Iterable[str]], now: int, zone: ZoneInfo
) -> tuple[ChartWindow, list[AddressMistake]]:
    """The window that an address asks for, and what of it could not be understood.

    `labels` are the words of each range, by its name: addresses held them before they held names.
    """
    typed = query.get("span", USUAL)
    name = range_named(typed, labels)
    mistakes = [] if name else [AddressMistake("range.unknown", typed)]
    start, end = range_until(now, RANGES[name or USUAL])
    if not query.get("from") and not query.get("to"):
        return ChartWindow(name or USUAL, start, end), mistakes
    begin, until = (
        typed_moment(query[key], zone) if query.get(key) else usual
        for key, usual in (("from", None), ("to", end))
    )
    for key, at in (("from", begin), ("to", until)):
        if at is None and query.get(key):
            mistakes.append(AddressMistake("range.no_time", query[key]))
    if until is not None and not query.get("from"):
        begin = until - RANGES[name or USUAL].length
    if begin is None or until is None:
        return ChartWindow(name or USUAL, start, end), mistakes
    if not SHORTEST <= until - begin <= LONGEST or begin > now:
        text = f"{query.get('from', '')} \u2026 {query.get('to', '')}"
        return ChartWindow(name or USUAL, start, end), [
            *mistakes,
            AddressMistake("range.no_span", text),
        ]
    return ChartWindow("", begin, until), mistakes


def range_named(typed: str, labels: Mapping[str, Iterable[str]]) -> str:
    """The name of a range by it, or by what it is called in some language; empty if nothing is."""
    name = typed.strip().lower().replace(" ", "")
    if name in RANGES:
        return name
    return next((name for name, words in labels.items() if typed in words), "")


def typed_moment(typed: str, zone: ZoneInfo) -> int | None:
    """UTC milliseconds of a time in an address; without a zone it is the site's. None if it is none."""
    if _DIGITS.fullmatch(typed):
        at = int(typed)
        return at if at >= DAY else None  # `2026` alone is no time
    try:
        # In an address `+` means a space; `+04:30` was meant.
        moment = datetime.fromisoformat(re.sub(r"(?<=\d) (?=\d\d:?\d\d$)", "+", typed.strip()))
    except ValueError:
        return None
    try:
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except OverflowError:
        return None


def in_address(at: int) -> str:
    """A time as addresses hold it: `2026-11-03T05:30Z`, with its seconds if it has some."""
    moment = from_ms(at).astimezone(UTC)
    is_even = at % MINUTE == 0
    return f"{moment:%Y-%m-%dT%H:%M}Z" if is_even else f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def offsets(start: int, end: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    """From when on the site's clock is so many minutes ahead of UTC; the first holds from `start`."""
    changes = [(start, _minutes(start, zone))]
    for before in range(start, end, DAY):
        after = min(before + DAY, end)
        if _minutes(after, zone) != changes[-1][1]:
            changes.append((_change(before, after, zone), _minutes(after, zone)))
    return changes


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """When within a day the clock was changed, to the minute."""
    was = _minutes(before, zone)
    while after - before > MINUTE:
        middle = (before + after) // 2
        before, after = (middle, after) if _minutes(middle, zone) == was else (before, middle)
    return -(-before // MINUTE) * MINUTE


def _minutes(at: int, zone: ZoneInfo) -> int:
    offset = from_ms(at, zone).utcoffset()
    assert offset is not None  # from_ms gives aware times
    return round(offset / timedelta(minutes=1))
