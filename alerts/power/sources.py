"""The readings of a site up to one moment, as the readers of this room ask for them."""

from collections.abc import Iterable
from functools import cached_property

from alerts.power.situation import UNKNOWN, Measured, Sample
from core.readings import Event, Reading
from core.schema.site import Site
from storage.series import Point
from storage.series.store import SeriesStore

_SOME = 3_000  # readings of one stretch of the past: eight hours of three lines at 30 s


class Sources:
    """Nothing of it is later than `now`: a clock that is ahead says nothing of the present."""

    def __init__(self, site: Site, series: SeriesStore, now: int) -> None:
        self.site, self.now = site, now
        self._series = series

    @cached_property
    def _latest(self) -> list[Reading]:
        return self._series.latest(until=self.now)

    def newest(self, device: str, metric: str | None = None) -> list[Reading]:
        """The newest reading of each of its series, or of each component of one metric."""
        return [
            reading
            for reading in self._latest
            if reading.device == device and metric in (None, reading.metric)
        ]

    def measured(self, device: str, metric: str, stale_after: int) -> Measured:
        """The newest reading of a metric that has one component."""
        newest = max(self.newest(device, metric), key=lambda each: each.at, default=None)
        if newest is None:
            return UNKNOWN
        return Measured(newest.value, newest.at, self.now - newest.at > stale_after)

    def samples(
        self, device: str, metric: str, start: int, end: int | None = None
    ) -> tuple[Sample, ...]:
        """Since `start`, before `end`; of several lines their mean at each time."""
        readings = self._series.readings(device, metric, start, *(() if end is None else (_SOME,)))
        return tuple(
            Sample(at, sum(values) / len(values))
            for at, values in self._by_time(readings)
            if end is None or at < end
        )

    def sums(self, device: str, metric: str, start: int) -> list[Sample]:
        """Since `start`; of several lines their sum at each time."""
        return [
            Sample(at, sum(values))
            for at, values in self._by_time(self._series.readings(device, metric, start))
        ]

    def curve(
        self, device: str, metric: str, component: str, start: int, points: int
    ) -> list[Sample]:
        """Since `start`, of one component: the means of about so many buckets."""
        curve = self._series.range(device, metric, component, start, self.now + 1, points)
        return [Sample(point.at, point.mean) for point in curve.points]

    def points(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> list[Point]:
        """From `start` to before `end`: about so many buckets, or what was read."""
        return self._series.range(device, metric, component, start, end, points).points

    def extremes(
        self, device: str, metric: str, component: str, start: int, points: int
    ) -> list[tuple[float, float]]:
        """Lowest and highest of each of about so many buckets since `start`."""
        curve = self._series.range(device, metric, component, start, self.now + 1, points)
        return [(point.low, point.high) for point in curve.points]

    def events(self, device: str, start: int) -> list[Event]:
        """Since `start`, newest first."""
        return self._series.events(device, start, self.now + 1, 1_000)

    def _by_time(self, readings: Iterable[Reading]) -> list[tuple[int, list[float]]]:
        values: dict[int, list[float]] = {}
        for reading in readings:
            if reading.at <= self.now:
                values.setdefault(reading.at, []).append(reading.value)
        return sorted(values.items())
