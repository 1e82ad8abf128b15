"""What a value remembers of its surroundings: the context now, and smoothed over up to 36 hours.

A body that warms with a time constant follows its load smoothed over that constant; a mixture of a
few fixed constants comes near any other, so nothing about the body must be known.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.signal import lfilter

from alerts.detectors.base import Floats, Ints
from alerts.detectors.grid import CELL
from core.clock import HOUR

MEMORIES_MIN = (0, 15, 30, 60, 120, 240, 480, 1080, 2160)
HELD = 6  # cells for which the last value is good enough
WEEK = 168  # hours


def filled(at: Ints, values: Floats, habit: Floats) -> tuple[Floats, Floats]:
    """Gaps filled causally: an hour by the last value, longer by the habit of that hour of the week.

    Gives also which cells were filled by habit (1.0), for who must trust them less.
    """
    here = np.isfinite(values)
    index = np.where(here, np.arange(len(values)), -(10**9))
    newest = np.maximum.accumulate(index) if len(index) else index
    near = np.arange(len(values)) - newest <= HELD
    usual = habit[(at // HOUR) % WEEK]
    out = np.where(near, values[np.maximum(newest, 0)], usual)
    return out, (~near).astype(float)


def habit(at: Ints, values: Floats) -> Floats:
    """The mean of each hour of the week; what was never seen is the mean of all."""
    hours = (at // HOUR) % WEEK
    here = np.isfinite(values)
    counts = np.bincount(hours[here], minlength=WEEK)
    sums = np.bincount(hours[here], values[here], WEEK)
    mean = float(values[here].mean()) if here.any() else 0.0
    return np.where(counts > 0, sums / np.maximum(counts, 1), mean)


def smoothed(values: Floats, minutes: float) -> Floats:
    """Exponentially, with this time constant. It begins at the mean of the first day."""
    if minutes <= 0 or not len(values):
        return values
    keep = float(np.exp(-CELL / 60_000 / minutes))
    start = float(values[:144].mean())
    out, _ = lfilter([1.0 - keep], [1.0, -keep], values, zi=[keep * start])
    return np.asarray(out)


def memories(columns: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    """(n, names x MEMORIES_MIN): every column under every memory."""
    parts = [smoothed(columns[name], tau) for name in names for tau in MEMORIES_MIN]
    return np.stack(parts, axis=1)
