"""What a judge may ask of the past beside what it is given. Read only."""

from collections.abc import Mapping
from functools import cached_property

from sqlalchemy.orm import Session

from alerts.evaluation.memory import Memory
from alerts.evaluation.series_source import SeriesSource
from alerts.evaluation.watch import Watch
from core.readings import UP, Event, Reading
from core.time.clock import MINUTE
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records.cursors import SeriesKey


class History:
    """Readings and services up to this moment, as one transaction of the engine sees them."""

    def __init__(self, db: Session, series: SeriesSource, memory: Memory, watch: Watch) -> None:
        self._db = db
        self._watch = watch
        self._series = series
        self._memory = memory

    def last_read_at(self, device: str, metric: str) -> Mapping[str, int]:
        """When each component of a metric was last read, UTC ms.

        A source that has never answered counts as read when the engine first expected it.
        """
        return self._memory.last_read(device, metric)

    def is_read(self, device: str, metric: str, component: str) -> bool:
        """What was last read is true: no clock was set back since and moved it."""
        return self._watch.ahead.get((device, metric, component)) != "rewound"

    def is_ahead(self, device: str, metric: str, component: str) -> bool:
        """The reading that is judged has a time that has not come yet, so the store has it later."""
        return self._watch.ahead.get((device, metric, component)) == "ahead"

    def resumed_at(self, hold: int) -> int:
        """The end of the last pause of the watch that was as long as `hold`, UTC ms; 0 without one."""
        return self._watch.resumed_at(hold)

    def clock(self) -> int:
        """The newest moment at which any source answered or failed to, UTC ms; 0 if none ever did."""
        return self._memory.answered_at()

    def last_values(self, device: str, component: str, at: int) -> list[Reading]:
        """The newest reading, at `at` (UTC ms), of each metric of one component."""
        latest = self._series.latest(device, at)
        return [reading for reading in latest if reading.component == component]

    def first_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The oldest `count` values of one series in [start, end), oldest first."""
        return self._series.first_values(name, start, end, count)

    def newest_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The newest `count` values of one series in [start, end), oldest first."""
        return self._series.last_values(name, start, end, count)

    def events(self, device: str, start: int, end: int, count: int) -> list[Event]:
        """The newest `count` events of a device in [start, end), each once, oldest first."""
        newest = self._series.events(device, start, end, count)
        return list(dict.fromkeys(reversed(newest)))

    def serviced_before(self, device: str, at: int) -> int:
        """When the device was last serviced up to `at`, UTC ms; 0 if it was not."""
        services = feedback_rows.service_events_before(self._db, device, at + 1, 1)
        return services[0].at if services else 0

    def closed_before(self, device: str, component: str, rule: str, at: int) -> int:
        """When a person last closed an alert of a rule up to `at`, UTC ms; 0 if nobody did."""
        return alert_rows.last_closed_at(self._db, device, component, rule, at)

    def serviced_at(self, device: str) -> int:
        """When the device was last serviced, UTC ms; 0 if it never was."""
        return self._services.get(device, 0)

    def has_answered(self, device: str, start: int, end: int) -> bool:
        """Any source of the device answered in [start, end)."""
        ups = [name for name in self._series.names() if name[:2] == (device, UP)]
        grid = self._series.grid(ups, start, end, MINUTE)
        return any((buckets["sum"] > 0).any() for buckets in grid.values())

    @cached_property
    def _services(self) -> dict[str, int]:
        return feedback_rows.last_service_by_device(self._db)
