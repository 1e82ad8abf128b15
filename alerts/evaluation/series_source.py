"""What the engine asks of a store of series: the site's own, or one that replays a history."""

from collections.abc import Collection, Mapping
from typing import Protocol

from core.readings import Event, Reading
from storage.records.cursors import SeriesKey
from storage.series import Page
from storage.series.buckets import Buckets


class SeriesSource(Protocol):
    """Readings and events up to now. SeriesReader is one."""

    def since(self, cursor: int, limit: int = ...) -> Page:
        """What was stored after a cursor, in the order in which it was stored."""

    def newest_cursor(self) -> int:
        """The cursor after everything that is stored now."""

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's; of those up to `until`, UTC ms."""

    def first_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The oldest `count` values of one series in [start, end), oldest first."""

    def last_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The newest `count` values of one series in [start, end), oldest first."""

    def events(self, device: str, start: int, end: int, limit: int = ...) -> list[Event]:
        """Events of one device in [start, end), newest first."""

    def names(self) -> list[SeriesKey]:
        """Every series that has ever had a reading."""

    def grid(
        self, names: Collection[SeriesKey], start: int, end: int, width: int
    ) -> Mapping[SeriesKey, Buckets]:
        """Many series over [start, end) in buckets of `width` ms."""
