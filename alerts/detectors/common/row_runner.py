"""Runs a detector that judges every row by itself and the few before it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any, Protocol, cast

import numpy as np

from alerts.detectors.base import (
    AlgorithmRunner,
    DetectorAlgorithm,
    DetectorModel,
    DetectorVerdict,
    Frame,
    Limit,
    columns_read,
)
from alerts.detectors.common.alarm_state import AlarmState
from alerts.detectors.common.resample import empty, joined, only_plausible
from alerts.detectors.common.training_schedule import TrainingSchedule

LEAD_UP = 1000  # rows that a model is shown before the new ones


class RowModel(DetectorModel, Protocol):
    """A fitted detector that judges row by row; rows that it has judged already it passes over."""

    bias: float  # from the engineer's answers


class RowRunner(AlgorithmRunner):
    """Keeps the last rows and hands them to the model together with the new ones."""

    judges_each_row = True

    def __init__(
        self,
        algorithm: DetectorAlgorithm,
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> None:
        self._plausible = algorithm.settings.plausible
        self._recent = empty(columns_read(algorithm.settings))
        self._alarm = AlarmState(algorithm.settings.worth or 0.0, bias)
        self._schedule = TrainingSchedule()
        self._model: RowModel | None = None

    @staticmethod
    def training_rows(algorithm: DetectorAlgorithm, history: Frame) -> Frame:
        """The rows, without what cannot be true."""
        return only_plausible(history, algorithm.settings.plausible)

    def feed(self, rows: Frame) -> list[DetectorVerdict]:
        """A verdict for each row."""
        self._schedule.start(rows)
        verdicts = self._judge(only_plausible(rows, self._plausible))
        self._alarm.on = verdicts[-1].alarm if verdicts else self._alarm.on
        return verdicts

    def _judge(self, rows: Frame) -> list[DetectorVerdict]:
        silent = np.full(len(rows.at), np.nan)
        columns = {name: rows.columns.get(name, silent) for name in self._recent.columns}
        window = joined(self._recent, Frame(rows.at, columns))
        self._recent = window.rows(slice(-LEAD_UP, None))
        if self._model is None:
            return [DetectorVerdict(at, "learning", 0.0, False) for at in rows.at.tolist()]
        first = int(rows.at[0]) if len(rows.at) else 0
        return [verdict for verdict in self._model.score(window) if verdict.at >= first]

    def training_due(self, at: int) -> bool:
        """Is it time to learn (again)? Never in alarm."""
        return not self._alarm.on and self._schedule.is_due(at)

    def adopt(self, model: DetectorModel, history: Frame) -> None:
        """Judge by `model` from now on, which knows `history` already."""
        self._model = cast(RowModel, model)
        self._model.bias = self._alarm.bias
        self._judge(Frame(history.at[:0], {}))
        self._schedule.trained_at = int(history.at[-1])

    def serviced(self, at: int) -> None:
        """What was before `at` no longer tells what is normal; ends an alarm."""
        self._schedule.restart(at)
        self._alarm, self._model = self._alarm.cleared(), None

    def explain_steps(
        self, explained: Sequence[tuple[int, int]], sound_at: int, broken_at: int
    ) -> None:
        """It tells no steps."""

    def state(self) -> dict[str, object]:
        """The rows, and the model with where it stands."""
        model = None if self._model is None else self._model.state()
        recent = {"at": self._recent.at, "columns": dict(self._recent.columns), "model": model}
        return {**self._schedule.state(), "alarm": self._alarm.state(), "rows": recent}

    @classmethod
    def restored(
        cls,
        algorithm: DetectorAlgorithm,
        state: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> "RowRunner":
        """The runner as it was. KeyError or ValueError if `state` is of another version."""
        runner = cls(algorithm, limits=limits, zone=zone, bias=bias)
        recent = state["rows"]
        columns = {name: np.array(col, dtype=float) for name, col in recent["columns"].items()}
        runner._recent = Frame(np.array(recent["at"], dtype=np.int64), columns)
        runner._alarm = AlarmState.restored(state["alarm"], algorithm.settings.worth or 0.0, bias)
        runner._schedule = TrainingSchedule.restored(state)
        if recent["model"] is not None:
            runner._model = cast(RowModel, algorithm.restored(recent["model"]))
            runner._model.bias = bias
        return runner
