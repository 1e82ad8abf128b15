"""Least squares with weights that are not negative. Pure."""

import numpy as np

from collectors.plug_use.power_curve import Floats

_ENOUGH = 1e-9


def nonnegative(rows: Floats, target: Floats) -> Floats:
    """The weights x >= 0 that make `rows @ x` nearest to `target` (Lawson and Hanson, 1974)."""
    size = rows.shape[1]
    scale = np.sqrt((rows**2).sum(axis=0))
    scaled = rows / np.where(scale > 0, scale, 1.0)
    gram, aim = scaled.T @ scaled, scaled.T @ target
    weights, active = np.zeros(size), np.zeros(size, bool)
    for _ in range(3 * size):
        gain = np.where(active | (scale == 0), -np.inf, aim - gram @ weights)
        if gain.max(initial=-np.inf) <= _ENOUGH * max(float(np.abs(aim).max()), 1.0):
            break
        active[int(gain.argmax())] = True
        weights = _within(gram, aim, weights, active)
    return weights / np.where(scale > 0, scale, 1.0)


def _within(gram: Floats, aim: Floats, weights: Floats, active: np.ndarray) -> Floats:
    """The best weights of the active columns; a column that would turn negative leaves them."""
    while active.any():
        free = np.zeros(len(weights))
        ridge = 1e-9 * np.eye(int(active.sum()))
        free[active] = np.linalg.solve(gram[np.ix_(active, active)] + ridge, aim[active])
        negative = active & (free <= 0)
        if not negative.any():
            return free
        step = (weights[negative] / (weights[negative] - free[negative])).min()
        weights = np.maximum(weights + step * (free - weights), 0.0)
        active[negative & (weights <= 1e-12)] = False
        weights[~active] = 0.0
    return weights
