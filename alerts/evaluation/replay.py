"""A history judged by the engine as if it happened now: of a site's store, or of a rule test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.series_source import SeriesSource
from alerts.evaluation.watch import Watch
from core.readings import Event, Reading
from core.schema.site import Site
from storage.records import Records, ServiceEvent, Verdict
from storage.records import verdicts as verdict_rows

ReplayedRow = Verdict | ServiceEvent  # what stands in the records and not in the series


class ReplayPage(NamedTuple):
    """What has come since the page before it, up to `at`, UTC ms, in the order of time."""

    at: int
    readings: list[Reading]
    events: list[Event]
    rows: Sequence[ReplayedRow]


class ReplayedSource(SeriesSource, Protocol):
    """A store of series that grows by pages."""

    def add(self, readings: list[Reading], events: list[Event]) -> None:
        """The next page of its journal."""


@dataclass
class ReplayClock:
    """The moment that a history has reached, UTC ms."""

    now: int

    def __call__(self) -> int:
        """That moment."""
        return self.now


class _ReplayedWatch(Watch):
    """However far apart the looks are, nobody slept between them."""

    def look(self, now: int, looked_at: int) -> None:
        """No pause."""
        self.looked_at = now


class Replay:
    """An engine with records and series of its own; `clock` is that of the records, too."""

    def __init__(
        self, site: Site, series: ReplayedSource, records: Records, clock: ReplayClock
    ) -> None:
        self._series, self._records, self._clock = series, records, clock
        self._engine = AlertEngine(site, series, records, _ReplayedWatch())

    def judge(self, page: ReplayPage) -> None:
        """What has come, and then that its moment is reached."""
        self._clock.now = page.at
        if page.rows:
            with self._records.writing() as db:
                db.add_all(row for row in page.rows if isinstance(row, ServiceEvent))
                verdict_rows.write_verdicts(
                    db, [row for row in page.rows if isinstance(row, Verdict)]
                )
        if page.readings or page.events:
            self._series.add(page.readings, page.events)
            self._engine.step()
        if page.rows:
            while self._engine.step_verdicts():
                pass
        self._engine.tick(page.at)
