"""Runs a detector that judges once a day: rows become cells, cells become days.

It keeps the open cell, the cells of the last days and a table of daily statistics, never the raw
history. Everything that is judged is a pure function of cells and days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, cast

import numpy as np

from alerts.detectors.base import (
    CELL,
    AlgorithmRunner,
    DetectorAlgorithm,
    DetectorModel,
    DetectorVerdict,
    Frame,
    Limit,
    columns_read,
)
from alerts.detectors.common.alarm_state import AlarmState
from alerts.detectors.common.daily_forecast import with_forecast
from alerts.detectors.common.daily_model import LEAD_UP, DailyModel
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics, StepAnswers
from alerts.detectors.common.fast_watch import FastWatch
from alerts.detectors.common.resample import Resampler, day_after, empty, joined
from alerts.detectors.common.sensor_check import SensorCheck, SensorChecks, clean_cells
from alerts.detectors.common.single_thread import single_thread
from alerts.detectors.common.training_schedule import TrainingSchedule
from core.time.clock import DAY
from core.vocabulary.detection import VerdictKind
from core.vocabulary.evidence import Evidence

NEVER = 2**62  # later than any cell


class DailyRunner(AlgorithmRunner):
    """One verdict at the end of each local day, and one at once when a sensor's fault or a fast loss
    begins or ends."""

    judges_each_row = False

    def __init__(
        self,
        algorithm: DetectorAlgorithm,
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> None:
        settings, names = algorithm.settings, columns_read(algorithm.settings)
        self._algorithm, self._limits, self._zone = algorithm, tuple(limits), zone
        self._resampler = Resampler(names, settings.plausible)
        self._cells = empty(names)
        self._sensors = SensorChecks(algorithm)
        self._alarm = AlarmState(settings.worth or 0.0, bias)
        self._fast = FastWatch(settings.metric if algorithm.level_may_rest else None, self._limits)
        self._schedule = TrainingSchedule()
        self._day: int | None = None  # beginning of the open day
        self._model: DailyModel | None = None
        self._days: DailyStatistics | None = None
        self._step: tuple[Evidence, ...] = ()  # that is told now
        self._answers = StepAnswers()

    @staticmethod
    def training_rows(algorithm: DetectorAlgorithm, history: Frame) -> Frame:
        """The cells, without what a faulty sensor says."""
        return clean_cells(algorithm, history)

    # -- rows ----------------------------------------------------------------------------------
    def feed(self, rows: Frame) -> list[DetectorVerdict]:
        """The verdicts that these rows, newer than all before, complete; oldest first."""
        self._schedule.start(rows)
        verdicts: list[DetectorVerdict] = []
        cells = self._resampler.add(rows)
        while len(cells.at):
            self._day = int(cells.at[0]) if self._day is None else self._day
            end = day_after(self._day, self._zone)
            verdicts += self._append(cells.between(0, end), end)
            cells = cells.between(end, NEVER)
            if int(self._cells.at[-1]) + CELL >= end:
                verdicts.append(self._close_day(self._day, end))
                self._day = end
        return verdicts

    def _append(self, cells: Frame, end: int) -> list[DetectorVerdict]:
        """The verdicts on sensors, which leave the alarm as it is, and on what is lost fast."""
        before = len(self._cells.at)
        self._cells = joined(self._cells, cells)
        slow = self._alarm.on
        losses, alarms = self._fast.add(cells, self._model, end)
        faults = [
            self._lasting(replace(verdict, alarm=slow or alarms[verdict.at - CELL]))
            for verdict in self._sensors.clean(self._cells, before, self._resampler.refused)
        ]
        losses = [verdict for verdict in losses if verdict.alarm or not slow]  # else it is not over
        return sorted([*faults, *losses], key=lambda verdict: verdict.at)

    def _lasting(self, verdict: DetectorVerdict) -> DetectorVerdict:
        """That a sensor is well again ends neither an alarm nor what is told of a step."""
        if verdict.kind != "normal" or not (self._alarm.on or self._step):
            return verdict
        standing: VerdictKind = "anomaly" if self._alarm.on else "step"
        return replace(verdict, kind=standing, evidence=self._step)

    def _close_day(self, begin: int, end: int) -> DetectorVerdict:
        """The verdict on the day from `begin` to `end`."""
        cells, self._cells = self._cells, self._cells.between(end - LEAD_UP, NEVER)
        self._fast.forget(end - LEAD_UP)
        if self._model is None or self._days is None:
            return DetectorVerdict(end, "learning", 0.0, False)
        with single_thread():
            self._days.add(end, self._model.day(cells, begin))
            if end // DAY % 7 == 0 and not self.is_in_alarm:
                self._model = self._model.recalibrated(self._days)
            result = self._model.judge(self._days)
            self._fast.look(self._model, self._days)
            if not result.reason:
                self._alarm.update(result, len(self._days))
                self._step = tuple(shown for shown in result.evidence if shown.name == "step")
            verdict = self._verdict(result, end)
            if self._fast.alarm.on and not result.reason:
                verdict = self._fast.daily(verdict)
                if self._fast.tells_limit(end):
                    return self._fast.with_limit(verdict)
            return with_forecast(verdict, self._model, self._days, result, self._limits)

    def _verdict(self, result: DailyResult, end: int) -> DetectorVerdict:
        on = self.is_in_alarm
        if result.reason:
            at_hand: VerdictKind = "cannot_judge"
            return DetectorVerdict(end, at_hand, 0.0, on, value=result.value, reason=result.reason)
        low, high = result.band(self._algorithm.settings.accuracy)
        usual: VerdictKind = "unfit" if getattr(self._model, "is_unfit", False) else "normal"
        stepped = usual if result.step_at is None else "step"
        kind: VerdictKind = "anomaly" if on else stepped
        return DetectorVerdict(
            end,
            kind,
            1.0 if kind == "step" else self._alarm.score(result.z),
            on,
            value=result.value,
            expected=result.expected,
            low=low,
            high=high,
            carried_by=("mean",) if kind == "step" else result.carried_by,
            evidence=tuple(
                shown
                for shown in result.evidence
                if on or shown.name == "step" or not shown.numbers
            ),
            since=result.since if on else result.step_at,
        )

    # -- learning ------------------------------------------------------------------------------
    @property
    def is_in_alarm(self) -> bool:
        """Slow or fast."""
        return self._alarm.on or self._fast.alarm.on

    def training_due(self, at: int) -> bool:
        """Is it time to learn (again)? Never in alarm."""
        return not self.is_in_alarm and self._schedule.is_due(at)

    def adopt(self, model: DetectorModel, history: Frame) -> None:
        """Judge by `model` from now on; its daily statistics are made anew from `history`."""
        daily = cast(DailyModel, model)
        cells = clean_cells(self._algorithm, history)
        days = DailyStatistics(daily.columns, most=daily.most_days)
        last = self._day if self._day is not None else 0
        begin = int(cells.at[0]) if len(cells.at) else last
        with single_thread():
            while begin < last:
                end = day_after(begin, self._zone)
                days.add(end, daily.day(cells.between(end - LEAD_UP, end), begin))
                begin = end
            if self._days is not None:
                days.continues(self._days, daily.remembered)
            days.answers = self._answers
            self._model, self._days = daily.recalibrated(days), days
            self._fast.look(self._model, days)
        self._schedule.trained_at = last

    def serviced(self, at: int) -> None:
        """What was before `at` no longer tells what is normal; ends an alarm."""
        self._schedule.restart(at)
        self._model, self._days = None, None
        self._alarm = self._alarm.cleared()
        self._fast.clear()
        self._step = ()
        serviced = (0, at + DAY)  # often logged before it is over
        self._answers = self._answers._replace(explained=(*self._answers.explained, serviced))

    def explain_steps(
        self, explained: Sequence[tuple[int, int]], sound_at: int, broken_at: int
    ) -> None:
        """Spans of work that explain a step of the level, and when somebody last called one sound or broken.

        UTC ms, 0 is never. An answer tells of the steps before its day: of that day's nobody knew yet.
        """
        sound, broken = (
            day_after(at - DAY, self._zone) if at else 0 for at in (sound_at, broken_at)
        )
        self._answers = StepAnswers(((0, sound), *explained), broken)
        if self._days is not None:
            self._days.answers = self._answers

    # -- to be saved ---------------------------------------------------------------------------
    def state(self) -> dict[str, object]:
        """Everything to go on from, in plain values and arrays."""
        return {
            **self._schedule.state(),
            "grid": self._resampler.state(),
            "cells": {"at": self._cells.at, "columns": dict(self._cells.columns)},
            "sensors": [sensor.state() for sensor in self._sensors.each],
            "alarm": self._alarm.state(),
            **self._fast.state(),
            **self._steps_state(),
            "day": self._day,
            "model": None if self._model is None else self._model.state(),
            "days": None if self._days is None else self._days.state(),
        }

    def _steps_state(self) -> dict[str, object]:
        """Nothing, where nothing is known of a step: as an older version kept it."""
        if not self._step and self._answers == StepAnswers():
            return {}
        spans = [list(span) for span in self._answers.explained]
        answers = [spans, self._answers.broken_until]
        return {"step": [list(shown.numbers) for shown in self._step], "answers": answers}

    @classmethod
    def restored(
        cls,
        algorithm: DetectorAlgorithm,
        state: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> "DailyRunner":
        """The runner as it was. KeyError or ValueError if `state` is of another version."""
        runner = cls(algorithm, limits=limits, zone=zone, bias=bias)
        settings, names = algorithm.settings, columns_read(algorithm.settings)
        cells = state["cells"]
        columns = {name: np.array(cells["columns"][name], dtype=float) for name in names}
        runner._resampler = Resampler.restored(names, state["grid"], settings.plausible)
        runner._cells = Frame(np.array(cells["at"], dtype=np.int64), columns)
        runner._sensors.each = [SensorCheck.restored(sensor) for sensor in state["sensors"]]
        runner._alarm = AlarmState.restored(state["alarm"], settings.worth or 0.0, bias)
        runner._fast.restore(state)
        runner._schedule = TrainingSchedule.restored(state)
        runner._day = state["day"]
        runner._step = tuple(Evidence("step", tuple(n)) for n in state.get("step", ()))
        spans, broken = state.get("answers", ((), 0))
        runner._answers = StepAnswers(tuple((int(a), int(b)) for a, b in spans), int(broken))
        if state["model"] is not None:
            runner._model = cast(DailyModel, algorithm.restored(state["model"]))
            runner._days = DailyStatistics.restored(
                state["days"], runner._model.columns, runner._model.most_days
            )
            runner._days.answers = runner._answers
            runner._fast.look(runner._model, runner._days)
        return runner
