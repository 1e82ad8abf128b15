"""What is to be read on a round through the building: room by room, with what is known of each number."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import StoreError
from core.readings import Reading
from core.schema.metric import Metric
from core.schema.plan import Measure
from core.schema.site import Device, Site
from core.time.clock import AHEAD, DAY, from_ms
from maintenance.rounds.accepted import Accepted, accepted
from maintenance.rounds.questions import is_supplied, supplied_metrics
from storage.known_readings import SeriesName, with_entered
from storage.records import manual_readings as manual_rows
from storage.series import SeriesReader

BY_ITSELF = {"up", "response_ms"}  # Scanward measures these
FEWEST_DIGITS = 4  # of a code, without the one that checks it


@dataclass(frozen=True, slots=True)
class RoundValue:
    """A number that a person reads, with its limits and what was read last."""

    device: Device
    metric: str
    component: str
    every: int | None  # ms: how often it is due; None: nobody asks for it
    accepted: Accepted
    last: Reading | None  # as it was entered, if it is not stored yet
    code: str  # on paper

    @property
    def name(self) -> SeriesName:
        """Device, metric, component."""
        return self.device.id, self.metric, self.component

    @property
    def about(self) -> Metric:
        """Title, unit, and what can be true of it."""
        return self.device.profile.metrics[self.metric]

    def is_due(self, now: int, site: Site) -> bool:
        """Was it not read today? If it is asked more seldom: is its time nearly over, or gone?"""
        if self.every is None:
            return False
        if self.last is None or self.every < DAY:
            return self.last is None or now >= self.last.at + self.every
        if self.every == DAY:
            return from_ms(now, site.zone).date() > from_ms(self.last.at, site.zone).date()
        return now >= self.last.at + self.every - max(self.every // 10, DAY)


@dataclass(frozen=True, slots=True)
class RoundDevice:
    """What is to be read of a device, and what its sources bring of what a plan asks for."""

    device: Device
    values: tuple[RoundValue, ...]
    supplied: tuple[Reading, ...]


def walk(db: Session, site: Site, now: int) -> list[RoundDevice]:
    """Every device of which anything is read by hand, room by room, as the site file has them."""
    codes = codes_of(series_names(site))
    typed = manual_rows.entered_series(db)
    latest = dict[str, list[Reading]]()
    with suppress(StoreError):  # no series yet
        for reading in SeriesReader(site.series_path).latest(None, now + AHEAD):
            latest.setdefault(reading.device, []).append(reading)
    return [
        _device(db, site, device, latest.get(device.id, []), codes, typed, now)
        for device in in_walking_order(site)
    ]


def in_walking_order(site: Site) -> list[Device]:
    """The devices that are read by hand; a room stands where the site file has its first device."""
    rooms = dict.fromkeys(device.room for device in site.devices.values())
    read = [device for device in site.devices.values() if manual_metrics(device)]
    return [device for room in rooms for device in read if device.room == room]


def manual_metrics(device: Device) -> list[str]:
    """The metrics that no source of the device brings, nor a detector makes of what one brings."""
    brought = {*BY_ITSELF, *device.profile.derived, *supplied_metrics(device)}
    return [name for name in device.profile.metrics if name not in brought]


def components_of(device: Device, metric: str) -> list[str]:
    """Of which parts it is read: those that the plans name."""
    return sorted({measure.component for measure, _ in _measures(device, metric)}) or [""]


def series_names(site: Site) -> list[SeriesName]:
    """Every number of the site that is read by hand."""
    return [
        (device.id, metric, component)
        for device in site.devices.values()
        for metric in manual_metrics(device)
        for component in components_of(device, metric)
    ]


def codes_of(names: Collection[SeriesName]) -> Mapping[SeriesName, str]:
    """A number for each, to be typed from paper. It is the same on every sheet, whatever else the site has.

    Its last digit checks the others. All are so long that no two are the same.
    """
    digests = {name: _digits(name) for name in names}
    length = next(
        length for length in range(FEWEST_DIGITS, 60)
        if len({digits[:length] for digits in digests.values()}) == len(digests)
    )  # fmt: skip
    return {name: checked(digits[:length]) for name, digits in digests.items()}


def series_of_code(names: Collection[SeriesName], code: str) -> list[SeriesName]:
    """Which number a code on paper means: one, none if a digit is wrong, two where newer devices need longer codes."""
    is_number = code.isascii() and code.isdecimal() and len(code) > FEWEST_DIGITS
    if not is_number or checked(code[:-1]) != code:
        return []
    return [name for name in names if _digits(name).startswith(code[:-1])]


def checked(digits: str) -> str:
    """With the digit that makes a wrong one, or two that changed places, show (Luhn, ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return digits + str(-total % 10)


def _device(
    db: Session,
    site: Site,
    device: Device,
    latest: list[Reading],
    codes: Mapping[SeriesName, str],
    typed: Collection[SeriesName],
    now: int,
) -> RoundDevice:
    last = with_entered(db, device.id, latest)
    values = tuple(
        RoundValue(
            device,
            metric,
            component,
            _every(device, metric, component, is_typed=(device.id, metric, component) in typed),
            accepted(db, site, device, metric, component, now + AHEAD),
            last.get((metric, component)),
            codes[device.id, metric, component],
        )
        for metric in manual_metrics(device)
        for component in components_of(device, metric)
    )
    supplied = {
        (measure.metric, measure.component)
        for measure, _ in _measures(device)
        if is_supplied(device, measure.metric)
    }
    return RoundDevice(
        device, values, tuple(reading for name, reading in last.items() if name in supplied)
    )


def _every(device: Device, metric: str, component: str, *, is_typed: bool) -> int | None:
    """How often it is due, ms: as the plan that asks for it most often, or its profile; else each day.

    That is, if its profile says where it is read, or somebody has typed it. What nobody asks for may
    come from elsewhere: a PACS counts examinations.
    """
    intervals = [
        every
        for measure, every in _measures(device, metric)
        if every is not None and measure.component == component
    ]
    about = device.profile.metrics[metric]
    is_read = is_typed or about.where != ""
    return min(intervals, default=about.every or (DAY if is_read else None))


def _measures(device: Device, metric: str | None = None) -> Iterator[tuple[Measure, int | None]]:
    """What the plans measure, and how often."""
    for plan in device.plans:
        for item in plan.items:
            if item.measure is not None and metric in (None, item.measure.metric):
                yield item.measure, plan.every


def _digits(name: SeriesName) -> str:
    """A long decimal number that belongs to a series alone."""
    digest = hashlib.sha256("\0".join(name).encode()).digest()
    return f"{int.from_bytes(digest):078d}"[-60:]
