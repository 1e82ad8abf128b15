"""What a judge may ask of the past beside what it is given. Read only."""

from collections.abc import Mapping
from functools import cached_property

from sqlalchemy.orm import Session

from alerts.evaluation.memory import Memory
from alerts.evaluation.series_source import SeriesSource
from alerts.evaluation.watch import Watch
from core.readings import UP, Event, Reading
from core.time.clock import DAY, MINUTE
from storage.known_readings import first_values
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import manual_readings as manual_rows
from storage.records.cursors import SeriesKey

AWAY = 30 * DAY  # Scanward's default, no source
FEW = 1_000  # points


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

    def is_by_hand(self, device: str, metric: str, component: str, at: int) -> bool:
        """A person read it: nobody promised another reading soon, and none will come to confirm it."""
        if (device, metric, component) not in self.entered:
            return False  # nearly always
        with self._db.no_autoflush:  # nothing that is judged here changes what was entered
            return bool(manual_rows.times_entered(self._db, device, metric, component, at))

    def last_brought_at(self, device: str, metric: str, component: str, at: int) -> int | None:
        """When a source last brought a reading that is not after `at`, UTC ms; None if none ever did.

        Scanward looks back as long as a source may be away before nobody waits for it any more.
        """
        if (device, metric, component) not in self.entered:
            return at
        by_hand = manual_rows.times_entered(self._db, device, metric, component)
        if at not in by_hand:
            return at
        points = self._series.range(device, metric, component, at - AWAY, at, FEW).points
        return max((point.at for point in points if point.at not in by_hand), default=None)

    def first_values(
        self, device: str, metric: str, component: str, until: int, count: int
    ) -> list[float]:
        """The first `count` readings before `until` (UTC ms) since the device was last serviced."""
        return first_values(self._db, self._series, (device, metric, component), until, count)

    def newest_entered(self, now: int) -> list[Reading]:
        """The newest reading, up to now (UTC ms), of each series that a person ever entered."""
        return [
            reading
            for device in sorted({device for device, _, _ in self.entered})
            for reading in self._series.latest(device, now)
            if (device, reading.metric, reading.component) in self.entered
        ]

    def before(self, reading: Reading) -> Reading | None:
        """What was read last up to the time of a reading that was withdrawn; None if nothing is left."""
        latest = self._series.latest(reading.device, reading.at)
        key = (reading.metric, reading.component)
        return next((left for left in latest if (left.metric, left.component) == key), None)

    def oldest_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The oldest `count` values of one series in [start, end), oldest first."""
        return self._series.some_values(name, start, end, count, is_first=True)

    def newest_values(self, name: SeriesKey, start: int, end: int, count: int) -> list[Reading]:
        """The newest `count` values of one series in [start, end), oldest first."""
        return self._series.some_values(name, start, end, count, is_first=False)

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
    def entered(self) -> set[SeriesKey]:
        """The series of which a person ever entered a reading."""
        with self._db.no_autoflush:
            return manual_rows.entered_series(self._db)

    @cached_property
    def _services(self) -> dict[str, int]:
        return feedback_rows.last_service_by_device(self._db)
