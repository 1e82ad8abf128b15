"""How long a battery lasts by what its discharges have shown, this one and those of earlier cuts. Pure.

For each way in which the charge may fall (battery_use.py) the one unknown is the slope: percent of charge for a full
new battery. Age says it roughly, earlier discharges better, this one best. The ways are weighed by how well
they explain what was read.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from alerts.power.battery_use import FALLS, BatteryUse, Fall, Lines, lines, minutes_left
from alerts.power.situation import Discharge, UpsState
from core.time.clock import MINUTE

# What a line leaves unexplained of a charge in whole percent, of one reading a minute. Engineering.
NOISE_PCT = 1.0
# How far a battery's health is from what its age says; and from what an earlier cut showed. Engineering.
HEALTH_SD, HEALTH_SD_NO_DATE, DRIFT = 0.10, 0.15, 0.06
# How often what is known of a battery is not so, and by how many times farther it may then be. Engineering.
SELDOM, FORGOTTEN = 0.02, 10.0
# The charge must have fallen so far, in so long, to be believed. Engineering, proved by benchmarks/power.
FALLEN_PCT, FALLEN_MIN = 4.0, 2.5
END_MIN = 10.0  # the charge of now is read off a line through so long
MODEL_SD = 0.05  # none of the ways is the battery. Engineering
NINE_IN_TEN = 1.64


@dataclass(frozen=True, slots=True)
class Fitted:
    """Minutes left at the load of now."""

    minutes: float
    spread: float  # nine in ten are within this share of it
    is_of_now: bool  # this discharge shows it, not only earlier ones


class Slope(NamedTuple):
    """Percent of charge for a full new battery."""

    mean: float
    precision: float  # 1 / variance; 0: nothing is known
    log_weight: float  # how well it explains what was read


def fitted(ups: UpsState, health: float) -> Fitted | None:
    """None while no discharge has fallen far enough, or load or charge are not known; `health`: by age."""
    charge, load = ups.charge_pct.value, ups.load_pct.value
    is_of_now = ups.is_on_battery is True and has_fallen(ups.discharges)
    if charge is None or not load or not (is_of_now or has_fallen(ups.earlier)):
        return None
    ends = list[tuple[Slope, float]]()
    for fall in FALLS:
        past, present = (lines(fall, each, ups.table) for each in (ups.earlier, ups.discharges))
        lagging = present.lagging if ups.is_on_battery else 0.0
        for slope in _slopes(fall, past, present, ups, health):
            if slope.mean > 0 and slope.precision > 0:
                now = _charge_now(present, slope.mean, ups) if ups.is_on_battery else charge
                of_new = max(now, 0.0) / slope.mean
                ends.append((slope, minutes_left(fall, of_new, load, lagging, ups.table)))
    return _together(ends, is_of_now) if ends else None


def has_fallen(discharges: Sequence[Discharge]) -> bool:
    """Has one of them shown anything of the battery?"""
    return any(
        len(each.charges) >= 4
        and each.charges[0].value - min(sample.value for sample in each.charges) >= FALLEN_PCT
        and each.charges[-1].at - each.charges[0].at >= FALLEN_MIN * MINUTE
        for each in discharges
    )


def _together(ends: Sequence[tuple[Slope, float]], is_of_now: bool) -> Fitted:
    best = max(slope.log_weight for slope, _ in ends)
    weights = [math.exp(slope.log_weight - best) for slope, _ in ends]
    logs = [math.log(max(minutes, 0.1)) for _, minutes in ends]
    total = sum(weights)
    mean = sum(weight * log for weight, log in zip(weights, logs, strict=True)) / total
    variance = sum(
        weight * ((log - mean) ** 2 + 1 / (slope.precision * slope.mean**2))
        for weight, log, (slope, _) in zip(weights, logs, ends, strict=True)
    )
    return Fitted(
        math.exp(mean), NINE_IN_TEN * math.sqrt(MODEL_SD**2 + variance / total), is_of_now
    )


def _slopes(
    fall: Fall, past: Lines, present: Lines, ups: UpsState, health: float
) -> Iterator[Slope]:
    """By age, then by earlier discharges, then by this one; and if what was known before them is not so."""
    by_age = Slope(0.0, 0.0, math.log(fall.weight))
    if ups.table:
        sd = HEALTH_SD_NO_DATE if ups.age_share is None else HEALTH_SD
        by_age = by_age._replace(mean=100 / health, precision=(health**2 / (100 * sd)) ** 2)
    for known in (by_age, _forgotten(by_age)):
        shown = _learned(known, past)
        if past.parts and shown.precision:
            variance = 1 / shown.precision + (DRIFT * shown.mean) ** 2
            shown = shown._replace(precision=1 / variance)
        yield _learned(shown, present)
        if past.parts:
            yield _learned(_forgotten(shown), present)


def _forgotten(known: Slope) -> Slope:
    """A battery fails, or is replaced, and nobody writes it down."""
    return known._replace(
        precision=known.precision / FORGOTTEN**2, log_weight=known.log_weight + math.log(SELDOM)
    )


def _learned(before: Slope, shown: Lines) -> Slope:
    """A line of least squares through each part, all with one slope."""
    use_use = use_fall = fall_fall = 0.0
    for part in shown.parts:
        weights = _weights(part)
        total = sum(weights) or 1.0
        use = sum(w * each.used for w, each in zip(weights, part, strict=True)) / total
        charge = sum(w * each.charge for w, each in zip(weights, part, strict=True)) / total
        for weight, each in zip(weights, part, strict=True):
            use_use += weight * (each.used - use) ** 2
            use_fall -= weight * (each.used - use) * (each.charge - charge)
            fall_fall += weight * (each.charge - charge) ** 2
    noise = NOISE_PCT**2
    precision = before.precision + use_use / noise
    if precision <= 0:
        return before
    mean = (before.precision * before.mean + use_fall / noise) / precision
    unexplained = fall_fall - 2 * mean * use_fall + mean**2 * use_use
    moved = before.precision * (mean - before.mean) ** 2
    log_weight = before.log_weight - (unexplained / noise + moved) / 2
    return Slope(mean, precision, log_weight)


def _weights(part: Sequence[BatteryUse]) -> list[float]:
    """A minute counts once, however often it was read."""
    ats = [each.at for each in part]
    gaps = [(later - at) / MINUTE for at, later in pairwise(ats)]
    return [min(gap, 1.0) for gap in [gaps[0] if gaps else 1.0, *gaps]]


def _charge_now(shown: Lines, slope: float, ups: UpsState) -> float:
    """On the line through the last minutes; cards round to whole percent. As read, just after the load changed."""
    last_read = ups.charges[-1]
    part = shown.parts[-1] if shown.parts else []
    if not part or part[-1].at != last_read.at:
        return last_read.value
    last = part[-1]
    recent = [each for each in part if last.at - each.at <= END_MIN * MINUTE]
    if len(recent) < 4:
        return last.charge
    return sum(each.charge + slope * (each.used - last.used) for each in recent) / len(recent)
