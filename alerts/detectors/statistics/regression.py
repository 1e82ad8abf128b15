"""What a metric should be, given its context: ridge regression on its contexts, now and smoothed.

It is fitted within blocks of five days, whose means are taken out: a slow drift in the history then
has nothing to say, and the model does not learn the fault. How much to shrink is chosen by
cross-validation over whole blocks.
"""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import GroupKFold

from alerts.detectors.base import Bools, Floats, Frame, Ints
from alerts.detectors.statistics.lag_features import (
    TIME_CONSTANTS_MIN,
    Habit,
    filled,
    habit,
    lag_features,
    smoothed,
)
from core.time.clock import DAY

BLOCK = 5 * DAY
WARM_UP = 2 * DAY  # until the longest smoothing has filled
ALPHAS = np.logspace(-1, 4, 6)
SURE = 0.04  # of a context's standard deviation may be guesswork
LEAST = 0.5  # of a context that must have been measured
FEWEST_ROWS = (
    100  # cells that teach how a value follows its context; of fewer only its level is learned
)
TRIMMED = 4.0  # robust standard deviations


@dataclass(frozen=True)
class Surroundings:
    """Contexts without gaps, and how wrong the filled cells may be."""

    columns: dict[str, Floats]
    errors: tuple[Floats, ...]  # of each cell, in the context's unit
    long: tuple[Bools, ...]  # cells in a gap that was filled by habit

    def sure(self) -> Bools:
        """Cells that no gap of the last hours makes doubtful."""
        sure = np.ones(len(self.long[0]) if self.long else 0, dtype=bool)
        for values, errors in zip(self.columns.values(), self.errors, strict=True):
            sure &= smoothed(errors, 120.0) <= SURE * max(float(values.std()), 1e-12)
        return sure


@dataclass(frozen=True)
class Expectation:
    """A fitted regression. `weights` are a unit of the metric per unit of context, per time constant."""

    names: tuple[str, ...]
    weights: Floats  # (names, time constants)
    habits: tuple[Habit, ...]
    errors: Floats  # (names,) standard deviation of each context's weights together
    level: float  # what the metric is when every context is nothing

    def surroundings(self, cells: Frame) -> "Surroundings":
        """The contexts without gaps."""
        parts = [
            filled(cells.at, cells.columns[name], usual)
            for name, usual in zip(self.names, self.habits, strict=True)
        ]
        return Surroundings(
            columns={name: part[0] for name, part in zip(self.names, parts, strict=True)},
            errors=tuple(part[1] for part in parts),
            long=tuple(part[2] for part in parts),
        )

    def parts(self, columns: dict[str, Floats]) -> Floats:
        """(names, n): what each context adds."""
        return np.stack(
            [
                lag_features(columns, [name]) @ weights
                for name, weights in zip(self.names, self.weights, strict=True)
            ]
            or [np.zeros((0, 0))]
        )


