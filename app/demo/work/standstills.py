"""When a scanner of the demo took no patient: the orders of orders.py and planned.py tell why.

The simulated centre stands still at these times, so that no examination contradicts them. After a repair the detectors learn anew what is normal: devices whose
slow faults the demo shows were repaired long before these, and then only looked at.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.demo.work.calendar import Moment, WorkCalendar
from core.time.clock import DAY, MINUTE
from simulator.faults import Fault
from simulator.history import demo_faults


class Standstill(NamedTuple):
    """From then to then no patient."""

    device: str
    start: Moment
    end: Moment


GOES_ON = 1 << 62  # milliseconds: past every end


TABLE_STOPS = Standstill("ct-1", (60, "09:40"), (58, "13:20"))
SPIKES = Standstill("mri-1", (52, "11:00"), (51, "16:00"))
TUBE_SERVICE = Standstill("ct-2", (59, "08:30"), (59, "14:30"))
PADDLE_CRACKED = Standstill("mammo-1", (14, "10:00"), (14, "13:30"))
STOP_PRESSED = Standstill("rf-1", (38, "08:30"), (38, "10:10"))
ARM_LOST = Standstill("dxa-1", (62, "14:00"), (61, "11:00"))
MAGNET_SERVICE = Standstill("mri-1", (20, "09:00"), (20, "14:30"))
FOOT_SWITCH = Standstill("rf-1", (2, "13:30"), GOES_ON)

STANDSTILLS = (
    TABLE_STOPS,
    SPIKES,
    TUBE_SERVICE,
    PADDLE_CRACKED,
    STOP_PRESSED,
    ARM_LOST,
    MAGNET_SERVICE,
    FOOT_SWITCH,
)
ON_THE_CHILLER = ("mri-2", "ct-2")
WATER_WARMS = 10 * MINUTE  # until then the water is cool enough
LOOKED_BACK = 90 * DAY


def fault_of(calendar: WorkCalendar, name: str) -> Fault:
    """The one of that name that every demo's history holds."""
    faults = demo_faults(calendar.end - LOOKED_BACK, calendar.end)
    return next(fault for fault in faults if fault.name == name)


def standstills(calendar: WorkCalendar) -> Sequence[Fault]:
    """As faults of the simulated centre."""
    return list(_faults(calendar))


def cooling_standstills(calendar: WorkCalendar) -> Iterator[Standstill]:
    """While the chiller stood, what hangs on its water was not used."""
    failure = fault_of(calendar, "chiller_failure")
    for device in ON_THE_CHILLER:
        yield Standstill(device, failure.start + WATER_WARMS, failure.end or calendar.end)


def _faults(calendar: WorkCalendar) -> Iterator[Fault]:
    for device, start, end in (*STANDSTILLS, *cooling_standstills(calendar)):
        yield Fault("standstill", calendar.at(start), calendar.at(end), device)
