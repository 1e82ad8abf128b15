"""Readings in memory, as a `SeriesStore`: a disk would be most of the time of fifty outages."""

from collections import defaultdict
from collections.abc import Iterable

from core.readings import Event, Reading
from storage.series import Curve, Point


class Memory:
    """Appended in the order of time."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        self._events: list[Event] = []

    def add(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            self._series[reading.device, reading.metric].append(reading)

    def scan(self, device: str, at: int) -> None:
        """A log that speaks of a scan."""
        self._events.append(Event(device, "scan_started", "A measurement started", at))

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        rows = list[Reading]()
        for (name, _), readings in self._series.items():
            if device not in (None, name):
                continue
            newest: dict[str, Reading] = {}
            for reading in reversed(readings):
                if until is None or reading.at <= until:
                    newest.setdefault(reading.component, reading)
                    break
            rows += newest.values()
        return rows

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        rows = [row for row in self._series.get((device, metric), ()) if row.at >= since]
        return rows[:limit]

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        rows = self._series.get((device, metric), ())
        drawn = [
            Point(row.at, row.value, row.value, row.value, 1)
            for row in rows
            if start <= row.at < end and row.component == component
        ]
        return Curve(drawn, "raw", 0)

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        rows = [e for e in self._events if e.device == device and start <= e.at < end]
        return rows[::-1][:limit]
