"""What the engine asks of a store of series: the site's own, or one that replays a history."""

from collections.abc import Collection, Mapping
from typing import Protocol

from core.readings import Reading
from storage.records.cursors import SeriesKey
from storage.series import Page
from storage.series.buckets import Buckets
from storage.series.store import SeriesStore


class SeriesSource(SeriesStore, Protocol):
    """Readings and events up to now, in the order in which they came, too. SeriesReader is one."""

    def since(self, cursor: int, limit: int = ...) -> Page:
        """What was stored after a cursor, in the order in which it was stored."""

    def newest_cursor(self) -> int:
        """The cursor after everything that is stored now."""

    def some_values(
        self, name: SeriesKey, start: int, end: int, count: int, *, is_first: bool
    ) -> list[Reading]:
        """The first or the last `count` values of one series in [start, end), oldest first."""

    def names(self) -> list[SeriesKey]:
        """Every series that has ever had a reading."""

    def grid(
        self, names: Collection[SeriesKey], start: int, end: int, width: int
    ) -> Mapping[SeriesKey, Buckets]:
        """Many series over [start, end) in buckets of `width` ms."""
