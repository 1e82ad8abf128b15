"""Runs a daily detector as its runner does: cells to days, a result at the end of each UTC day."""

from typing import Protocol

import numpy as np

from alerts.detectors.base import CELL, Floats, Frame
from alerts.detectors.common.alarm_state import FEW, AlarmState
from alerts.detectors.common.daily_model import LEAD_UP, DailyModel
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics
from core.time.clock import DAY

T0 = 20_454 * DAY  # a Thursday
CELLS = DAY // CELL


class DailyAlgorithm(Protocol):
    """A detector that judges once a day."""

    def fit(self, history: Frame, good: Floats | None = None) -> DailyModel:
        """Learn from cells."""
        ...


def frame(days: int, **columns: Floats) -> Frame:
    """Cells of so many days."""
    return Frame(T0 + CELL * np.arange(days * CELLS, dtype=np.int64), columns)


def daily_results(algorithm: DailyAlgorithm, cells: Frame, training_days: int) -> list[DailyResult]:
    """The result of each day after the first `training_days`, by a model of these."""
    begin = int(cells.at[0])
    model = algorithm.fit(cells.between(begin, begin + training_days * DAY))
    days, out = DailyStatistics(model.columns), []
    for day in range(begin, int(cells.at[-1]) + CELL, DAY):
        days.add(day + DAY, model.day(cells.between(day + DAY - LEAD_UP, day + DAY), day))
        if day >= begin + training_days * DAY:
            out.append(model.judge(days))
    return out


def alarms(results: list[DailyResult], worth: float) -> list[int]:
    """The days, from the first judged, that are in alarm."""
    alarm, out = AlarmState(worth), []
    for day, result in enumerate(results):
        alarm.update(result, FEW + day)  # as of a device that has been watched for long
        if alarm.on:
            out.append(day)
    return out


def delay(results: list[DailyResult], worth: float, fault: int) -> int | None:
    """Days from the fault's beginning, counted as `results` are, to the first alarm after it."""
    return next((n - fault for n in alarms(results, worth) if n >= fault), None)
