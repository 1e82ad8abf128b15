"""Made-up levels for the tests of fast losses, and their verdicts."""

from collections.abc import Sequence

import numpy as np

from alerts.detectors.base import DetectorVerdict, Floats, Frame, Limit
from alerts.detectors.replay import replay
from core.schema.detector import Detector
from tests.alerts.detectors.sample_devices import CELL, DAY, HELIUM, PER_DAY, START, slow

LIMITS = [Limit(60.0, "below")]
ONSET = 40  # days
USE = 0.04  # % a day


def level(days: int, step: float = 0.1, *, seed: int = 1, full: float = 90.1) -> Floats:
    """A healthy level each ten minutes: not rounded yet, but with its noise."""
    rng = np.random.default_rng(seed)
    n = days * PER_DAY
    noise = 0.02 if step == 0.0 else 0.1
    out = full - USE * np.arange(n) / PER_DAY
    return np.asarray(out + slow(rng, n, 0.5 * noise) + rng.normal(0.0, noise, n))


def lost(days: int, pace: float, begin: float = ONSET, end: float = np.inf) -> Floats:
    """What has leaked, % a day, from day `begin` to day `end`."""
    day = np.arange(days * PER_DAY) / PER_DAY
    return np.asarray(pace * np.clip(np.minimum(day, end) - begin, 0.0, None))


def rounded(values: Floats, step: float) -> Frame:
    """As a meter with this step shows it."""
    shown = np.round(values / step) * step if step else values
    return frame_of(shown)


def frame_of(values: Floats) -> Frame:
    """A level each ten minutes."""
    at = START + np.arange(len(values), dtype=np.int64) * CELL
    return Frame(at, {"helium_level_pct": values})


def judged(
    frame: Frame, settings: Detector = HELIUM, limits: Sequence[Limit] = LIMITS
) -> list[DetectorVerdict]:
    """All that is said of it."""
    ranged = settings.within({settings.metric: (0.0, 110.0)}) if settings is HELIUM else settings
    return list(replay(ranged, frame, limits=limits))


def alarms(verdicts: Sequence[DetectorVerdict]) -> list[float]:
    """Days from the first row."""
    return [(verdict.at - START) / DAY for verdict in verdicts if verdict.alarm]


def hours_late(verdicts: Sequence[DetectorVerdict], onset: float = ONSET) -> float:
    """From the onset to the first alarm; none may come before."""
    first = alarms(verdicts)[0]
    assert first > onset
    return (first - onset) * 24.0
