"""What a value may follow of its surroundings: the context now, and smoothed over up to 36 hours.

A body that warms with a time constant follows its load smoothed over that constant; a mixture of a
few fixed constants comes near any other, so nothing about the body must be known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.signal import lfilter

from alerts.detectors.base import CELL, Bools, Floats, Ints
from core.time.clock import HOUR, MINUTE

TIME_CONSTANTS_MIN = (0, 15, 30, 60, 120, 240, 480, 1080, 2160)
KEEPS = np.array([np.exp(-CELL / MINUTE / tau) if tau else 0.0 for tau in TIME_CONSTANTS_MIN])
SHORT = 6  # cells of a gap that is drawn straight
WEEK = 168  # hours


@dataclass(frozen=True)
class Habit:
    """How a context usually is at each hour of the week, and how wrong it is to guess it."""

    mean: Floats  # (168,)
    spread: Floats = field(metadata={"saved_as": "mood"})  # (168,) error of a guess: around `mean`
    gap_error: Floats = field(metadata={"saved_as": "ripple"})  # (168,) of a line over one cell


def habit(at: Ints, values: Floats) -> Habit:
    """Of one context. What was never seen is as the mean of all."""
    hours = (at // HOUR) % WEEK
    here = np.isfinite(values)
    measured = values[here] if here.any() else np.zeros(1)
    mean = _by_hour(hours, values, float(measured.mean()))
    spread = np.sqrt(_by_hour(hours, (values - mean[hours]) ** 2, float(measured.var())))
    line = np.full(len(values), np.nan)
    line[1:-1] = (values[1:-1] - 0.5 * (values[2:] + values[:-2])) ** 2 / 1.5
    known = line[np.isfinite(line)]
    gap_error = np.sqrt(_by_hour(hours, line, float(known.mean()) if len(known) else 0.0))
    return Habit(mean, spread, gap_error)


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
    error = np.where(here, 0.0, np.where(long, usual.spread[hours], usual.gap_error[hours]))
    if not here.any():
        return usual.mean[hours], usual.spread[hours], ~here
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


def lag_features(columns: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    """(n, names x TIME_CONSTANTS_MIN): every column smoothed with every time constant."""
    parts = [smoothed(columns[name], tau) for name in names for tau in TIME_CONSTANTS_MIN]
    return np.stack(parts, axis=1)


def response(weights: Floats, length: int) -> Floats:
    """What one unit of a context in one cell adds to the metric, from that cell on."""
    after = np.arange(length)
    return np.asarray(((1.0 - KEEPS) * weights) @ KEEPS[:, None] ** after)
