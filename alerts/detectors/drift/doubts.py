"""What a day cannot tell: contexts that were guessed, a sensor that rests, a level that stepped."""

from typing import NamedTuple

import numpy as np

from alerts.detectors.base import Bools, Floats
from alerts.detectors.statistics.lag_features import lag_features, response
from alerts.detectors.statistics.regression import Expectation, Surroundings, robust
from alerts.detectors.statistics.sudden_steps import AFTER, signed_steps

MOST_STEPS = 4  # large ones of a week
FAR = 8.0  # robust standard deviations
LARGE = 3.0  # times what is unusual
MIDST = 2.0  # times what is unusual within one cell is unusual within two


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


def without_load(rest: Floats, heat: Floats, late: Floats, rows: Bools, jump: float) -> Floats:
    """(n,) the residual without what follows the load; NaN outside `rows`.

    A large step is no load, or it would be spread over the days around it; what the last hours show
    may be the beginning of one, so they do not tell.
    """
    signs = np.stack([np.ones(len(rest)), heat, late], axis=1)
    fitted = rows.copy()
    fitted[-AFTER:] = False
    for _ in range(MOST_STEPS):
        by = _fit(signs[fitted], rest[fitted])
        out = np.where(rows, rest - signs[:, 1:3] @ by[1:3], np.nan)
        left = np.where(rows, rest - signs @ by, np.nan)
        steps = np.maximum(np.abs(signed_steps(left)), np.abs(signed_steps(left, within=2)))
        if not steps.max() > LARGE * jump:
            break
        signs = np.column_stack([signs, np.arange(len(rest)) >= int(np.argmax(steps))])
    return out


def _fit(signs: Floats, values: Floats) -> Floats:
    """Least squares, once more without what lies far from them: a value that jumps up and down is no load."""
    by = np.asarray(np.linalg.lstsq(signs, values, rcond=1e-6)[0])
    if not len(values):
        return by
    left = values - signs @ by
    near = np.abs(left - np.median(left)) < FAR * max(robust(left), 1e-9)
    if near.sum() < len(near) / 2:
        return by
    return np.asarray(np.linalg.lstsq(signs[near], values[near], rcond=1e-6)[0])


class Jump(NamedTuple):
    """What the residual did within a day."""

    size: float  # from the hours before its first step to those after its last
    cell: int  # of the first step


def jumped(rest: Floats, calm: Floats, today: int, jump: float) -> Jump | None:
    """Did the residual step, within one cell, to where it then stayed? `calm` is it without the load.

    A large step may take two cells: it comes in the midst of one.
    """
    once, slower = np.abs(signed_steps(calm)), np.abs(signed_steps(calm, within=2))
    first = max(0, len(rest) - today - AFTER)
    steps = np.where(slower > MIDST * jump, np.maximum(once, slower), once)[first:]
    stepped = first + np.flatnonzero(steps > jump)
    if not len(stepped):
        return None
    before, after = rest[: stepped[0]], rest[stepped[-1] :]
    before, after = before[np.isfinite(before)][-AFTER:], after[np.isfinite(after)][:AFTER]
    size = float(np.median(after) - np.median(before))
    return Jump(size, first + int(np.argmax(steps)))
