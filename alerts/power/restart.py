"""In which order devices start again when the mains is back, and when each is usable. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.power.situation import Load, Role, Situation, Temperature
from core.time.clock import HOUR, MINUTE

# The mains often comes back for minutes only: so long it must stay before anything is started.
# Between two starts, for what starts takes more. Both engineering.
STEADY_MIN = 10.0
GAP_MIN = 2.0
# So long after it came back the order is still of use. Engineering.
LASTS = 12 * HOUR

# A heating comes through after some minutes, and nobody knows how many. Engineering.
HEATING_MIN = 10.0
ANOTHER = 1.5  # an hour is short: it tells that a time constant is so many times another, not less
# A change so many times what counts as steady shows how fast a magnet comes back. Engineering.
CLEAR = 5.0

_ORDER: tuple[Role, ...] = ("network", "cooling", "server", "scanner")


@dataclass(frozen=True, slots=True)
class Restart:
    """One device. Minutes are from when the mains counts as back for good."""

    device: str
    start_min: float
    usable_min: float | None  # None: nobody knows
    waits_for: tuple[str, ...]  # cooling that must run before
    settling_min: float | None  # of that, what its magnet takes; None: it has none that settles
    is_settling_unknown: bool
    within_min: float = 0.0  # a magnet may be usable so much earlier or later


def restarts(now: Situation) -> tuple[tuple[Restart, ...], int | None]:
    """The order, and when the mains counts as back for good (UTC ms; None: it is not back).

    While the mains is back: what is still off, or settles. Else all of it, as it would be.
    """
    is_back = now.mains == "on" and now.back_at is not None and now.now - now.back_at <= LASTS
    steady_at = None
    if is_back and now.back_at is not None:
        steady_at = now.back_at + round(STEADY_MIN * MINUTE)
    loads = [load for ups in now.ups for load in ups.loads] + list(now.direct)
    running_min = 0.0 if steady_at is None else max(now.now - steady_at, 0) / MINUTE
    if is_back:
        loads = [load for load in loads if load.is_off is not False or _settles(load)]
    order = sorted(loads, key=lambda load: (_ORDER.index(load.role), -_length(load)))
    return tuple(_started(order, running_min, is_back)), steady_at


def _started(order: Sequence[Load], first_min: float, is_back: bool) -> Iterable[Restart]:
    usable: dict[str, float | None] = {}
    slot = first_min
    for load in order:
        waits_for = tuple(name for name in load.needs if name in usable and name != load.device)
        cooling = [usable[name] for name in waits_for]
        is_on = is_back and load.is_off is False  # what is on now is off by the end of a cut
        start = first_min if is_on else slot
        known = [minute for minute in cooling if minute is not None]
        start = max([start, *known])
        settling = _settling_min(load.temperature)
        is_unknown = load.temperature is not None and settling is None
        restart = 0.0 if is_on else load.restart_min
        usable_min = None
        if restart is not None and not is_unknown and len(known) == len(cooling):
            usable_min = start + max(restart, settling or 0.0)
        if load.role == "cooling":
            usable[load.device] = usable_min
        within = _within_min(load.temperature) if settling else 0.0
        yield Restart(load.device, start, usable_min, waits_for, settling, is_unknown, within)
        if not is_on:
            slot += GAP_MIN


def _settling_min(temperature: Temperature | None, factor: float = 1.0) -> float | None:
    """Until a change an hour has fallen to what counts as steady, and has stayed there.

    What is off by d and comes back with time constant T changes by d / T at first. What still goes away goes on
    until its heating has come through. `factor`: if T is so many times what it is thought to be.
    """
    if temperature is None or temperature.off_by is None:
        return None
    time_constant = _time_constant_min(temperature) * factor
    off_by, away = abs(temperature.off_by), temperature.away_per_h
    wait = HEATING_MIN if away > temperature.steady_per_h else 0.0
    change = (off_by + away * wait / 60) / (time_constant / 60)
    if change <= temperature.steady_per_h:
        return max(temperature.lasting_min - temperature.steady_min, 0.0)
    settling = time_constant * math.log(change / temperature.steady_per_h)
    return wait + settling + temperature.lasting_min


def _within_min(temperature: Temperature | None) -> float:
    """By how many minutes the settling may be off."""
    if temperature is None:
        return 0.0
    middle = _settling_min(temperature) or 0.0
    ends = (_settling_min(temperature, 1 + sign * temperature.uncertain) or 0.0 for sign in (-1, 1))
    return HEATING_MIN + max(abs(end - middle) for end in ends)


def _time_constant_min(temperature: Temperature) -> float:
    """As earlier recoveries showed it, unless this one is quite another; else as the last hour shows it, or as stated."""
    known, off_by, hour_ago = (
        temperature.time_constant_min,
        temperature.off_by,
        temperature.hour_ago,
    )
    change = temperature.change_per_h
    if not off_by or not hour_ago or not change or off_by / hour_ago <= 0:
        return known
    is_clear = abs(change) > CLEAR * temperature.steady_per_h and abs(hour_ago) > abs(off_by)
    if not is_clear:
        return known
    shown = min(max(60 / math.log(hour_ago / off_by), known / 2), known * 2)
    is_as_known = known / ANOTHER < shown < known * ANOTHER
    return known if temperature.is_learned and is_as_known else shown


def _settles(load: Load) -> bool:
    return bool(_settling_min(load.temperature))


def _length(load: Load) -> float:
    return max(load.restart_min or 0.0, _settling_min(load.temperature) or 0.0)
