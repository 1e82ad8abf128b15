"""A store of series in memory, which gives a prepared history bit by bit."""

from collections.abc import Collection, Iterable

import numpy as np

from core.readings import Event, Reading
from storage.records.cursors import SeriesKey
from storage.series import Curve, Page, Point
from storage.series.buckets import Buckets, bucketed

_AT_AND_VALUE = np.dtype([("at", "<i8"), ("value", "<f8")])


class MemorySeries:
    """What was added so far, a page each time; times are UTC milliseconds and never go back."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._series: dict[SeriesKey, list[Reading]] = {}
        self._events: list[Event] = []

    def add(self, readings: list[Reading], events: list[Event]) -> None:
        """The next page of the journal, in the order of time."""
        self._pages.append(Page(readings, events, len(self._pages) + 1))
        for reading in readings:
            key = (reading.device, reading.metric, reading.component)
            self._series.setdefault(key, []).append(reading)
        self._events += events

    def since(self, cursor: int, limit: int = 0) -> Page:
        """The page after a cursor, whole."""
        return self._pages[cursor] if cursor < len(self._pages) else Page([], [], cursor)

    def newest_cursor(self) -> int:
        """The number of pages."""
        return len(self._pages)

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's; of those up to `until`."""
        of_it = (rows for key, rows in self._series.items() if device in (None, key[0]))
        newest = (
            next((row for row in reversed(rows) if until is None or row.at <= until), None)
            for rows in of_it
        )
        return [row for row in newest if row is not None]

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        """Every reading of one series in [start, end)."""
        rows = self._between((device, metric, component), start, end)
        return Curve([Point(row.at, row.value, row.value, row.value, 1) for row in rows], "raw", 0)

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Those of a metric, every component, at or after `since`, oldest first."""
        of_it = (rows for key, rows in self._series.items() if key[:2] == (device, metric))
        later = (row for rows in of_it for row in rows if row.at >= since)
        return sorted(later, key=lambda row: row.at)[:limit]

    def some_values(
        self, name: SeriesKey, start: int, end: int, count: int, *, is_first: bool
    ) -> list[Reading]:
        """The first or the last `count` values of one series in [start, end), oldest first."""
        rows = self._between(name, start, end)
        return rows[:count] if is_first else rows[-count:]

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""
        of_it = [row for row in self._events if row.device == device and start <= row.at < end]
        return of_it[::-1][:limit]

    def names(self) -> list[SeriesKey]:
        """Every series that has a reading."""
        return list(self._series)

    def grid(
        self, names: Collection[SeriesKey], start: int, end: int, width: int
    ) -> dict[SeriesKey, Buckets]:
        """Many series over [start, end) in buckets of `width` ms."""
        return {name: _bucketed(self._between(name, start, end), width) for name in names}

    def _between(self, name: SeriesKey, start: int, end: int) -> list[Reading]:
        return [row for row in self._series.get(name, ()) if start <= row.at < end]


def _bucketed(rows: Iterable[Reading], width: int) -> Buckets:
    return bucketed(np.array([(row.at, row.value) for row in rows], _AT_AND_VALUE), width)
