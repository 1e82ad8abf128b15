"""This machine's clock: does a time service keep it, and what do the devices' clocks say beside it?"""

import ctypes
from collections.abc import Iterable

from core.readings import DEVICE_CLOCK
from core.time.clock import DAY
from dashboard.system.model import ClockFacts
from dashboard.views.source_doubts import source_doubts
from storage.series.store import SeriesStore

UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2): nobody keeps this clock
_NEWS_LASTS, _MOST_EVENTS = 400 * DAY, 2_000  # it is reported once, and holds until it ends; ours


class _Timex(ctypes.Structure):
    """The beginning of Linux's struct timex; the rest is room."""

    _fields_ = [("modes", ctypes.c_uint), ("rest", ctypes.c_long * 64)]


def clock_state() -> int | None:
    """What adjtimex(2) answers when it is only asked; None where there is no such call."""
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
    except (AttributeError, OSError):
        return None
    return answer if answer >= 0 else None


def clock_facts(state: int | None, offsets: tuple[tuple[str, str], ...] | None) -> ClockFacts:
    """Of what adjtimex(2) answered, and of what was learned."""
    return ClockFacts(None if state is None else state != UNSYNCHRONISED, offsets)


def device_offsets(
    series: SeriesStore, devices: Iterable[str], now: int
) -> tuple[tuple[str, str], ...]:
    """Devices whose clocks are wrong, and by how much, as their sources have learned. StoreError."""
    wrong: dict[tuple[str, str], None] = {}
    for device in devices:
        events = series.events(device, now - _NEWS_LASTS, now + DAY, _MOST_EVENTS)
        for doubt in source_doubts(event for event in events if event.kind == DEVICE_CLOCK):
            wrong[(device, doubt.detail)] = None
    return tuple(wrong)
