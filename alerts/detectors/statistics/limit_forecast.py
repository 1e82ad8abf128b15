"""When will the limit be reached, and how sure is that?

A detector tells the course of the value as a bundle of futures, each with a weight: every beginning
of the drift that is likely, every slope that is likely then. The limit is reached when a usual
day of a future has its extreme beyond it; the middle and the two tenths of those times are the forecast.
The bundle is widened by how far such lines went astray on this very device (conformal: Vovk 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from scipy.special import ndtri

from alerts.detectors.base import Floats, Verdict
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.statistics.change_point import Ramp
from core.time.clock import DAY

Side = Literal["above", "below"]
HORIZON = 720  # days; what is further away is "perhaps never"
NODES = ndtri((np.arange(15) + 0.5) / 15)  # of a normal distribution, equally likely
LIKELY = 1e-3  # beginnings less likely than this are left out


@dataclass(frozen=True)
class Limit:
    """What a forecast looks at."""

    value: float  # in the metric's unit
    direction: Literal["above", "below", "both"]

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides on which it can be reached."""
        return ("above", "below") if self.direction == "both" else (self.direction,)


@dataclass(frozen=True)
class Bundle:
    """Futures of a value: rows are futures, columns the days to come."""

    paths: Floats  # (m, HORIZON) the extreme of each day
    weights: Floats  # (m,)


class Foretelling(Protocol):
    """A model that can look ahead."""

    @property
    def foretells_when_well(self) -> bool:
        """A level that is used up reaches its limit without any fault; a drift is one."""
        ...

    def futures(self, days: Days, finding: Finding, limit: float, side: Side) -> Bundle | None:
        """The bundle for a limit on one side; None if nothing moves."""
        ...


class LooksBack:
    """A model whose finding has no course to go on with: what happened is not what will."""

    @property
    def foretells_when_well(self) -> bool:
        """It never does."""
        return False

    def futures(self, days: Days, finding: Finding, limit: float, side: Side) -> Bundle | None:
        """There are none."""
        return None


def foretell(
    verdict: Verdict,
    model: Foretelling,
    days: Days,
    finding: Finding,
    limits: Sequence[Limit],
) -> Verdict:
    """The verdict with the limit that is reached first, if one is reached within `HORIZON`."""
    if not (verdict.alarm or model.foretells_when_well):
        return verdict
    best = verdict
    for limit in limits:
        for side in limit.sides:
            bundle = model.futures(days, finding, limit.value, side)
            if bundle is None:
                continue
            low, middle, high = reached(bundle, limit.value, side)
            if middle is None or (best.limit_at or 2**62) <= verdict.at + middle * DAY:
                continue
            best = replace(
                verdict,
                limit=limit.value,
                limit_at=verdict.at + round(middle * DAY),
                limit_at_low=None if low is None else verdict.at + round(low * DAY),
                limit_at_high=None if high is None else verdict.at + round(high * DAY),
            )
    return best


def reached(bundle: Bundle, limit: float, side: Side) -> tuple[float | None, ...]:
    """Days until the limit: the first tenth, the middle and the last tenth of the futures."""
    beyond = bundle.paths > limit if side == "above" else bundle.paths < limit
    first = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 0.5, np.inf)
    order = np.argsort(first)
    share = np.cumsum(bundle.weights[order]) - 0.5 * bundle.weights[order]
    share /= bundle.weights.sum()
    found = []
    for wanted in (0.1, 0.5, 0.9):
        at = min(int(np.searchsorted(share, wanted)), len(order) - 1)
        days = float(first[order][at])
        found.append(days if np.isfinite(days) else None)
    return tuple(found)


def drifts(ramp: Ramp, now: float, wider: float) -> tuple[Floats, Floats, Floats]:
    """Size now, slope and weight of every likely drift."""
    likely = ramp.weights > LIKELY * ramp.weights.max()
    begins = np.repeat(ramp.begins[likely], len(NODES))
    slopes = ramp.slopes[likely][:, None] + wider * ramp.errors[likely][:, None] * NODES
    weights = np.repeat(ramp.weights[likely], len(NODES))
    return slopes.ravel() * (now - begins), slopes.ravel(), weights
