"""What a discharge shows of a battery, and how its runtime depends on the load. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from alerts.power.situation import Sample, UpsState
from core.time.clock import MINUTE

# How runtime falls with load where the maker's table has no two loads: minutes ~ load ** -EXPONENT.
# Sealed lead batteries about 1.25 (servnetuk.com, UPS runtime and Peukert).
EXPONENT = 1.25
# What a UPS takes itself, in % of what it is rated for: a small load lasts less long than in proportion.
# Engineering; makers' efficiency curves say 2 to 6.
OWN_PCT = 3.0

# Engineering, proved by benchmarks/power.
FALLEN_PCT, FALLEN_MIN = 4.0, 2.5  # the charge must have fallen so far, in so long, to be believed
ENOUGH_PCT, ENOUGH_MIN = 12.0, 5.0  # more of the past is not looked at
LOAD_MEAN_MIN = 5.0  # a scanner's load comes and goes by the second
GAP_MIN = 5.0  # between two discharges, or two readings that belong to one
JUMP_PCT = (
    3.0  # a charge that rises so much on the battery was corrected by the card, for its load fell
)
SAME_SHARE, SAME_PCT = 0.15, 2.0  # loads that differ by less are one level


class Level(NamedTuple):
    """A part of a discharge in which the load was about the same."""

    load: float | None  # mean, %
    rate: float  # % of charge a minute
    charge: float  # at its end, on the line: the last reading jumps with the load


def exponent_of(table: Sequence[tuple[float, float]]) -> float:
    """From the lightest and the heaviest load of the table; never less than in proportion."""
    if len(table) < 2:
        return EXPONENT
    return _exponent_between(min(table), max(table))


def _exponent_between(light: tuple[float, float], heavy: tuple[float, float]) -> float:
    loads = (heavy[0] + OWN_PCT) / (light[0] + OWN_PCT)
    return min(max(math.log(light[1] / heavy[1]) / math.log(loads), 1.0), 2.0)


def minutes_when_new(table: Sequence[tuple[float, float]], load: float) -> float:
    """Of a full new battery: between the rows of the maker's table on a straight line of logarithms.

    Below the lightest load in proportion, which is careful: what a rest gives back is used up there.
    """
    rows = sorted(table)
    exponent = exponent_of(rows)
    base = min(rows, key=lambda row: abs(row[0] - load))
    if len(rows) > 1 and load < rows[0][0]:
        exponent = 1.0
    for light, heavy in pairwise(rows):
        if light[0] <= load <= heavy[0]:
            exponent, base = _exponent_between(light, heavy), light
    return base[1] * float(((base[0] + OWN_PCT) / (load + OWN_PCT)) ** exponent)


class Observed(NamedTuple):
    """Minutes left by how the charge has fallen; `is_of_now`: at the load of now, not at one before."""

    minutes: float
    is_of_now: bool


def observed(ups: UpsState) -> Observed | None:
    """By the level of now, if it has lasted; else by the one before, brought to the load of now.

    None while the charge has not fallen enough.
    """
    charge, load = ups.charge_pct.value, ups.load_pct.value
    if not ups.is_on_battery or charge is None or len(ups.charges) < 4:
        return None
    for age, level in enumerate(_levels(ups.charges, ups.load_history)):
        if level is None:
            continue
        is_of_now = age == 0 and _is_same(load, level.load)
        minutes = (level.charge if is_of_now else charge) / level.rate
        if is_of_now or not load or not level.load:
            return Observed(minutes, is_of_now)
        if ups.table:
            then, now = (minutes_when_new(ups.table, each) for each in (level.load, load))
            return Observed(minutes * now / then, False)
        share = ((level.load + OWN_PCT) / (load + OWN_PCT)) ** EXPONENT
        return Observed(minutes * float(share), False)
    return None


def _levels(charges: Sequence[Sample], loads: Sequence[Sample]) -> Sequence[Level | None]:
    """The newest first; None where the charge has not fallen enough to tell."""
    means = _means(charges, loads)
    parts: list[list[int]] = [[len(charges) - 1]]
    for at in range(len(charges) - 2, -1, -1):
        later = parts[-1][-1]
        is_joined = (
            charges[later].at - charges[at].at <= GAP_MIN * MINUTE
            and charges[later].value - charges[at].value < JUMP_PCT
            and _is_same(means[parts[-1][0]], means[at])
        )
        if is_joined:
            parts[-1].append(at)
        else:
            parts.append([at])
    levels = list[Level | None]()
    for number, part in enumerate(parts):
        samples = [charges[at] for at in reversed(part)]
        if number + 1 < len(parts):  # just after a step the mean of the load is still of both
            begin = samples[0].at + LOAD_MEAN_MIN * MINUTE
            samples = [sample for sample in samples if sample.at >= begin]
        levels.append(_level(samples, means[part[0]]))
    return levels


def _is_same(load: float | None, other: float | None) -> bool:
    if load is None or other is None:
        return True
    return abs(other - load) <= max(SAME_SHARE * load, SAME_PCT)


def _level(charges: Sequence[Sample], load: float | None) -> Level | None:
    """By a line of least squares, not last minus first: cards round the charge to whole percent."""
    if len(charges) < 4:
        return None
    charges = _latest_part(charges)
    minutes = [(sample.at - charges[0].at) / MINUTE for sample in charges]
    fallen = charges[0].value - charges[-1].value
    if fallen < FALLEN_PCT or minutes[-1] < FALLEN_MIN:
        return None
    mean_x = sum(minutes) / len(minutes)
    mean_y = sum(sample.value for sample in charges) / len(charges)
    spread = sum((x - mean_x) ** 2 for x in minutes)
    rows = zip(minutes, charges, strict=True)
    rate = -sum((x - mean_x) * (sample.value - mean_y) for x, sample in rows) / spread
    at_end = mean_y - rate * (minutes[-1] - mean_x)
    return Level(load, rate, max(at_end, 0.0)) if rate > 0 else None


def _latest_part(charges: Sequence[Sample]) -> Sequence[Sample]:
    """The last of it in which the charge fell enough: one that is a voltage falls quicker at first."""
    for begin in range(len(charges) - 1, -1, -1):
        lasted = (charges[-1].at - charges[begin].at) / MINUTE
        if charges[begin].value - charges[-1].value >= ENOUGH_PCT and lasted >= ENOUGH_MIN:
            return charges[begin:]
    return charges


def _means(charges: Sequence[Sample], loads: Sequence[Sample]) -> list[float | None]:
    """The load at each sample of the charge, as the mean of the minutes before it."""
    means: list[float | None] = []
    begin = end = 0
    total = 0.0
    for sample in charges:
        while end < len(loads) and loads[end].at <= sample.at:
            total += loads[end].value
            end += 1
        while begin < end and loads[begin].at <= sample.at - LOAD_MEAN_MIN * MINUTE:
            total -= loads[begin].value
            begin += 1
        means.append(total / (end - begin) if end > begin else None)
    return means
