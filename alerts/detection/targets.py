"""Which series a detector reads, on which component of which device. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from alerts.detectors.runner import Limit
from core.schema.detector import Detector
from core.schema.metric import Metric, widest
from core.schema.profile import Profile
from core.schema.rules.base import OneSided
from core.schema.site import Device, Site

Name = tuple[str, str, str]  # device, metric, component


LOG_UP = ("up", "logfile")  # metric and component: the file could be read


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame: the mean of some series, less that of some others.

    With `events` it is how often such an event came, where `series` say that it would have been heard.
    """

    series: tuple[Name, ...]
    less: tuple[Name, ...] = ()
    is_rate: bool = False  # of a counter: how much it rises a second
    events: str = ""

    @property
    def is_measured(self) -> bool:
        """Is it what a sensor shows, which can be impossible?"""
        return not self.is_rate and not self.events


@dataclass(frozen=True)
class Place:
    """One detector on one component of one device."""

    device: str
    component: str
    settings: Detector
    columns: dict[str, Column]
    limits: tuple[Limit, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """Device, component and detector."""
        return self.device, self.component, self.settings.id

    @property
    def own(self) -> tuple[Name, ...]:
        """The series that it watches; the others only explain them."""
        column = self.columns[self.settings.metric]
        return column.series + column.less

    @property
    def series(self) -> set[Name]:
        """Every series that it reads."""
        return {name for one in self.columns.values() for name in one.series + one.less}


def places(site: Site, heard: Collection[Name]) -> list[Place]:
    """Every detector of the site on every component that was ever heard."""
    index = _Heard(site, heard)
    return [
        place
        for device in site.devices.values()
        for settings in device.profile.detectors
        for place in _places_of(device, settings, index)
    ]


def limits_of(profile: Profile, settings: Detector, component: str) -> tuple[Limit, ...]:
    """What a forecast looks at: the limits of its forecast rules, else the metric's own.

    A verdict tells of the one that is reached first, so another one before it would hide the rule's.
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


def _places_of(device: Device, settings: Detector, index: "_Heard") -> Iterator[Place]:
    for component in index.parts(device.id, settings):
        columns = dict(_columns(device, settings, component, index))
        if settings.metric in columns:
            limits = limits_of(device.profile, settings, component)
            told = settings.within(_plausible(device, settings, columns, index))
            yield Place(device.id, component, told, columns, limits)


def _plausible(
    device: Device, settings: Detector, columns: dict[str, Column], index: "_Heard"
) -> dict[str, tuple[float, float]]:
    """What can be true of each column, as the profiles of those who tell it say."""
    found = {}
    for name, column in columns.items():
        own = (device.id, settings.metric, "")  # of a difference
        ranges = [index.plausible(one) for one in ((own,) if column.less else column.series)]
        if column.is_measured and (range_ := widest(ranges)):
            found[name] = range_
    return found


def _columns(
    device: Device, settings: Detector, component: str, index: "_Heard"
) -> Iterator[tuple[str, Column]]:
    """What is not to be had is left out: the detector does without."""
    if settings.events:
        yield settings.metric, Column(((device.id, *LOG_UP),), events=settings.events)
    watched = index.of(device.id, settings.of or settings.metric, component)
    less = index.of(device.id, settings.less, component) if settings.less else ()
    if watched and not settings.events and (less or not settings.less):
        yield settings.metric, Column(watched, less)
    for metric in (*settings.beside, *([settings.per] if settings.per else [])):
        if series := index.of(device.id, metric, component):
            yield metric, Column(series)
    for name, metric in settings.context.items():
        if series := index.around(device, metric, component):
            yield name, Column(series, is_rate=index.is_counter(series[0]))


class _Heard:
    """The series that have readings, by device and metric."""

    def __init__(self, site: Site, heard: Collection[Name]) -> None:
        self._site = site
        self._by_metric: dict[tuple[str, str], list[Name]] = defaultdict(list)
        for name in sorted(heard):
            if name[0] in site.devices:
                self._by_metric[name[:2]].append(name)

    def parts(self, device: str, settings: Detector) -> list[str]:
        """The components that the detector watches; events are counted for the device as a whole."""
        if settings.events:
            metric, component = LOG_UP
            return (
                [""]
                if (device, metric, component) in self._by_metric.get((device, metric), ())
                else []
            )
        metric = settings.of or settings.metric
        return [name[2] for name in self._by_metric.get((device, metric), ())]

    def of(self, device: str, metric: str, component: str) -> tuple[Name, ...]:
        """The metric of that part of the device; else of all its parts together."""
        found = self._by_metric.get((device, metric), [])
        same = [name for name in found if name[2] == component]
        return tuple(same or found)

    def around(self, device: Device, metric: str, component: str) -> tuple[Name, ...]:
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
            if found := self._all(names, metric):
                return found
        having = [other.id for other in others if (other.id, metric) in self._by_metric]
        return self._all(having, metric) if len(having) == 1 else ()

    def is_counter(self, name: Name) -> bool:
        metric = self._metric(name)
        return metric is not None and metric.kind == "counter"

    def plausible(self, name: Name) -> tuple[float, float] | None:
        metric = self._metric(name)
        return metric.plausible if metric else None

    def _metric(self, name: Name) -> Metric | None:
        return self._site.devices[name[0]].profile.metrics.get(name[1])

    def _all(self, devices: Collection[str], metric: str) -> tuple[Name, ...]:
        return tuple(
            name for device in devices for name in self._by_metric.get((device, metric), ())
        )
