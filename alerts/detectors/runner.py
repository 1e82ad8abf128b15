"""One detector on one component, live: rows in, verdicts out, whatever the cut of the rows.

It keeps the open cell, the cells of the last days and a table of daily statistics, never the raw
history. Everything that is judged is a pure function of cells and days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, cast

import numpy as np

from alerts.detectors import KINDS, ROWWISE
from alerts.detectors.base import Frame, Model, Verdict
from alerts.detectors.common.alarm_state import Alarm
from alerts.detectors.common.daily_model import LED, SlowModel
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.resample import CELL, Grid, believable, day_after, empty, joined, part
from alerts.detectors.common.sensor_check import Sensor
from alerts.detectors.common.single_thread import one_thread
from alerts.detectors.multivariate.runner import RowModel, Rows
from alerts.detectors.statistics.limit_forecast import Limit, foretell
from core.schema.detector import Detector
from core.time.clock import DAY
from core.vocabulary.detection import VerdictKind

COLD = 24 * DAY  # of history before the first model
AGAIN = 30 * DAY
NEEDS = 180 * DAY


def names_of(settings: Detector) -> tuple[str, ...]:
    """The columns of a frame that this detector reads."""
    per = [settings.per] if settings.per else []
    return (settings.metric, *settings.context, *settings.beside, *per)


def sensed(settings: Detector) -> tuple[str, ...]:
    """The columns whose sensor can be stuck or absent: a counter rightly stands still for weeks."""
    counters = {settings.metric, settings.per} if settings.kind == "counts" else set()
    return tuple(name for name in names_of(settings) if name not in counters)


def train(
    settings: Detector,
    history: Frame,
    *,
    left_out: Sequence[tuple[int, int]] = (),
    zone: tzinfo = UTC,
) -> Model:
    """A model of the rows of `history` that are outside the spans `left_out` (UTC milliseconds).

    CPU-heavy (seconds) and pure. ValueError says why there can be none.
    """
    slow = settings.kind not in ROWWISE
    cells = cleaned(settings, history) if slow else believable(history, settings.plausible)
    good = np.ones(len(cells.at))
    for begin, end in left_out:
        good[(cells.at >= begin) & (cells.at < end)] = 0.0
    learner: Any = KINDS[settings.kind](settings)
    with one_thread():
        if slow:
            model: Model = learner.fit(cells, good)
        else:
            kept = {name: column[good > 0] for name, column in cells.columns.items()}
            model = learner.fit(Frame(cells.at[good > 0], kept))
    return model


def cleaned(settings: Detector, rows: Frame) -> Frame:
    """The cells of `rows` without what a faulty sensor says."""
    watch = Sensors(settings)
    cells = Grid(names_of(settings), settings.plausible).add(rows)
    watch.clean(cells, 0)
    return cells


class Sensors:
    """The sensors of all columns."""

    def __init__(self, settings: Detector) -> None:
        level = settings.metric if settings.kind == "depletion" else ""
        self.each = [Sensor(name, may_rest=name == level) for name in sensed(settings)]
        self._others = set(names_of(settings)) - set(sensed(settings))

    def clean(self, cells: Frame, first: int) -> list[Verdict]:
        """Blank, from row `first` on, what cannot be used; and what there is to tell."""
        told: list[Verdict] = []
        for name in self._others:
            values = cells.columns[name][first:]
            values[np.isinf(values)] = np.nan
        for sensor in self.each:
            values = cells.columns[sensor.name]
            moments = cells.at[first:].tolist()
            for i, (at, value) in enumerate(zip(moments, values[first:].tolist(), strict=True)):
                values[first + i], verdict = sensor.step(at, value)
                if verdict is None:
                    continue
                told.append(verdict)
                if verdict.kind == "stuck" and verdict.since is not None:
                    begun = int(np.searchsorted(cells.at, verdict.since))
                    values[begun : first + i + 1] = np.nan
        return sorted(told, key=lambda one: one.at)


class Watch:
    """Buffers, judges, and knows when it wants to learn again."""

    needs = NEEDS  # ms of history that `train` and `adopt` want

    def __init__(
        self,
        settings: Detector,
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> None:
        self._settings, self._limits, self._zone = settings, tuple(limits), zone
        names = names_of(settings)
        self._rows = Rows(names) if settings.kind in ROWWISE else None
        self._grid = Grid(names, settings.plausible)
        self._cells = empty(names)
        self._sensors = Sensors(settings)
        self._alarm = Alarm(settings.worth or 0.0, bias)
        self._begun: int | None = None  # the first row, or the last service
        self._day: int | None = None  # beginning of the open day
        self._trained: int | None = None
        self._model: SlowModel | None = None
        self._days: Days | None = None

    # -- rows ----------------------------------------------------------------------------------
    def feed(self, rows: Frame) -> list[Verdict]:
        """The verdicts that these rows, newer than all before, complete; oldest first."""
        if len(rows.at):
            self._begun = int(rows.at[0]) if self._begun is None else self._begun
        if self._rows is not None:
            return self._by_row(self._rows, believable(rows, self._settings.plausible))
        told: list[Verdict] = []
        cells = self._grid.add(rows)
        while len(cells.at):
            self._day = int(cells.at[0]) if self._day is None else self._day
            end = day_after(self._day, self._zone)
            told += self._take(part(cells, 0, end))
            cells = part(cells, end, 2**62)
            if int(self._cells.at[-1]) + CELL >= end:
                told.append(self._close(self._day, end))
                self._day = end
        return told

    def _by_row(self, kept: Rows, rows: Frame) -> list[Verdict]:
        told = kept.feed(rows)
        self._alarm.on = told[-1].alarm if told else self._alarm.on
        return told

    def _take(self, cells: Frame) -> list[Verdict]:
        """Add cells. What a sensor's fault says leaves the alarm as it is."""
        before = len(self._cells.at)
        self._cells = joined(self._cells, cells)
        told = self._sensors.clean(self._cells, before)
        return [replace(one, alarm=self._alarm.on) for one in told]

    def _close(self, begin: int, end: int) -> Verdict:
        """The verdict on the day from `begin` to `end`."""
        cells, self._cells = self._cells, part(self._cells, end - LED, 2**62)
        if self._model is None or self._days is None:
            return Verdict(end, "learning", 0.0, False)
        with one_thread():
            self._days.add(end, self._model.day(cells, begin))
            if end // DAY % 7 == 0 and not self._alarm.on:
                self._model = self._model.settled(self._days)
            finding = self._model.judge(self._days)
            self._alarm.move(finding, len(self._days))
            return self._verdict(finding, end)

    def _verdict(self, finding: Finding, end: int) -> Verdict:
        on = self._alarm.on
        usual: VerdictKind = "unfit" if getattr(self._model, "is_unfit", False) else "normal"
        verdict = Verdict(
            end,
            "anomaly" if on else usual,
            self._alarm.score(finding.z),
            on,
            value=finding.value,
            expected=finding.expected,
            low=finding.low,
            high=finding.high,
            carried_by=finding.carried_by,
            since=finding.since if on else None,
        )
        assert self._model is not None
        assert self._days is not None
        return foretell(verdict, self._model, self._days, finding, self._limits)

    # -- learning ------------------------------------------------------------------------------
    def training_due(self, at: int) -> bool:
        """Is it time to learn (again)? Never in alarm."""
        if self._begun is None or self._alarm.on:
            return False
        if self._trained is None:
            return at - self._begun >= COLD
        return at - self._trained >= AGAIN

    def adopt(self, model: Model, history: Frame) -> None:
        """Judge by `model` from now on; its daily statistics are made anew from `history`."""
        if self._rows is not None:
            by_row = cast(RowModel, model)
            by_row.bias = self._alarm.bias
            self._rows.model = by_row
            self._rows.feed(Frame(history.at[:0], {}))
            self._trained = int(history.at[-1])
            return
        slow = cast(SlowModel, model)
        cells = cleaned(self._settings, history)
        days = Days(slow.columns)
        last = self._day if self._day is not None else 0
        begin = int(cells.at[0]) if len(cells.at) else last
        with one_thread():
            while begin < last:
                end = day_after(begin, self._zone)
                days.add(end, slow.day(part(cells, end - LED, end), begin))
                begin = end
            self._model, self._days = slow.settled(days), days
        self._trained = last

    def serviced(self, at: int) -> None:
        """What was before `at` no longer tells what is normal; ends an alarm."""
        self._begun, self._trained, self._model, self._days = at, None, None, None
        self._alarm = Alarm(self._alarm.worth, self._alarm.bias)
        if self._rows is not None:
            self._rows.model = None

    # -- to be saved ---------------------------------------------------------------------------
    def state(self) -> dict[str, object]:
        """Everything to go on from, in plain values and arrays."""
        model = None if self._model is None else self._model.state()
        return {
            "grid": self._grid.state(),
            "cells": {"at": self._cells.at, "columns": dict(self._cells.columns)},
            "sensors": [sensor.state() for sensor in self._sensors.each],
            "alarm": self._alarm.state(),
            "begun": self._begun,
            "day": self._day,
            "trained": self._trained,
            "model": model,
            "days": None if self._days is None else self._days.state(),
            "rows": None if self._rows is None else self._rows.state(),
        }

    @classmethod
    def restored(
        cls,
        settings: Detector,
        state: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> "Watch":
        """The watch as it was. KeyError or ValueError if `state` is of another version."""
        watch = cls(settings, limits=limits, zone=zone, bias=bias)
        names = names_of(settings)
        watch._grid = Grid.restored(names, state["grid"], settings.plausible)
        cells = state["cells"]
        columns = {name: np.array(cells["columns"][name], dtype=float) for name in names}
        watch._cells = Frame(np.array(cells["at"], dtype=np.int64), columns)
        watch._sensors.each = [Sensor.restored(one) for one in state["sensors"]]
        watch._alarm = Alarm.restored(state["alarm"], settings.worth or 0.0, bias)
        watch._begun, watch._day = state["begun"], state["day"]
        watch._trained = state["trained"]
        if state["model"] is not None:
            watch._model = KINDS[settings.kind].restored(settings, state["model"])
            watch._days = Days.restored(state["days"])
        if watch._rows is not None:
            watch._rows.restore(state["rows"])
            if state["rows"]["model"] is not None:
                model = KINDS[settings.kind].restored(settings, state["rows"]["model"])
                model.bias = bias
                watch._rows.model = model
        return watch


__all__ = ["Limit", "Watch", "cleaned", "names_of", "train"]
