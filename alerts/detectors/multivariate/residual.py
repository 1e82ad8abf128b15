"""What a sensor will read next, from its own last rows; what it reads beside that is residual.

Only its own past explains a sensor. With the past of the others beside it the error grows: sensors
that drift together for a while look as if they followed one another, and part when one fails.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from alerts.detectors.base import Floats, Ints

RIDGE = 1.0  # of columns of unit variance; 0.1 to 4 made no difference
FOLDS = 5
FEWEST = 10 * FOLDS  # rows
GAP = 3.0  # times the usual step: rows further apart are no neighbours


@dataclass
class Predictor:
    """One step ahead for each of d sensors, in units of the sensor's own spread."""

    centre: Floats  # (d,) in the sensor's unit
    spread: Floats  # (d,) in the sensor's unit
    weights: Floats  # (order, d), the newest row first
    offset: Floats  # (d,)
    error: Floats  # (d,) root mean square of what cross-fitting left over
    step: float  # ms from row to row

    def residuals(self, at: Ints, values: Floats, before: "Tail") -> tuple[Floats, Floats]:
        """(n, d) each: residuals of rows that follow `before`, usual size 1, and what was expected.

        NaN where the sensor was silent, or where the rows that explain it lie too far back.
        """
        scaled = (values - self.centre) / self.spread
        times, known = before.joined(at, scaled)
        order = len(self.weights)
        past = _past(times, known, order, self.step)
        expected = (past * self.weights).sum(axis=1) + self.offset
        residuals = (scaled - expected) / self.error
        return residuals, expected * self.spread + self.centre


@dataclass
class Tail:
    """The last rows, from which the next one is expected."""

    at: Ints  # (order,)
    known: Floats  # (order, d), scaled; NaN where a sensor was silent

    def joined(self, at: Ints, scaled: Floats) -> tuple[Ints, Floats]:
        """The tail and the rows after it."""
        return np.concatenate([self.at, at]), np.concatenate([self.known, scaled])

    def moved(self, at: Ints, scaled: Floats) -> "Tail":
        """The tail after these rows."""
        times, known = self.joined(at, scaled)
        return Tail(times[-len(self.at) :], known[-len(self.at) :])


def no_tail(order: int, sensors: int) -> Tail:
    """The tail before the first row: nothing is expected from it."""
    return Tail(np.full(order, -(2**60), dtype=np.int64), np.full((order, sensors), np.nan))


def learn(at: Ints, values: Floats, order: int) -> tuple[Predictor, Floats]:
    """A predictor of (n, d) healthy rows, and their residuals, each judged by rows around it only.

    The residuals of the very rows that were fitted would be too small, and every limit with them.
    ValueError if there are too few neighbours.
    """
    centre, spread = np.nanmedian(values, axis=0), np.nanstd(values, axis=0)
    scaled = (values - centre) / spread
    step = float(np.median(np.diff(at)))
    times, known = no_tail(order, values.shape[1]).joined(at, scaled)
    past = _past(times, known, order, step)
    residuals = np.full(values.shape, np.nan)
    weights, offset = np.zeros((order, values.shape[1])), np.zeros(values.shape[1])
    for sensor in range(values.shape[1]):
        own, target = past[:, :, sensor], scaled[:, sensor]
        rows = np.flatnonzero(np.isfinite(target) & np.isfinite(own[:, 0]))
        if len(rows) < FEWEST:
            raise ValueError(
                f"only {len(rows)} rows follow one another closely enough to learn from"
            )
        residuals[rows, sensor] = _cross_fitted(rows, own, target)
        ridge = Ridge(alpha=RIDGE).fit(own[rows], target[rows])
        weights[:, sensor], offset[sensor] = ridge.coef_, ridge.intercept_
    error = np.maximum(np.sqrt(np.nanmean(residuals**2, axis=0)), 1e-9)
    return Predictor(centre, spread, weights, offset, error, step), residuals / error


def _past(times: Ints, known: Floats, order: int, step: float) -> Floats:
    """(n, order, d): the rows before each row, the newest first. `known` has `order` rows more.

    A silent row is taken to be as its neighbour; all are NaN where nothing is near enough.
    """
    n = len(known) - order
    past = np.stack([known[order - k : order - k + n] for k in range(1, order + 1)], axis=1)
    past[times[order:] - times[:-order] > GAP * order * step] = np.nan
    for here, older in zip(range(order - 2, -1, -1), range(order - 1, 0, -1), strict=True):
        past[:, here] = np.where(np.isnan(past[:, here]), past[:, older], past[:, here])
    for here in range(1, order):
        past[:, here] = np.where(np.isnan(past[:, here]), past[:, here - 1], past[:, here])
    return past


def _cross_fitted(rows: Ints, past: Floats, values: Floats) -> Floats:
    """What is left over of `rows`, block by block, by a fit of the others; neighbours are left out."""
    residuals = np.zeros(len(rows))
    for others, block in KFold(FOLDS).split(rows):
        first, last = rows[block[0]] - past.shape[1], rows[block[-1]] + past.shape[1]
        apart = rows[others][(rows[others] < first) | (rows[others] > last)]
        ridge = Ridge(alpha=RIDGE).fit(past[apart], values[apart])
        residuals[block] = values[rows[block]] - ridge.predict(past[rows[block]])
    return residuals
