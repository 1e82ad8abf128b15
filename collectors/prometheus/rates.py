"""Counters as growth a second. Pure; times are seconds of one clock that never goes back."""

from collections.abc import Hashable


class CounterRates:
    """The last value of each counter, from one page to the next.

    What was before a restart, of the program or of Scanward, gives no rate, and neither does a page that
    was missed: nobody knows whether the program was restarted between.
    """

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[float, float]] = {}
        self._next: dict[Hashable, tuple[float, float]] = {}
        self._started: float | None = None

    def begin(self, started: float | None) -> None:
        """A new page of a program that began at `started` (seconds), if it says so."""
        self._last, self._next = self._next, {}
        if started is not None and self._started is not None and abs(started - self._started) > 1.0:
            self._last = {}
        self._started = started if started is not None else self._started

    def forget(self) -> None:
        """A page was missed."""
        self._last, self._next = {}, {}

    def rate(self, key: Hashable, value: float, time_s: float) -> float | None:
        """Growth a second since the last page; None if there is none, or the counter began anew."""
        self._next[key] = (value, time_s)
        if key not in self._last:
            return None
        last_value, last_s = self._last[key]
        if value < last_value or time_s <= last_s:
            return None
        return (value - last_value) / (time_s - last_s)
