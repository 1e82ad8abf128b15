"""What may go wrong in the simulated centre, and how a person writes it on a command line.

`NAME[:DEVICE][@START][+DURATION][=AMOUNT]`, for example `mains_failure`, `helium_leak:mri-2`,
`chiller_failure@2026-11-01T09:00+20m`, `disk_filling:his@2h=5`. START is a date and time (of the
site's zone unless it says another) or a duration from now; without it the fault starts at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.schema.site import Site
from core.schema.strict_model import did_you_mean
from core.time.clock import DAY, HOUR, MINUTE, to_ms
from core.time.duration import parse_duration


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a named fault does, and its amount and duration where a person gives none."""

    title: str
    metric: str = ""  # without a DEVICE it strikes the devices that have this metric
    amount: float = 1.0
    duration_ms: int | None = None  # None: until the end of the simulation


KINDS: dict[str, FaultKind] = {
    "helium_leak": FaultKind("loses so many % of helium a day more", "helium_level_pct", 0.12),
    "tube_cooling": FaultKind(
        "cools slower by this share of its time constant each week", "tube_housing_temp_c", 0.2
    ),
    "magnet_drift": FaultKind("magnet settles so many kelvin too warm", "magnet_temp_c", 0.5),
    "mains_failure": FaultKind("no mains at all", duration_ms=20 * MINUTE),
    "chiller_failure": FaultKind("compressor stands, water warms up", "supply_temp_c"),
    "room_overheat": FaultKind("the cooling of the room fails", "room_temp_c", 12.0),
    "water_leak": FaultKind("water under the leak sensor", "water_leak"),
    "disk_filling": FaultKind("a disk fills by so many % a day more", "disk_used_pct", 4.0),
    "ct_number_drift": FaultKind(
        "shows water so many HU a day too high", "qa_water_ct_number_hu", 0.15
    ),
    "bmd_drift": FaultKind(
        "shows its phantom so many % a day too light", "phantom_bmd_g_cm2", 0.05
    ),
    "network_fault": FaultKind(
        "sends nothing, and all of it late", "image_transfer_delay_s", duration_ms=3 * HOUR
    ),
    "software_update": FaultKind("has new software from then on", "image_count"),
    "standstill": FaultKind("takes no patient", duration_ms=3 * HOUR),
    "dead": FaultKind("answers nothing and says nothing"),
}

NEEDS_DEVICE = ("dead", "room_overheat", "software_update", "standstill", "water_leak")

_FORM = re.compile(
    r"(?P<name>[^:@+=]+)(:(?P<device>[^@+=]+))?(@(?P<start>.+?))?"
    r"(\+(?P<duration>(\d+(ms|s|m|h|d))+))?(=(?P<amount>[-\d.]+))?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong from `start` until `end`, UTC milliseconds."""

    name: str
    start: int
    end: int | None = None
    device: str = ""  # "": every device that can have it
    amount: float | None = None  # None: the usual one of its kind

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise ValueError(f"unknown fault {self.name!r}{did_you_mean(self.name, KINDS)}")
        if self.name in NEEDS_DEVICE and not self.device:
            raise ValueError(f"the fault {self.name} needs a device: {self.name}:DEVICE")

    @property
    def size(self) -> float:
        """The amount, in the unit of its kind (simulator/README.md lists them)."""
        return KINDS[self.name].amount if self.amount is None else self.amount

    def overlap_s(self, begin: int, end: int) -> float:
        """Seconds of the fault within `begin`..`end`, both UTC milliseconds."""
        last = end if self.end is None else min(end, self.end)
        return max(0, last - max(begin, self.start)) / 1000.0


def parse_fault(text: str, now: int, zone: ZoneInfo) -> Fault:
    """The fault that a person wrote; `now` is UTC milliseconds. ValueError says what is wrong."""
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise ValueError(f"{text!r} is not NAME[:DEVICE][@START][+DURATION][=AMOUNT]")
    start = _start(parts["start"], now, zone)
    fault = Fault(parts["name"], start, None, parts["device"] or "")
    given, usual = parts["duration"], KINDS[fault.name].duration_ms
    duration = parse_duration(given) if given else usual
    amount = float(parts["amount"]) if parts["amount"] else None
    return Fault(fault.name, start, start + duration if duration else None, fault.device, amount)


def check_faults(faults: Sequence[Fault], site: Site) -> None:
    """ValueError if a fault names a device that the site does not have or that cannot have it."""
    for fault in faults:
        device = site.devices.get(fault.device)
        metric = KINDS[fault.name].metric
        if fault.device and device is None:
            hint = did_you_mean(fault.device, site.devices)
            raise ValueError(f"unknown device {fault.device!r}{hint}")
        if device and metric and metric not in device.profile.metrics:
            raise ValueError(f"{fault.device} has no {metric}: {fault.name} cannot strike it")


class FaultTimeline:
    """The faults of a centre, and how large they are at a moment or over a span of time."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = tuple(faults)
        self._matching: dict[tuple[str, str], list[Fault]] = {}

    def of(self, name: str, device: str) -> list[Fault]:
        """The faults of this name that may strike the device, at whatever time."""
        key = name, device
        if key not in self._matching:
            devices = ("", device)
            self._matching[key] = [
                f for f in self._faults if f.name == name and f.device in devices
            ]
        return self._matching[key]

    def seconds(self, name: str, device: str, begin: int, end: int) -> float:
        """Seconds for which it lasted between two moments, UTC milliseconds."""
        return sum(fault.overlap_s(begin, end) for fault in self.of(name, device))

    def size(self, name: str, device: str, at: int) -> float:
        """Sum of the sizes of those that last at this moment; 0.0 if none does."""
        faults = self.of(name, device)
        return sum(fault.size for fault in faults if _is_on(fault, at)) if faults else 0.0

    def days(self, name: str, device: str, at: int) -> float:
        """Sum of size times days since its start, for what grows worse; 0.0 if none lasts now."""
        on = [fault for fault in self.of(name, device) if _is_on(fault, at)]
        return sum(fault.size * (at - fault.start) / DAY for fault in on)


def _is_on(fault: Fault, at: int) -> bool:
    return fault.start <= at and (fault.end is None or at < fault.end)


def _start(text: str | None, now: int, zone: ZoneInfo) -> int:
    if text is None:
        return now
    try:
        return now + parse_duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a time such as 2026-11-01T09:00 nor a duration such as 2h"
        ) from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))
