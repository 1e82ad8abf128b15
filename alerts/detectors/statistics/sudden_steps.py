"""Steps that are made in one cell and stay: a refill, a recalibration, a sensor that was moved."""

import numpy as np

from alerts.detectors.base import Floats

AFTER = 18  # cells, three hours: the level before and after a step is the median of so many


def sudden_steps(rest: Floats) -> Floats:
    """For each cell: how far the level three hours after it lies from that of three hours before.

    0 where less than most of the way was made in that one cell, and in the last three hours, of which
    that cannot be known.
    """
    return np.abs(signed_steps(rest))


def signed_steps(rest: Floats, within: int = 1) -> Floats:
    """The same, negative where it fell; made `within` one cell, or two: it may come in the midst of one."""
    out = np.zeros(len(rest))
    here = np.flatnonzero(np.isfinite(rest))
    if len(here) < 2 * AFTER:
        return out
    values = rest[here]
    # Medians of values[i : i + AFTER]; to sort such short rows takes a quarter of what np.median does.
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(values, AFTER), axis=1)
    middle = (windows[:, AFTER // 2 - 1] + windows[:, AFTER // 2]) / 2
    step = middle[AFTER:] - middle[:-AFTER]  # before and after position i + AFTER
    position = np.arange(AFTER, AFTER + len(step))
    moved = values[position] - values[position - within]
    sudden = (np.sign(step) * moved > 0.6 * np.abs(step)) & (
        np.sign(step) * moved < 1.7 * np.abs(step)
    )
    out[here[position]] = np.where(sudden, step, 0.0)
    return out
