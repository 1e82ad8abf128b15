"""Runs a slow detector as the watch does: cells to days, a verdict at the end of each UTC day."""

from typing import Protocol

import numpy as np

from alerts.detectors.base import Floats, Frame
from alerts.detectors.common.alarm_state import FEW, Alarm
from alerts.detectors.common.daily_model import LED, SlowModel
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.resample import CELL, part
from core.time.clock import DAY

T0 = 20_454 * DAY  # a Thursday
CELLS = DAY // CELL


class Learner(Protocol):
    """A slow detector."""

    def fit(self, history: Frame, good: Floats | None = None) -> SlowModel:
        """Learn from cells."""
        ...


def frame(days: int, **columns: Floats) -> Frame:
    """Cells of so many days."""
    return Frame(T0 + CELL * np.arange(days * CELLS, dtype=np.int64), columns)


def findings(learner: Learner, cells: Frame, learned: int) -> list[Finding]:
    """What is found at the end of each day after the first `learned`, by what these taught."""
    begin = int(cells.at[0])
    model = learner.fit(part(cells, begin, begin + learned * DAY))
    days, out = Days(model.columns), []
    for day in range(begin, int(cells.at[-1]) + CELL, DAY):
        days.add(day + DAY, model.day(part(cells, day + DAY - LED, day + DAY), day))
        if day >= begin + learned * DAY:
            out.append(model.judge(days))
    return out


def alarms(found: list[Finding], worth: float) -> list[int]:
    """The days, from the first judged, that are in alarm."""
    alarm, out = Alarm(worth), []
    for day, one in enumerate(found):
        alarm.move(one, FEW + day)  # as one that has been watched for long
        if alarm.on:
            out.append(day)
    return out


def delay(found: list[Finding], worth: float, fault: int) -> int | None:
    """Days from the fault's beginning, counted as `found` is, to the first alarm after it."""
    return next((n - fault for n in alarms(found, worth) if n >= fault), None)
