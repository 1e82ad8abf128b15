"""What a discharge uses of a battery, by each way in which a card's charge may fall. Pure.

A charge is either counted or a voltage, and no card says which. A counted one falls with the use that the maker's
table knows. A voltage falls with the energy and, beside it, by a drop that comes and goes with the load in some
minutes: the equivalent circuit with one RC pair, as battery monitors have it. Use is in full new batteries; where
the site file has no table, in what a minute at full load takes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from alerts.power.discharge import EXPONENT, OWN_PCT, level_parts, minutes_when_new
from alerts.power.situation import Discharge
from core.time.clock import MINUTE

Table = Sequence[tuple[float, float]]
MOST_MIN = 24 * 60.0  # nothing here runs longer on a battery. Engineering


class Fall(NamedTuple):
    """How the charge falls. A counted one has no RC pair."""

    rc_min: float  # time constant with which the drop of a voltage comes and goes
    drop: float  # the drop in the end, in what is used in `rc_min`
    weight: float  # how likely before anything was read


# Drops that come in minutes to tens of minutes, as lead batteries have them; a grid, for no two are the same.
FALLS = (
    Fall(0.0, 0.0, 0.5),
    *(
        Fall(rc_min, drop, 0.5 / 16)
        for rc_min in (5.0, 10.0, 20.0, 40.0)
        for drop in (0.25, 0.5, 1.0, 1.5)
    ),
)


class BatteryUse(NamedTuple):
    """At one reading of the charge."""

    used: float  # since its discharge began, with the drop
    charge: float  # percent
    at: int


class Lines(NamedTuple):
    """Readings that lie on one line each, oldest first, and the lagging load at the end of them."""

    parts: list[list[BatteryUse]]
    lagging: float  # the drop of now is of this load, percent with the UPS's own


def lines(fall: Fall, discharges: Iterable[Discharge], table: Table) -> Lines:
    """A counted charge jumps when its load does: a line for each level of the load. A voltage has one a discharge."""
    parts, lagging, last = list[list[BatteryUse]](), 0.0, 0
    for discharge in discharges:
        if not discharge.charges:
            continue
        begin = discharge.charges[0].at
        lagging = _lag(fall, lagging, 0.0, (begin - last) / MINUTE)  # a rest
        uses = dict[int, BatteryUse]()
        for use, after in _used(fall, discharge, lagging, table):
            uses[use.at], lagging = use, after
        last = discharge.charges[-1].at
        whole = [discharge.charges]
        levels = whole if fall.rc_min else level_parts(discharge.charges, discharge.loads)
        parts += [[uses[sample.at] for sample in level] for level in levels if level]
    return Lines(parts, lagging)


def _used(
    fall: Fall, discharge: Discharge, lagging: float, table: Table
) -> Iterator[tuple[BatteryUse, float]]:
    """At each charge, with the lagging load then."""
    loads, mark, used = discharge.loads, 0, 0.0
    load = loads[0].value if loads else 0.0
    before = discharge.charges[0].at
    for sample in discharge.charges:
        while mark < len(loads) and loads[mark].at <= sample.at:
            load = loads[mark].value
            mark += 1
        minutes = (sample.at - before) / MINUTE
        before = sample.at
        if fall.rc_min:
            used += minutes * (load + OWN_PCT) / _energy(table)
            lagging = _lag(fall, lagging, load + OWN_PCT, minutes)
            dropped = fall.drop * fall.rc_min * lagging / _energy(table)
            yield BatteryUse(used + dropped, sample.value, sample.at), lagging
        else:
            used += minutes / _minutes_of_full(table, load)
            yield BatteryUse(used, sample.value, sample.at), lagging


def minutes_left(fall: Fall, left: float, load: float, lagging: float, table: Table) -> float:
    """Until so much of a full new battery is used at this load (percent)."""
    if not fall.rc_min:
        return min(left * _minutes_of_full(table, load), MOST_MIN)
    power, energy = load + OWN_PCT, left * _energy(table)
    to_come = fall.drop * fall.rc_min * (power - lagging)
    low, high = 0.0, MOST_MIN
    for _ in range(24):  # halved to an hour's ten-thousandth
        middle = (low + high) / 2
        if power * middle + to_come * (1 - math.exp(-middle / fall.rc_min)) < energy:
            low = middle
        else:
            high = middle
    return low


def _lag(fall: Fall, lagging: float, power: float, minutes: float) -> float:
    if not fall.rc_min:
        return 0.0
    return power + (lagging - power) * math.exp(-min(minutes / fall.rc_min, 50.0))


def _energy(table: Table) -> float:
    """Of a full new battery, percent of the rating times minutes: by its lightest load, which leaves least behind."""
    if not table:
        return 100.0 + OWN_PCT
    load, minutes = min(table)
    return (load + OWN_PCT) * minutes


def _minutes_of_full(table: Table, load: float) -> float:
    if table:
        return minutes_when_new(table, load)
    return float(((100 + OWN_PCT) / (load + OWN_PCT)) ** EXPONENT)