def usable(history: Frame, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the contexts that were measured most of the time and moved at all."""
    chosen = []
    for name in names:
        values = history.columns.get(name)
        if values is None:
            continue
        here = np.isfinite(values)
        if here.mean() >= LEAST and np.nanstd(values) > 1e-9:
            chosen.append(name)
    return tuple(chosen)


def fit(history: Frame, metric: str, names: tuple[str, ...], good: Floats) -> Expectation:
    """The expectation of `metric` from contexts `names`, learned from the cells that are `good`.

    ValueError when fewer than ten days are left.
    """
    at, y = history.at, history.columns[metric]
    habits = tuple(habit(at, history.columns[name]) for name in names)
    none = np.zeros((len(names), len(TIME_CONSTANTS_MIN)))
    empty = Expectation(names, none, habits, np.zeros(len(names)), 0.0)
    around = empty.surroundings(history)
    rows = (good > 0) & np.isfinite(y) & (at >= at[0] + WARM_UP)
    if names:
        rows &= around.sure()
    rows &= ~spikes(y)
    if len(np.unique(at[rows] // DAY)) < 10:
        raise ValueError(f"fewer than 10 days of {metric} to learn from")
    if names and rows.sum() < FEWEST_ROWS:
        return fit(history, metric, (), good)
    if not names:
        return replace(empty, level=float(np.median(y[rows])))
    design = lag_features(around.columns, names)
    blocks = at // BLOCK
    weights, errors = _ridge(
        within(design[rows], blocks[rows]), within(y[rows], blocks[rows]), blocks[rows]
    )
    level = float(np.median(y[rows] - design[rows] @ weights))
    shaped = weights.reshape(len(names), -1)
    return Expectation(names, shaped, habits, errors, level)


def _ridge(design: Floats, target: Floats, blocks: Ints) -> tuple[Floats, Floats]:
    """The weights, and how sure the sum of each context's weights is (jackknife over blocks)."""
    sizes = np.maximum(design.std(axis=0), 1e-9)
    scaled = design / sizes
    alpha = _shrinkage(scaled, target, blocks)
    rest = target - scaled @ np.linalg.solve(*_normal(scaled, target, alpha))
    trimmed = np.abs(rest) < TRIMMED * max(robust(rest), 1e-9)
    scaled, target, blocks = scaled[trimmed], target[trimmed], blocks[trimmed]
    gram, dots = _normal(scaled, target, alpha)
    without = []
    for block in np.unique(blocks):
        x, y = scaled[blocks == block], target[blocks == block]
        part = np.linalg.solve(gram - x.T @ x, dots - x.T @ y) / sizes
        without.append(part.reshape(-1, len(TIME_CONSTANTS_MIN)).sum(axis=1))
    errors = np.std(without, axis=0) * np.sqrt(max(len(without) - 1, 1))
    return np.linalg.solve(gram, dots) / sizes, errors


def _normal(scaled: Floats, target: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Both sides of the normal equations of ridge regression."""
    return scaled.T @ scaled + alpha * np.eye(scaled.shape[1]), scaled.T @ target


def _shrinkage(scaled: Floats, target: Floats, blocks: Ints) -> float:
    """Of ALPHAS the one that predicts whole blocks best which were left out: by the mean R² of five folds.

    As RidgeCV of scikit-learn does, in a tenth of its time: a fold costs one small product for all of ALPHAS.
    """
    folds = GroupKFold(min(5, len(np.unique(blocks)))).split(scaled, target, blocks)
    gram, dots = _normal(scaled, target, 0.0)
    shrinking = ALPHAS[:, None, None] * np.eye(scaled.shape[1])
    scores = []
    for _, left_out in folds:
        x, y = scaled[left_out], target[left_out]
        weights = np.linalg.solve(gram - x.T @ x + shrinking, (dots - x.T @ y)[:, None])[..., 0]
        errors = ((y[:, None] - x @ weights.T) ** 2).sum(axis=0)
        scores.append(1.0 - errors / max(float(((y - y.mean()) ** 2).sum()), 1e-12))
    return float(ALPHAS[np.mean(scores, axis=0).argmax()])


def within(values: Floats, blocks: Ints) -> Floats:
    """The values less the mean of their block."""
    _, index = np.unique(blocks, return_inverse=True)
    counts = np.bincount(index)
    if values.ndim == 1:
        return np.asarray(values - (np.bincount(index, values) / counts)[index])
    means = np.stack([np.bincount(index, column) for column in values.T], axis=1) / counts[:, None]
    return np.asarray(values - means[index])


def robust(values: Floats) -> float:
    """Standard deviation, estimated from the median absolute deviation."""
    if not len(values):
        return 0.0
    return float(np.median(np.abs(values - np.median(values))) * 1.4826)


def spikes(values: Floats, times: float = 8.0) -> Bools:
    """Which cells stand out from the two before and after them, both ways."""
    around = np.full((5, len(values)), np.nan)
    for row, shift in enumerate((-2, -1, 0, 1, 2)):
        begin, end = max(0, shift), len(values) + min(0, shift)
        around[row, begin:end] = values[begin - shift : end - shift]
    counted = np.isfinite(around).sum(axis=0)
    # np.nanmedian takes twenty times as long for so few; what is not known is sorted last
    around.sort(axis=0)
    cells = np.arange(len(values))
    middle = (around[np.maximum(counted - 1, 0) // 2, cells] + around[counted // 2, cells]) / 2
    middle[counted < 3] = np.nan
    apart = np.abs(values - middle)
    known = apart[np.isfinite(apart)]
    limit = times * max(float(np.median(known)) * 1.4826 if len(known) else 0.0, 1e-9)
    # a meter with coarse steps has no middle deviation: its usual step is no spike
    limit = max(limit, 3.0 * float(np.quantile(known, 0.98)) if len(known) else 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(apart > limit)
