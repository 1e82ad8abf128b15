"""When to poll next. Pure; times are the event loop's monotonic seconds, so no clock jump matters."""

import math

from core.retry import Backoff

LONGEST_WAIT_S = 300.0  # for a device that does not answer
_GRID_S = 0.01


def on_grid(time: float) -> float:
    """The next hundredth of a second: many polls that begin together cost less than one after the other."""
    return math.ceil(time / _GRID_S) * _GRID_S


def next_due(start: float, every: float, now: float) -> float:
    """The next beat of `start + n * every` after `now`. Beats that were missed stay missed."""
    return start + (math.floor((now - start) / every) + 1) * every


def backoff(every: float, failures: int, jitter: float) -> float:
    """Seconds to leave a device alone after `failures` in a row: doubling, at most five minutes.

    `jitter` (0 to 1) spreads devices that died together, so they are not asked together.
    """
    doubling = Backoff(every, max(every, LONGEST_WAIT_S), jitter=(0.8, 1.0))
    return doubling.spread(doubling.pause(failures), jitter)
