"""What a day cannot tell: contexts that were guessed, a sensor that rests, a level that stepped."""

import numpy as np

from alerts.detectors.base import Bools, Floats
from alerts.detectors.statistics.lag_features import lag_features, response
from alerts.detectors.statistics.regression import Expectation, Surroundings
from alerts.detectors.statistics.sudden_steps import AFTER, sudden_steps


def doubts_of(expectation: Expectation, load: int, around: Surroundings, recent: Bools) -> Floats:
    """(n, m): how the residual would look if a guessed context was off by its usual error.

    One column for all long gaps of a context, whose errors go together; and one for each cell
    of the load that is missing.
    """
    n = len(recent)
    columns = []
    for number, weights in enumerate(expectation.weights):
        errors, long = around.errors[number], around.long[number]
        if long.any():
            columns.append(lag_features({"x": np.where(long, errors, 0.0)}, ["x"]) @ weights)
        if number == load:
            shape = response(weights, n)
            for cell in np.flatnonzero(recent & (errors > 0)):
                column = np.zeros(n)
                column[cell:] = errors[cell] * shape[: n - cell]
                columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((n, 0))


def stood_still(measured: Floats, expected: Floats, noise: float) -> bool:
    """Did the value rest on a day whose load should have moved it? Then the sensor is stuck."""
    moved = float(expected.std())
    return moved > 3.0 * noise and float(measured.std()) < 0.1 * moved


def without_load(rest: Floats, heat: Floats, late: Floats, rows: Bools) -> Floats:
    """(n,) the residual without what follows the load; NaN outside `rows`."""
    signs = np.stack([np.ones(len(rest)), heat, late], axis=1)
    by = np.linalg.lstsq(signs[rows], rest[rows], rcond=1e-6)[0]
    return np.where(rows, rest - signs[:, 1:] @ by[1:], np.nan)


def jumped(rest: Floats, today: int, jump: float) -> float:
    """Did the residual step, within one cell, to where it then stayed? 1.0 or 0.0."""
    steps = sudden_steps(rest)
    first = max(0, len(rest) - today - AFTER)
    return float(bool((steps[first:] > jump).any()))
