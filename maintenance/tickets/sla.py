"""The clock of a ticket: what a contract promised, in its covered hours, and how much has gone. Pure.

It begins when the ticket is sent (again), and stands still while the vendor waits for us and after
the case is solved. Without a contract, or where that promises nothing, there is no deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.time.clock import DAY, HOUR, MINUTE
from core.time.covered_hours import Hours, length
from core.vocabulary.tickets import TicketState
from storage.records import Contract


class Step(NamedTuple):
    """The ticket came into a state (UTC ms)."""

    state: TicketState
    at: int


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What the vendor has promised; milliseconds of covered `hours`, None where nothing is."""

    hours: Hours
    response: int | None
    resolution: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Milliseconds of covered time used so far, and when (UTC ms) each promise is broken.

    `due` is None while the clock stands still, when it was kept, or when nothing was promised.
    """

    used: int
    due: int | None
    is_over: bool  # answered or solved
    is_broken: bool


RUNNING: tuple[TicketState, ...] = ("sent", "acknowledged", "remote_session", "waiting_part")


def response_clock(steps: Sequence[Step], level: ServiceLevel, now: int) -> Clock:
    """From sending to the first sign of the vendor."""
    return _clock(steps, level.hours, level.response, ("sent",), now)


def resolution_clock(steps: Sequence[Step], level: ServiceLevel, now: int) -> Clock:
    """From sending to the solution, without the time that the vendor waited for us."""
    return _clock(steps, level.hours, level.resolution, RUNNING, now)


def service_level_of(contract: Contract | None, zone: ZoneInfo) -> ServiceLevel | None:
    """What a contract promises; its own zone before the site's. None without a contract."""
    if contract is None:
        return None
    opens, closes = _minutes(contract.opens), _minutes(contract.closes)
    hours = Hours(
        frozenset(contract.days),
        opens,
        closes if closes > opens else closes + DAY // MINUTE,  # over midnight
        ZoneInfo(contract.zone) if contract.zone else zone,
    )
    return ServiceLevel(hours, _ms(contract.response_h), _ms(contract.resolution_h))


def _clock(
    steps: Sequence[Step],
    hours: Hours,
    target: int | None,
    running: tuple[TicketState, ...],
    now: int,
) -> Clock:
    """Each state lasts until the next; the clock runs in some, and anew when a ticket is sent anew."""
    used, state = 0, "draft"
    ends = [*(step.at for step in steps[1:]), now]
    for step, end in zip(steps, ends, strict=True):
        if step.state == "sent":
            used = 0
        if step.state in running:
            used += length(hours.between(step.at, min(end, now)))
        state = step.state
    is_running = state in running
    is_over = state in ("solved", "closed") or (
        running == ("sent",) and state not in ("draft", "to_send", "sent")
    )
    if target is None:
        return Clock(used, None, is_over, is_broken=False)
    left = target - used
    due = hours.after(now, left) if is_running and left > 0 else None
    return Clock(used, due, is_over, is_broken=used > target)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _ms(hours: float | None) -> int | None:
    return None if hours is None else round(hours * HOUR)
