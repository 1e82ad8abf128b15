"""What a value remembers of its surroundings: the context now, and smoothed over up to 36 hours.

A body that warms with a time constant follows its load smoothed over that constant; a mixture of a
few fixed constants comes near any other, so nothing about the body must be known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from alerts.detectors.base import Bools, Floats, Ints
from alerts.detectors.common.resample import CELL
from core.time.clock import HOUR, MINUTE

MEMORIES_MIN = (0, 15, 30, 60, 120, 240, 480, 1080, 2160)
KEEPS = np.array([np.exp(-CELL / MINUTE / tau) if tau else 0.0 for tau in MEMORIES_MIN])
SHORT = 6  # cells of a gap that is drawn straight
WEEK = 168  # hours


@dataclass(frozen=True)
class Habit:
    """How a context usually is at each hour of the week, and how wrong it is to guess it."""

    mean: Floats  # (168,)
    mood: Floats  # (168,) standard deviation around `mean`: the error of a guess
    ripple: Floats  # (168,) error of a straight line through one missing cell


def habit(at: Ints, values: Floats) -> Habit:
    """Of one context. What was never seen is as the mean of all."""
    hours = (at // HOUR) % WEEK
    here = np.isfinite(values)
    whole = values[here] if here.any() else np.zeros(1)
    mean = _by_hour(hours, values, float(whole.mean()))
    mood = np.sqrt(_by_hour(hours, (values - mean[hours]) ** 2, float(whole.var())))
    line = np.full(len(values), np.nan)
    line[1:-1] = (values[1:-1] - 0.5 * (values[2:] + values[:-2])) ** 2 / 1.5
    known = line[np.isfinite(line)]
    ripple = np.sqrt(_by_hour(hours, line, float(known.mean()) if len(known) else 0.0))
    return Habit(mean, mood, ripple)


def _by_hour(hours: Ints, values: Floats, otherwise: float) -> Floats:
    here = np.isfinite(values)
    counts = np.bincount(hours[here], minlength=WEEK)
    sums = np.bincount(hours[here], values[here], WEEK)
    return np.where(counts > 0, sums / np.maximum(counts, 1), otherwise)


def filled(at: Ints, values: Floats, usual: Habit) -> tuple[Floats, Floats, Bools]:
    """The values without gaps; the error to expect of each cell; and which are in a long gap.

    A short gap is drawn straight, a long one is filled by habit. It looks ahead within `values`, so
    these must not go beyond the moment of judging.
    """
    here = np.isfinite(values)
    hours = (at // HOUR) % WEEK
    position = np.arange(len(values))
    before = np.maximum.accumulate(np.where(here, position, -(10**9)))
    after = np.minimum.accumulate(np.where(here, position, 10**9)[::-1])[::-1]
    long = ~here & ((after - before > SHORT + 1) & (position - before > 1))
    error = np.where(here, 0.0, np.where(long, usual.mood[hours], usual.ripple[hours]))
    if not here.any():
        return usual.mean[hours], usual.mood[hours], ~here
    straight = np.interp(position, position[here], values[here])
    return np.where(long, usual.mean[hours], straight), error, long


def smoothed(values: Floats, minutes: float) -> Floats:
    """Exponentially, with this time constant. It begins at the mean of the first day."""
    if minutes <= 0 or not len(values):
        return values
    keep = float(np.exp(-CELL / MINUTE / minutes))
    start = float(values[:144].mean())
    out, _ = lfilter([1.0 - keep], [1.0, -keep], values, zi=[keep * start])
    return np.asarray(out)


def memories(columns: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    """(n, names x MEMORIES_MIN): every column under every memory."""
    parts = [smoothed(columns[name], tau) for name in names for tau in MEMORIES_MIN]
    return np.stack(parts, axis=1)


def response(weights: Floats, length: int) -> Floats:
    """What one unit of a context in one cell adds to the metric, from that cell on."""
    after = np.arange(length)
    return np.asarray(((1.0 - KEEPS) * weights) @ KEEPS[:, None] ** after)
