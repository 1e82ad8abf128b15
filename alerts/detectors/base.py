"""What every detector speaks: frames in, verdicts out. Pure: no store, no clock, no files.

An algorithm is fitted on history and gives a model; a runner brings a model the rows that come, live.
All of it is strictly causal: a verdict at t uses nothing after t.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from core.schema.detector import Detector
from core.time.clock import DAY, MINUTE
from core.vocabulary.detection import VerdictKind
from core.vocabulary.evidence import Evidence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CELL = 10 * MINUTE  # the step of the axis on which detectors that judge once a day work
HISTORY = 180 * DAY  # of rows that training wants

Side = Literal["above", "below"]


class Frame(NamedTuple):
    """Columns over one time axis, oldest first. What was not measured is NaN, never zero."""

    at: Ints  # (n,) UTC milliseconds, rising
    columns: dict[str, Floats]  # each (n,), in the unit its metric's name carries

    def rows(self, chosen: slice | Bools) -> "Frame":
        """Some of its rows."""
        return Frame(self.at[chosen], {name: col[chosen] for name, col in self.columns.items()})

    def between(self, begin: int, end: int) -> "Frame":
        """The rows from `begin` up to, not including, `end` (UTC milliseconds)."""
        low, high = np.searchsorted(self.at, [begin, end])
        return self.rows(slice(low, high))


@dataclass(frozen=True, slots=True)
class Limit:
    """What a forecast looks at."""

    value: float  # in the metric's unit
    direction: Literal["above", "below", "both"]

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides on which it can be reached."""
        return ("above", "below") if self.direction == "both" else (self.direction,)


@dataclass(frozen=True, slots=True)
class DetectorVerdict:
    """What a detector says of one moment; `storage.records` has a row of it.

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
    reason: str = (
        ""  # why nothing can be said of the device, or the likely cause of a sensor's fault
    )
    is_news: bool = False  # it is told at once, whatever was told today
    evidence: tuple[Evidence, ...] = ()  # what moved, from what to what, and what is not known


class DetectorModel(Protocol):
    """A fitted detector."""

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """Verdicts on the rows of `window`, oldest first."""
        ...

    def state(self) -> dict[str, object]:
        """Plain values and arrays from which the `restored` of its algorithm makes it again."""
        ...


class DetectorRunner(Protocol):
    """One detector on one component, live: rows in, verdicts out, whatever the cut of the rows."""

    def feed(self, rows: Frame) -> list[DetectorVerdict]:
        """The verdicts that these rows, newer than all before, complete; oldest first."""
        ...

    def training_due(self, at: int) -> bool:
        """Is it time to learn (again)? Never in alarm."""
        ...

    def adopt(self, model: DetectorModel, history: Frame) -> None:
        """Judge by `model` from now on; `history` are the rows that led to it."""
        ...

    def serviced(self, at: int) -> None:
        """What was before `at` no longer tells what is normal; ends an alarm."""
        ...

    def explain_steps(
        self, explained: Sequence[tuple[int, int]], sound_at: int, broken_at: int
    ) -> None:
        """Spans of work that explain a step of the level, and when somebody last called one sound or
        broken; UTC ms, 0 is never."""
        ...

    def state(self) -> dict[str, object]:
        """Everything to go on from, in plain values and arrays."""
        ...


class AlgorithmRunner(DetectorRunner, Protocol):
    """The same, with how it is made of an algorithm; `common/` has one for days and one for rows."""

    judges_each_row: ClassVar[bool]  # by itself; else all rows of a day together

    def __init__(
        self,
        algorithm: "DetectorAlgorithm",
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> None: ...

    @classmethod
    def restored(
        cls,
        algorithm: "DetectorAlgorithm",
        state: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> Self:
        """The runner as it was. KeyError or ValueError if `state` is of another version."""
        ...

    @staticmethod
    def training_rows(algorithm: "DetectorAlgorithm", history: Frame) -> Frame:
        """The rows of `history` as a model may be fitted on them."""
        ...


class DetectorAlgorithm(ABC):
    """One kind of detector: how it learns what is normal, and what runs it.

    It has a folder of its own and one line in `alerts/detectors/__init__.py`; what the others must know
    of a kind they ask here.
    """

    runner: ClassVar[type[AlgorithmRunner]]
    metric_is_counter: ClassVar[bool] = False  # metric and use rightly stand still for weeks
    level_may_rest: ClassVar[bool] = False  # a disk stands still, a battery steps once a week
    # The newest weeks are not learned from: a slow fault may have begun unseen. Scanward's defaults: most
    # slow faults of benchmarks/detect are told within them. So much must remain, or less is left out.
    left_out: ClassVar[int] = 28 * DAY
    learned_from: ClassVar[int] = 34 * DAY
    watches_every_column: ClassVar[bool] = False  # of a table in hand

    def __init__(self, settings: Detector) -> None:
        self.settings = settings

    @abstractmethod
    def fit(self, history: Frame, good: Floats | None = None) -> DetectorModel:
        """A model of the healthy rows, where `good` is above 0 (all). ValueError says why there is none."""

    @abstractmethod
    def restored(self, state: Mapping[str, Any]) -> DetectorModel:
        """The model whose `state` this is."""


def columns_read(settings: Detector) -> tuple[str, ...]:
    """The columns of a frame that a detector reads."""
    per = [settings.per] if settings.per else []
    return (settings.metric, *settings.context, *settings.beside, *per)
