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
LIKELY = 1e-3  # beginnings less likely than this are left out


@dataclass(frozen=True)
class PathBundle:
    """Futures of a value: rows are futures, columns the days to come."""

    paths: Floats  # (m, HORIZON) the extreme of each day
    weights: Floats  # (m,)


def days_to_limit(bundle: PathBundle, limit: float, side: Side) -> tuple[float | None, ...]:
    """Days until the limit: the first tenth, the middle and the last tenth of the futures."""
    beyond = bundle.paths > limit if side == "above" else bundle.paths < limit
    first = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 0.5, np.inf)
    order = np.argsort(first)
    share = np.cumsum(bundle.weights[order]) - 0.5 * bundle.weights[order]
    share /= bundle.weights.sum()
    quantiles: list[float | None] = []
    for quantile in (0.1, 0.5, 0.9):
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
