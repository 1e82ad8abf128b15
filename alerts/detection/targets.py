"""Which series a detector reads, on which component of which device. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from alerts.detectors.base import Limit
from core.schema.detector import Detector
from core.schema.metric import Metric, widest
from core.schema.profile import Profile
from core.schema.rules.base import OneSided
from core.schema.site import Device, Site

SeriesName = tuple[str, str, str]  # device, metric, component
TargetKey = tuple[str, str, str]  # device, component, detector


LOG_UP = ("up", "logfile")  # metric and component: the file could be read


@dataclass(frozen=True, slots=True)
class FeatureColumn:
    """One column of a frame: the mean of some series, less that of some others.

    With `events` it is how often such an event came, where `series` say that the log could be read.
    """

    series: tuple[SeriesName, ...]
    less: tuple[SeriesName, ...] = ()
    is_rate: bool = False  # of a counter: how much it rises a second
    events: str = ""
    every: int = 0  # ms before it that a value is of, where it is told more seldom than each cell

    @property
    def is_measured(self) -> bool:
        """Is it what a sensor shows, which can be impossible?"""
        return not self.is_rate and not self.events

    @property
    def description(self) -> str:
        """All of it as text. Digests in model files are made of this, so it must stay as it is."""
        series, less, rate = repr(self.series), repr(self.less), repr(self.is_rate)
        text = f"Column(series={series}, less={less}, is_rate={rate}, events={self.events!r})"
        return f"{text[:-1]}, every={self.every})" if self.every else text


@dataclass(frozen=True)
class DetectorTarget:
    """One detector on one component of one device."""

    device: str
    component: str
    settings: Detector
    columns: dict[str, FeatureColumn]
    limits: tuple[Limit, ...]

    @property
    def told_after(self) -> int:
        """How long after a cell it may be that one of its columns is known for it, in ms."""
        return max((column.every for column in self.columns.values()), default=0)

    @property
    def key(self) -> TargetKey:
        """Device, component and detector."""
        return self.device, self.component, self.settings.id

    @property
    def watched(self) -> tuple[SeriesName, ...]:
        """The series that are judged; the others only explain them."""
        column = self.columns[self.settings.metric]
        return column.series + column.less

    @property
    def series(self) -> set[SeriesName]:
        """Every series that it reads."""
        return {name for column in self.columns.values() for name in column.series + column.less}

    def __str__(self) -> str:
        """As messages call it."""
        part = f" {self.component}" if self.component else ""
        return f"detector {self.settings.id} of {self.device}{part}"


def detector_targets(site: Site, recorded: Collection[SeriesName]) -> list[DetectorTarget]:
    """Every detector of the site on every component of which a reading was ever recorded."""
    index = _SeriesIndex(site, recorded)
    return [
        target
        for device in site.devices.values()
        for settings in device.profile.detectors
        for target in _targets_of(device, settings, index)
    ]


def limits_of(profile: Profile, settings: Detector, component: str) -> tuple[Limit, ...]:
    """What a forecast looks at: the limits of its forecast rules, else the metric's own.

    A verdict has only the one that is reached first, so another one before it would hide the rule's.
    """
    limits: Sequence[OneSided] = [
        limit for rule in profile.rules for limit in rule.forecast_limits(settings.id)
    ]
    if not limits:
        limits = profile.limits(settings.metric, component)
    return tuple(
        dict.fromkeys(
            Limit(rule.limit, "above" if rule.above is not None else "below") for rule in limits
        )
    )


def _targets_of(
    device: Device, settings: Detector, index: "_SeriesIndex"
) -> Iterator[DetectorTarget]:
    for component in index.components(device.id, settings):
        columns = dict(_columns(device, settings, component, index))
        if settings.metric in columns:
            limits = limits_of(device.profile, settings, component)
            ranges = _plausible(device, settings, columns, index)
            bounded = settings.within(ranges, _finest(device.profile, settings))
            yield DetectorTarget(device.id, component, bounded, columns, limits)


def _plausible(
    device: Device, settings: Detector, columns: dict[str, FeatureColumn], index: "_SeriesIndex"
) -> dict[str, tuple[float, float]]:
    """What can be true of each column, by the profiles of the devices that measure it."""
    plausible = {}
    for name, column in columns.items():
        own = (device.id, settings.metric, "")  # of a difference
        sources = (own,) if column.less else column.series
        range_ = widest([index.plausible(source) for source in sources])
        if column.is_measured and range_:
            plausible[name] = range_
    return plausible


def _finest(profile: Profile, settings: Detector) -> float:
    """Half of the narrowest band of what is watched; of a difference both meters may be off."""
    own = profile.metrics.get(settings.metric)
    if own is not None and own.finest:
        return own.finest
    both = [profile.metrics.get(name) for name in (settings.of, settings.less) if name]
    return sum(metric.finest for metric in both if metric is not None)


def _columns(
    device: Device, settings: Detector, component: str, index: "_SeriesIndex"
) -> Iterator[tuple[str, FeatureColumn]]:
    """What is not recorded is left out: the detector does without."""
    if settings.events:
        yield settings.metric, FeatureColumn(((device.id, *LOG_UP),), events=settings.events)
    watched = index.of(device.id, settings.of or settings.metric, component)
    less = index.of(device.id, settings.less, component) if settings.less else ()
    if watched and not settings.events and (less or not settings.less):
        yield settings.metric, FeatureColumn(watched, less)
    for metric in (*settings.beside, *([settings.per] if settings.per else [])):
        if series := index.of(device.id, metric, component):
            yield metric, FeatureColumn(series)
    for name in settings.context:
        near = (index.around(device, metric, component) for metric in settings.sources(name))
        if series := next(filter(None, near), ()):
            is_rate, every = index.is_counter(series[0]), index.every(series[0])
            yield name, FeatureColumn(series, is_rate=is_rate, every=0 if is_rate else every)


class _SeriesIndex:
    """The series that have readings, by device and metric."""

    def __init__(self, site: Site, recorded: Collection[SeriesName]) -> None:
        self._site = site
        self._by_metric: dict[tuple[str, str], list[SeriesName]] = defaultdict(list)
        for name in sorted(recorded):
            if name[0] in site.devices:
                self._by_metric[name[:2]].append(name)

    def components(self, device: str, settings: Detector) -> list[str]:
        """Those that the detector watches; events are counted for the device as a whole."""
        if settings.events:
            metric, component = LOG_UP
            is_read = (device, metric, component) in self._by_metric.get((device, metric), ())
            return [""] if is_read else []
        metric = settings.of or settings.metric
        return [name[2] for name in self._by_metric.get((device, metric), ())]

    def of(self, device: str, metric: str, component: str) -> tuple[SeriesName, ...]:
        """The metric of that component of the device; else of all its components together."""
        every = self._by_metric.get((device, metric), [])
        same = [name for name in every if name[2] == component]
        return tuple(same or every)

    def around(self, device: Device, metric: str, component: str) -> tuple[SeriesName, ...]:
        """Of the device itself, its room, what it depends on, what depends on it; else the only one."""
        if own := self.of(device.id, metric, component):
            return own
        others = [other for other in self._site.devices.values() if other.id != device.id]
        near = (
            [other.id for other in others if device.room and other.room == device.room],
            device.depends_on,
            [other.id for other in others if device.id in other.depends_on],
        )
        for names in near:
            if series := self._all(names, metric):
                return series
        owners = [other.id for other in others if (other.id, metric) in self._by_metric]
        return self._all(owners, metric) if len(owners) == 1 else ()

    def is_counter(self, name: SeriesName) -> bool:
        metric = self._metric(name)
        return metric is not None and metric.kind == "counter"

    def every(self, name: SeriesName) -> int:
        metric = self._metric(name)
        return metric.every if metric else 0

    def plausible(self, name: SeriesName) -> tuple[float, float] | None:
        metric = self._metric(name)
        return metric.plausible if metric else None

    def _metric(self, name: SeriesName) -> Metric | None:
        return self._site.devices[name[0]].profile.metrics.get(name[1])

    def _all(self, devices: Collection[str], metric: str) -> tuple[SeriesName, ...]:
        return tuple(
            name for device in devices for name in self._by_metric.get((device, metric), ())
        )
