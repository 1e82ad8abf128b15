"""How long a battery lasts: what its card says, what we have seen, and which of the two is used. Pure.

Four estimates, none of which is always right:

- **observed**: how fast the charge has fallen in this outage. It knows this battery at this load.
- **learned**: the same of earlier outages, while this one has shown nothing yet.
- **card**: the UPS's own. A good one is best; others stick, answer a sentinel, or know a new battery only.
- **stated**: the maker's table for a new battery, less what age has taken, at this load and charge.
"""

import math
from dataclasses import dataclass
from typing import Literal

from alerts.power.battery_fit import fitted
from alerts.power.discharge import EXPONENT, exponent_of, minutes_when_new
from alerts.power.situation import UpsState
from core.time.clock import MINUTE

Estimate = Literal["observed", "learned", "card", "stated", "unknown"]
Doubt = Literal[
    "card_silent", "card_impossible", "card_stuck", "card_disagrees", "silent", "old_battery",
    "no_age", "no_table", "no_load",
]  # fmt: skip

# A battery at the end of its life holds 80 % (ups.services, after IEEE and IEC); below half nobody knows.
LOST_IN_A_LIFE, LEAST_HEALTH = 0.2, 0.5

# What cards answer when they do not know: RFC 1628 cards in minutes, NUT #731 65,535 s below a tenth
# of the load, pve-ups #32 999 min for ever.
SENTINELS = (-1.0, 999.0, 32_767.0, 65_535.0, 65_535 / 60, 2_147_483_647.0)
# Nothing here runs longer on a battery, and a table of minutes is not good for days. Engineering.
MOST_MIN = 24 * 60.0

# Engineering, proved by benchmarks/power.
STUCK_MIN = 3.0
CARD_MEAN_MIN = 5.0
ROUNDING_MIN = 1.0  # cards give whole minutes, and whole percent
AGREES = 1.3  # two estimates that differ by less are the same
SPREAD: dict[Estimate, float] = {
    "observed": 0.10, "learned": 0.10, "card": 0.20, "stated": 0.30, "unknown": 0.0,
}  # fmt: skip
WIDEST = 0.5


@dataclass(frozen=True, slots=True)
class Runtime:
    """Minutes left from now at the present load. None: nobody knows."""

    minutes: float | None
    low: float | None  # what stopping is planned by
    high: float | None  # what an examination is given up by
    used: Estimate
    card: float | None  # what the card says, believed or not
    own: float | None  # what we make of it
    doubts: tuple[Doubt, ...]
    exponent: float = EXPONENT


def runtime(ups: UpsState, now: int) -> Runtime:
    """How long it lasts. A silent UPS that ran on its battery is counted down from when it was read."""
    doubts: list[Doubt] = []
    exponent = exponent_of(ups.table)
    stated, card = _stated(ups, doubts), _card(ups, doubts)
    seen = fitted(ups, _health(ups.age_share))
    own = seen.minutes if seen is not None else stated
    used: Estimate = "unknown"
    minutes = 0.0
    if card is not None and own is not None and not _agree(card, own, seen is not None):
        doubts.append("card_disagrees")
        card = None
    if seen is not None:
        used, minutes = "observed" if seen.is_of_now else "learned", seen.minutes
    elif card is not None:
        used, minutes = "card", card
    elif stated is not None:
        used, minutes = "stated", stated
    if used == "unknown":
        return Runtime(None, None, None, used, ups.card_min.value, own, tuple(doubts), exponent)
    spread = SPREAD[used]
    unread = _minutes_unread(ups, now, doubts)
    if seen is not None:
        spread = min(max(spread, seen.spread), WIDEST)
    low, high = minutes * (1 - spread), minutes * (1 + spread) + ROUNDING_MIN
    low, mid, high = (max(value - unread, 0.0) for value in (low, minutes, high))
    return Runtime(mid, low, high, used, ups.card_min.value, own, tuple(doubts), exponent)


def _agree(card: float, own: float, is_observed: bool) -> bool:
    """A card that says less than the maker's table is believed: it may know of a fault."""
    return card <= own * AGREES and (card >= own / AGREES or not is_observed)


def _minutes_unread(ups: UpsState, now: int, doubts: list[Doubt]) -> float:
    """Minutes for which nothing was read of a battery that was in use."""
    if ups.is_silent:
        doubts.append("silent")
    if not ups.is_on_battery or ups.read_at is None:
        return 0.0
    return max(now - ups.read_at, 0) / MINUTE


def _card(ups: UpsState, doubts: list[Doubt]) -> float | None:
    """What the card says, if it can be true."""
    value, charge = ups.card_min.value, ups.charge_pct.value
    if value is None:
        doubts.append("card_silent")
        return None
    is_sentinel = any(math.isclose(value, each, abs_tol=0.01) for each in SENTINELS)
    is_nought = value <= 0 and (charge is None or charge > 5)
    if is_sentinel or is_nought or not 0 <= value <= MOST_MIN:
        doubts.append("card_impossible")
        return None
    if _is_stuck(ups):
        doubts.append("card_stuck")
        return None
    return _smoothed(ups, value)


def _smoothed(ups: UpsState, value: float) -> float:
    """The mean of what it has said in the last minutes, each counted down to now.

    It gives whole minutes, at the load of a second; one that has jumped is believed at once.
    """
    at = ups.card_min.at
    if not ups.is_on_battery or at is None:
        return value
    recent = [
        sample.value - (at - sample.at) / MINUTE
        for sample in ups.card_history
        if at - sample.at < CARD_MEAN_MIN * MINUTE
    ]
    near = [each for each in recent if value / AGREES <= each <= value * AGREES]
    return sum(near) / len(near) if near and len(near) == len(recent) else value


def _is_stuck(ups: UpsState) -> bool:
    """The same number for minutes, while the charge falls as it must."""
    if not ups.is_on_battery or len(ups.card_history) < 3 or ups.card_min.at is None:
        return False
    last = ups.card_history[-1].value
    same_since = ups.card_min.at
    for sample in reversed(ups.card_history):
        if sample.value != last:
            break
        same_since = sample.at
    lasting = (ups.card_min.at - same_since) / MINUTE
    return lasting >= max(STUCK_MIN, 0.1 * last)


def _stated(ups: UpsState, doubts: list[Doubt]) -> float | None:
    """By the maker's table, the charge and the age; None without table or load."""
    load, charge = ups.load_pct.value, ups.charge_pct.value
    if not ups.table:
        doubts.append("no_table")
    if load is None or load <= 0:
        doubts.append("no_load")
    if ups.age_share is None:
        doubts.append("no_age")
    elif ups.age_share > 1:
        doubts.append("old_battery")
    if not ups.table or charge is None or load is None or load <= 0:
        return None
    when_new = minutes_when_new(ups.table, load)
    return min(when_new * max(charge, 0) / 100 * _health(ups.age_share), MOST_MIN)


def _health(age_share: float | None) -> float:
    return max(1 - LOST_IN_A_LIFE * max(age_share or 0.0, 0.0), LEAST_HEALTH)
