"""What a device draws while nobody is on its table, which moves through the day. Pure."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from collectors.plug_use.power_curve import Floats, PowerCurve, by_minute
from core.time.clock import MINUTE

# What lasts longer without a dip is a level of its own: ready after standby, a drifting idle. Longer
# than any sequence of a magnet or screening of an angiography. Engineering.
LEVEL = 60 * MINUTE
STEPS = (
    0.02  # of all readings; where fewer differ from the one before, it is not noise. Engineering
)
OFF_W = 2.0  # less is off, and no level. Engineering


def above_idle(curve: PowerCurve) -> tuple[Floats, float]:
    """Watts above idle in each interval of the curve, and how much of it is noise (one sigma).

    Idle is the curve with each peak shorter than an hour cut off (a morphological opening of the
    lowest power of each minute), so steps between standby and ready keep their edges.
    """
    first, lowest = by_minute(curve)
    lowest[lowest <= OFF_W] = np.nan
    level = _opened(lowest, LEVEL // MINUTE)
    idle = level[np.minimum(curve.begin // MINUTE - first, len(level) - 1)]
    above = np.where(np.isfinite(idle) & (curve.watts > OFF_W), curve.watts - idle, 0.0)
    noise = _noise(curve.watts)
    # The opening is a lower envelope: the middle of the idle lies above it.
    quiet = above[(above != 0.0) & (np.abs(above) <= 8.0 * noise + 1e-9)]
    return above - (float(np.median(quiet)) if len(quiet) else 0.0), noise


def _noise(watts: Floats) -> float:
    steps = np.abs(np.diff(watts))
    moved = steps[steps > 0]
    if len(moved) <= STEPS * len(steps):
        return 0.0
    # 1.4826 of the median makes a sigma; a difference of two has that of one, times the root of 2.
    sigma = 1.0484 * float(np.median(steps))
    return max(sigma, float(np.percentile(moved, 5)) / 2.0)  # a meter of 10 W steps: 5 W


def _opened(lowest: Floats, width: int) -> Floats:
    """Minimum, then maximum, over windows of `width` minutes, and one minute on either side."""
    width = min(width, len(lowest))
    padded = np.where(np.isfinite(lowest), lowest, np.inf)
    eroded = sliding_window_view(padded, width).min(axis=1)  # of the window that begins there
    eroded[~np.isfinite(eroded)] = -np.inf
    # A minute in which the level steps has the lower of both: it takes its neighbours' too.
    around = np.pad(eroded, width, constant_values=-np.inf)
    opened: Floats = sliding_window_view(around, width + 2).max(axis=1)[: len(lowest)]
    opened[~np.isfinite(opened)] = np.nan
    return opened
