"""What every detector speaks: frames in, verdicts out. Pure: no store, no clock, no files.

A detector is fitted on history and gives a model; the model scores what came after. Both are
strictly causal: a verdict at t uses nothing after t.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from core.vocabulary.detection import VerdictKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Frame(NamedTuple):
    """Columns over one time axis, oldest first. What was not measured is NaN, never zero."""

    at: Ints  # (n,) UTC milliseconds, rising
    columns: dict[str, Floats]  # each (n,), in the unit its metric's name carries


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a detector says at one moment.

    `expected`, `low` and `high` are in the metric's unit, as `value` is; a healthy value lies between
    the latter two. `score` is calibrated on the device's own healthy history: 0 is usual, 1 was never
    seen. A forecast is there only while the alarm is: when `limit` is reached, with an interval that
    holds the truth 8 times in 10.
    """

    at: int  # UTC milliseconds
    kind: VerdictKind
    score: float
    alarm: bool
    value: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    carried_by: tuple[str, ...] = ()  # metrics or statistics, the heaviest first
    since: int | None = None  # when it began, as far as the detector can tell
    limit: float | None = None
    limit_at: int | None = None
    limit_at_low: int | None = None  # the earlier end of the interval
    limit_at_high: int | None = None  # the later end; None: perhaps never


class Model(Protocol):
    """A fitted detector."""

    def score(self, window: Frame) -> list[Verdict]:
        """Verdicts on the rows of `window`, oldest first."""
        ...


class Detector(Protocol):
    """Learns what is normal."""

    def fit(self, history: Frame) -> Model:
        """A model of rows that are taken to be healthy. ValueError says why there can be none."""
        ...
