"""How runtime depends on the load, and the stretches of a discharge in which the load was one. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from alerts.power.situation import Sample
from core.time.clock import MINUTE

# How runtime falls with load where the maker's table has no two loads: minutes ~ load ** -EXPONENT.
# Sealed lead batteries about 1.25 (servnetuk.com, UPS runtime and Peukert).
EXPONENT = 1.25
# What a UPS takes itself, in % of what it is rated for: a small load lasts less long than in proportion.
# Engineering; makers' efficiency curves say 2 to 6.
OWN_PCT = 3.0

# Engineering, proved by benchmarks/power.
LOAD_MEAN_MIN = 5.0  # a scanner's load comes and goes by the second
GAP_MIN = 5.0  # between two discharges, or two readings that belong to one
JUMP_PCT = (
    3.0  # a charge that rises so much on the battery was corrected by the card, for its load fell
)
SAME_SHARE, SAME_PCT = 0.15, 2.0  # loads that differ by less are one level


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


def level_parts(charges: Sequence[Sample], loads: Sequence[Sample]) -> list[Sequence[Sample]]:
    """The charges of each stretch of about one load, oldest first; the minutes just after a step are in none."""
    if not charges:
        return []
    means = _means(charges, loads)
    parts: list[list[int]] = [[0]]
    for at in range(1, len(charges)):
        is_joined = (
            charges[at].at - charges[at - 1].at <= GAP_MIN * MINUTE
            and charges[at].value - charges[at - 1].value < JUMP_PCT
            and _is_same(means[parts[-1][0]], means[at])
        )
        if is_joined:
            parts[-1].append(at)
        else:
            parts.append([at])
    stretches = list[Sequence[Sample]]()
    for number, part in enumerate(parts):
        samples = [charges[at] for at in part]
        # Just after a step the mean of the load is still of both.
        begin = samples[0].at + (LOAD_MEAN_MIN * MINUTE if number else 0)
        stretches.append([sample for sample in samples if sample.at >= begin])
    return stretches


def _is_same(load: float | None, other: float | None) -> bool:
    if load is None or other is None:
        return True
    return abs(other - load) <= max(SAME_SHARE * load, SAME_PCT)


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
