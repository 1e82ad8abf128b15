"""The series of a site as they were at a moment of its past, which moves on."""

from collections.abc import Collection

from alerts.evaluation.replay import ReplayClock
from core.readings import Event, Reading
from storage.records.cursors import SeriesKey
from storage.series import Curve, Page, SeriesReader
from storage.series.buckets import Buckets


class ReplayedSeries:
    """The pages that are added, and of the store what is no later than the clock."""

    def __init__(self, reader: SeriesReader, clock: ReplayClock) -> None:
        self._reader = reader
        self._clock = clock
        self._page = Page([], [], 0)  # the last one that was added

    def add(self, readings: list[Reading], events: list[Event]) -> None:
        """The next page of the journal; the engine must have judged the one before."""
        self._page = Page(readings, events, self._page.cursor + 1)

    def since(self, cursor: int, limit: int = 0) -> Page:
        """The last page, unless it has been judged."""
        return self._page if cursor < self._page.cursor else Page([], [], cursor)

    def newest_cursor(self) -> int:
        """How many pages there were."""
        return self._page.cursor

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series then, or of one device's; of those up to `until`."""
        now = self._clock.now
        return self._reader.latest(device, now if until is None else min(until, now))

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        """The curve of one series over [start, end)."""
        return self._reader.range(device, metric, component, start, self._until(end), points)

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Raw readings of a metric, every component, at or after `since`, oldest first."""
        rows = self._reader.readings(device, metric, since, limit)
        return [row for row in rows if row.at <= self._clock.now]

    def some_values(
        self, name: SeriesKey, start: int, end: int, count: int, *, is_first: bool
    ) -> list[Reading]:
        """The first or the last `count` values of one series in [start, end), oldest first."""
        return self._reader.some_values(name, start, self._until(end), count, is_first=is_first)

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""
        return self._reader.events(device, start, self._until(end), limit)

    def names(self) -> list[SeriesKey]:
        """Every series that has ever had a reading."""
        return self._reader.names()

    def grid(
        self, names: Collection[SeriesKey], start: int, end: int, width: int
    ) -> dict[SeriesKey, Buckets]:
        """Many series over [start, end) in buckets of `width` ms."""
        return self._reader.grid(names, start, self._until(end), width)

    def _until(self, end: int) -> int:
        return min(end, self._clock.now + 1)
