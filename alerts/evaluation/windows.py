"""When alerts are judged but not told: which silences and maintenance windows are open. Pure.

A window is about instants: a clock that jumps opens or shuts it, and set right finds it as it was. One
that repeats does so at the same time of day in the site's zone: where clocks change, a turn may last an
hour more or less, and a time of day that is left out is counted as by the clock before the change.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.time.clock import from_ms, to_ms
from core.vocabulary.alerts import Repetition
from storage.records import Window

AlertKey = tuple[str, str, str]  # device, component, rule
Span = tuple[int, int]  # [start, end), UTC ms

PERIOD_DAYS: dict[Repetition, int] = {"daily": 1, "weekly": 7}


class OpenWindow(NamedTuple):
    """A window that is open, and the turn of it that is."""

    window: Window
    start: int
    end: int


def open_span(window: Window, at: int, zone: ZoneInfo) -> Span | None:
    """The turn of the window that is open at that moment (UTC ms); None while it is shut."""
    spans = [(start, end) for start, end in _turns(window, at, zone) if start <= at < end]
    return max(spans, key=lambda span: span[1], default=None)


def next_span(window: Window, at: int, zone: ZoneInfo) -> Span | None:
    """The turn that is open at that moment (UTC ms), or the next to come; None when all are over."""
    return min((span for span in _turns(window, at, zone) if span[1] > at), default=None)


def later_span(window: Window, at: int, zone: ZoneInfo) -> Span | None:
    """The next turn to begin after that moment (UTC ms) at the usual time of day; None if none will."""
    usual = [from_ms(end, zone).time() for end in (window.starts_at, window.ends_at)]
    return min(
        (
            span
            for span in _turns(window, at, zone)
            if span[0] > at and [from_ms(end, zone).time() for end in span] == usual
        ),
        default=None,
    )


def last_end(window: Window, at: int, zone: ZoneInfo) -> int:
    """When the last turn that is over at that moment (UTC ms) has ended; its first end if none is."""
    until = at if window.repeats_until is None else min(at, window.repeats_until)
    ends = (end for _, end in _turns(window, until, zone) if end <= until)
    return max(ends, default=window.ends_at)


def silence_of(
    windows: Iterable[Window], alert: AlertKey, at: int, zone: ZoneInfo
) -> OpenWindow | None:
    """Of the silences of an alert that are open, the one that ends last; None if there is none."""
    of_it = (window for window in windows if window.kind == "silence" and covers(window, alert))
    return _last_to_end(of_it, at, zone)


def maintenance_of(
    windows: Iterable[Window], device: str, at: int, zone: ZoneInfo
) -> OpenWindow | None:
    """Of the maintenance windows of a whole device that are open, the one that ends last."""
    return _last_to_end((window for window in windows if is_whole(window, device)), at, zone)


def is_whole(window: Window, device: str) -> bool:
    """It is a maintenance window of all of that device, not of one part or rule."""
    return (window.kind, window.device, window.component, window.rule) == (
        "maintenance",
        device,
        "",
        "",
    )


def marks(
    windows: Iterable[Window], alert: AlertKey, at: int, zone: ZoneInfo
) -> tuple[str, int | None]:
    """What stands beside an alert then: `window 12` that suppresses it or "", silenced until when."""
    of_it = [window for window in windows if covers(window, alert)]
    work = _last_to_end((window for window in of_it if window.kind == "maintenance"), at, zone)
    silence = silence_of(of_it, alert, at, zone)
    return (
        "" if work is None else f"window {work.window.id}",
        None if silence is None else silence.end,
    )


def covers(window: Window, alert: AlertKey) -> bool:
    """The window is about that alert of its own device."""
    device, component, rule = alert
    return (
        window.device == device
        and window.component in ("", component)
        and window.rule in ("", rule)
    )


def lasts_too_long(start: int, end: int, repeats: Repetition, zone: ZoneInfo) -> bool:
    """It would begin again before it has ended, and so never be shut."""
    return end >= to_ms(_wall_clock(start, zone, PERIOD_DAYS[repeats]))


def _last_to_end(windows: Iterable[Window], at: int, zone: ZoneInfo) -> OpenWindow | None:
    spans = ((window, open_span(window, at, zone)) for window in windows)
    is_open = [OpenWindow(window, *span) for window, span in spans if span is not None]
    return max(is_open, key=lambda known: (known.end, known.start), default=None)


def _turns(window: Window, at: int, zone: ZoneInfo) -> Iterator[Span]:
    """Its turns about that moment: the one that is open, if any is, and the next two."""
    if not window.repeats:
        yield window.starts_at, window.ends_at
        return
    days = PERIOD_DAYS[window.repeats]
    passed = (from_ms(at, zone).date() - from_ms(window.starts_at, zone).date()).days // days
    nearest = max(passed, 0)
    # A zone that leaves out a day (Apia, 2011) may have two turns open at once.
    for turn in range(max(nearest - 2, 0), nearest + 3):
        start, end = _turn(window, turn * days, zone)
        if window.repeats_until is not None:
            end = min(end, window.repeats_until)
        if start < end:
            yield start, end


def _turn(window: Window, days: int, zone: ZoneInfo) -> Span:
    """The first turn as it was given, a later one by the wall clock."""
    if days == 0:
        return window.starts_at, window.ends_at
    start, end = (_wall_clock(at, zone, days) for at in (window.starts_at, window.ends_at))
    if end.replace(tzinfo=None) <= start.replace(tzinfo=None):  # the first lay in the hour set back
        end = start + timedelta(milliseconds=window.ends_at - window.starts_at)
    return to_ms(start), to_ms(end)


def _wall_clock(at: int, zone: ZoneInfo, days: int) -> datetime:
    """The same time of day so many days later."""
    return (from_ms(at, zone) + timedelta(days=days)).replace(fold=0)
