"""When will the limit be reached, and how sure is that?

A detector gives the course of the value as a bundle of futures, each with a weight: every beginning
of the drift that is likely, every slope that is likely then. The limit is reached when a usual
day of a future has its extreme beyond it; the middle and the two tenths of those times are the forecast.
The bundle is widened by how far such lines went astray on this very device (conformal: Vovk 2005).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from alerts.detectors.base import Floats, Side
from alerts.detectors.statistics.change_point import Ramp

HORIZON = 720  # days; what is further away is "perhaps never"
NODES = ndtri((np.arange(15) + 0.5) / 15)  # of a normal distribution, equally likely
BUSY = 0.1  # how likely the coming weeks are to be busy ones
LIKELY = 1e-3  # beginnings less likely than this are left out


@dataclass(frozen=True)
class PathBundle:
    """Futures of a value: rows are futures, columns the days to come."""

    paths: Floats  # (m, HORIZON) the extreme of each day
    weights: Floats  # (m,)
    busy: Floats | None = None  # (m, HORIZON) of the busiest week so far; None where none is busier

    def joined(self, other: "PathBundle", share: float) -> "PathBundle":
        """Both, this one with `1 - share` of the probability."""
        own = self.busy if self.busy is not None else self.paths
        others = other.busy if other.busy is not None else other.paths
        both = np.concatenate(
            [
                self.weights / self.weights.sum() * (1.0 - share),
                other.weights / other.weights.sum() * share,
            ]
        )
        paths, busy = np.concatenate([self.paths, other.paths]), np.concatenate([own, others])
        return PathBundle(paths, both, busy)


def days_to_limit(bundle: PathBundle, limit: float, side: Side) -> tuple[float | None, ...]:
    """Days until the limit: the first tenth, the middle and the last tenth of the futures.

    The limit may be met by one busy week or by usual ones: the middle mixes both by their probability,
    the ends hold 8 of 10 of either. Where no week is busier the ends can lie so near that the hour counts:
    a future is known by the day, and they hold the whole of theirs.
    """
    usual, weights = _first(bundle.paths, limit, side), bundle.weights
    if bundle.busy is None:
        low, middle, high = _quantiles(usual, weights, (0.1, 0.5, 0.9))
        # each was the middle of its day, so none is 0
        return low and low - 0.5, middle, high and high + 0.5
    busy = _first(bundle.busy, limit, side)
    mixed = np.concatenate([(1.0 - BUSY) * weights, BUSY * weights])
    [middle] = _quantiles(np.concatenate([usual, busy]), mixed, (0.5,))
    ends = [_quantiles(first, weights, (0.1, 0.9)) for first in (usual, busy)]
    never = float("inf")
    low, high = (
        choose(never if days is None else days for days in end)
        for choose, end in zip((min, max), zip(*ends, strict=True), strict=True)
    )
    return tuple(None if days in (None, never) else days for days in (low, middle, high))


def days_of_weeks(
    bundle: PathBundle, limit: float, side: Side
) -> tuple[float | None, float | None]:
    """Days until a busy week reaches the limit, and until a usual one does; None: perhaps never.

    Of what nobody calls busy, a level that is used up, both are None.
    """
    if bundle.busy is None:
        return None, None
    ways = (_first(paths, limit, side) for paths in (bundle.busy, bundle.paths))
    busy, usual = (_quantiles(first, bundle.weights, (0.5,))[0] for first in ways)
    return busy, usual


def _first(paths: Floats, limit: float, side: Side) -> Floats:
    """(m,): days until each path is beyond the limit; infinite if it never is."""
    beyond = paths > limit if side == "above" else paths < limit
    return np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 0.5, np.inf)


def _quantiles(
    first: Floats, weights: Floats, ranks: tuple[float, ...]
) -> tuple[float | None, ...]:
    order = np.argsort(first)
    share = np.cumsum(weights[order]) - 0.5 * weights[order]
    share /= weights.sum()
    quantiles: list[float | None] = []
    for quantile in ranks:
        at = min(int(np.searchsorted(share, quantile)), len(order) - 1)
        days = float(first[order][at])
        quantiles.append(days if np.isfinite(days) else None)
    return tuple(quantiles)


def likely_drifts(ramp: Ramp, now: float, wider: float) -> tuple[Floats, Floats, Floats]:
    """(m,) each: size now, slope and weight of every drift that is likely."""
    likely = ramp.weights > LIKELY * ramp.weights.max()
    onsets = np.repeat(ramp.onsets[likely], len(NODES))
    slopes = ramp.slopes[likely][:, None] + wider * ramp.errors[likely][:, None] * NODES
    weights = np.repeat(ramp.weights[likely], len(NODES))
    return slopes.ravel() * (now - onsets), slopes.ravel(), weights
