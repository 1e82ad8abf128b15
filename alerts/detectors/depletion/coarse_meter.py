"""A meter that shows whole steps: what its level is between them, and when it is surely below that.

While a level lies within a step its readings tell nothing; how often they flicker to the next step does, and
so does the day on which they did. The line through all days since the refill is fitted through the
meter's staircase, and the readings of the last hours are held against it by their likelihood.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from alerts.detectors.base import Floats

NOISES = (0.05, 0.1, 0.2, 0.35, 0.6)  # of a step: what the readings scatter before they are rounded
SPANS = (3, 6, 12, 18, 36)  # cells of readings that are held against the line
LATELY = 60  # days through which the line is drawn
FEWEST_DAYS = 20
NEEDED = 5.0  # natural logarithm of the likelihood ratio
OUTLIER = 1e-5  # how likely any reading is, whatever the level
MARGIN = 0.35  # of a step: a loss that is smaller is none


@dataclass(frozen=True)
class LevelLine:
    """Where a level is by the days before, in its own unit."""

    level: float  # at `day`
    slope: float  # a day
    day: float
    error: float  # of the level: standard deviation
    wander: float  # of a day around the line
    noise: float  # of a reading before it is rounded


def shown(level: Floats, step: float, noise: float) -> Floats:
    """The mean of many readings of a level: a staircase, the rounder the more the readings scatter."""
    place = level / step
    whole = np.floor(place)
    part, wide = place - whole, noise / step
    more = ndtr((part - 0.5) / wide) + ndtr((part - 1.5) / wide) + ndtr((part + 0.5) / wide) - 1.0
    return np.asarray(step * (whole + more))


def line_through(day: Floats, mean: Floats, step: float) -> LevelLine | None:
    """The line whose staircase the days' means follow best; None if there are too few days."""
    day, mean = day[-LATELY:], mean[-LATELY:]
    if len(day) < FEWEST_DAYS:
        return None
    age = day - day[-1]
    slope, level = np.polyfit(age, mean, 1)
    slopes = slope + np.linspace(-1.0, 1.0, 11) * step / max(float(-age[0]), 1.0)
    levels = level + np.linspace(-0.8, 0.8, 65) * step
    lines = levels[None, :, None] + slopes[:, None, None] * age
    rests = np.stack([((shown(lines, step, w * step) - mean) ** 2).sum(axis=2) for w in NOISES])
    best = np.unravel_index(int(np.argmin(rests)), rests.shape)
    wander = max(float(np.sqrt(rests[best] / max(len(day) - 4, 1))), 0.05 * step)
    likely = np.exp(-0.5 * (rests - rests[best]) / wander**2).sum(axis=(0, 1))
    middle = float((likely * levels).sum() / likely.sum())
    error = float(np.sqrt((likely * (levels - middle) ** 2).sum() / likely.sum()))
    return LevelLine(
        middle, float(slopes[best[1]]), float(day[-1]), error, wander, NOISES[best[0]] * step
    )


def losses(level: Floats, day: Floats, line: LevelLine, step: float) -> tuple[Floats, Floats]:
    """(n,) how likely the last readings lie below the line, 1 is needed; and (n,) the line itself."""
    expected = line.level + line.slope * (day - line.day)
    margin = MARGIN * step + 1.5 * np.hypot(line.error, line.wander)
    below = np.arange(-6.0, 1.0, 0.05) * step
    here = np.isfinite(level)
    apart = np.where(here, level, 0.0)[:, None] - expected[:, None] - below
    likely = ndtr((apart + step / 2) / line.noise) - ndtr((apart - step / 2) / line.noise)
    sums = np.cumsum(np.where(here[:, None], np.log(likely + OUTLIER), 0.0), axis=0)
    sums = np.concatenate([np.zeros((1, len(below))), sums])
    best = np.full(len(level), -np.inf)
    for span in SPANS:
        first = np.maximum(np.arange(1, len(level) + 1) - span, 0)
        window = sums[1:] - sums[first]
        ratio = window.max(axis=1) - window[:, below >= -margin].max(axis=1)
        best = np.maximum(best, ratio / NEEDED)
    return best, expected
