"""A pretend water loop for the tests: three sensors at 1 Hz, seeded."""

import numpy as np

from alerts.detectors.base import DetectorVerdict, Floats, Frame
from alerts.detectors.multivariate.model import MultivariateModel
from alerts.detectors.multivariate.training import Multivariate
from core.schema.detector import Detector

T0 = 1_790_000_000_000
LEARNED = 400
SETTINGS = Detector(id="loop", kind="multivariate", metric="flow_lpm")


def loop(rows: int = 1200, seed: int = 1, fault: slice | None = None, by: float = -3.0) -> Frame:
    """Flow that flickers, pressure with a memory, temperature that is slow; a fault moves the flow."""
    chance = np.random.default_rng(seed)
    flow = 32.0 + chance.normal(0.0, 0.5, rows)
    pressure = 3.0 + 0.1 * remembering(chance.normal(0.0, 1.0, rows), 0.6)
    temperature = 25.0 + remembering(chance.normal(0.0, 0.01, rows), 0.95)
    if fault is not None:
        flow[fault] += by * 0.5
    at = T0 + 1000 * np.arange(rows, dtype=np.int64)
    return Frame(at, {"flow_lpm": flow, "pressure_bar": pressure, "temperature_c": temperature})


def remembering(noise: Floats, keep: float) -> Floats:
    """Noise of which each value keeps a part of the one before."""
    out = np.array(noise)
    for n in range(1, len(out)):
        out[n] += keep * out[n - 1]
    return out


def rows_of(frame: Frame, begin: int, end: int | None = None) -> Frame:
    """Some of its rows."""
    return frame.rows(slice(begin, end))


def learned(frame: Frame) -> MultivariateModel:
    """A model of the first rows."""
    return Multivariate(SETTINGS).fit(rows_of(frame, 0, LEARNED))


def judged(frame: Frame) -> list[DetectorVerdict]:
    """The verdicts on the rows after these."""
    return learned(frame).score(rows_of(frame, LEARNED))
