"""Steps of the level that nobody has explained: each is told, and none is taken for normal by itself.

A new sensor or a calibration looks like something that broke. A drift is looked for in each level by itself,
so it is not taken for one; but until a service or a person explains the step, or the new level has held
for four weeks, the level before it is what is expected.
"""

from typing import NamedTuple

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.statistics.change_point import DailySeries
from core.time.clock import DAY

STEP = ("jump", "step", "step_at")  # of a day: was there one, its size, the cell that it began with

# Scanward's defaults, no source.
STAYS = 28 * DAY  # so long a new level must hold to be the usual one by itself
BEFORE, AFTER = 5, 3  # days whose median is the level before and after
WARM_UP = 2  # first days, before which nothing is known that they follow
SMALL = (
    0.25  # times `worth`: less does not move the level; and of a step that is left: less is none
)
INEXACT = 0.1  # of a step may be lost in measuring it
BACK = 0.5  # times `worth`: nearer to the level before it has not stayed


class LevelStep(NamedTuple):
    """A change of the level within an hour or between two days."""

    size: float  # in the metric's unit
    at: int  # UTC milliseconds
    row: int  # the first day of the new level
    day: float  # its number


def steps_of(days: DailyStatistics, series: DailySeries) -> list[LevelStep]:
    """All that the days show, oldest first; `series` is the mean, with a segment for each level."""
    size, jump = days["step"], np.nan_to_num(days["jump"])
    number = np.round(days.end / DAY)
    steps = [
        LevelStep(float(size[row]), int(days["step_at"][row]), row, float(number[row]))
        for row in np.flatnonzero(np.isfinite(size) & (size != 0.0)).tolist()
    ]
    for first in (np.flatnonzero(np.diff(series.segment)) + 1).tolist():
        row = int(np.searchsorted(number, series.day[first]))
        before = int(np.searchsorted(number, series.day[first - 1]))
        if jump[before + 1 : row + 1].any():
            continue  # that day's own step
        old = series.value[:first][series.segment[:first] == series.segment[first - 1]]
        new = series.value[first:][series.segment[first:] == series.segment[first]]
        moved = float(np.median(new[:BEFORE]) - np.median(old[-BEFORE:]))
        steps.append(LevelStep(moved, int(days.end[before]), row, float(number[row])))
    steps.sort(key=lambda step: step.row)
    rows = [-1, *(step.row for step in steps), len(days)]
    return [
        step
        for step, begin, end in zip(steps, rows, rows[2:], strict=False)
        if step.row >= WARM_UP and _is_confirmed(step, begin + 1, end, days["mean"])
    ]


def _is_confirmed(step: LevelStep, begin: int, end: int, level: Floats) -> bool:
    """Do the days around it, from row `begin` and before `end`, show it too?

    Where a load is lost the level steps for some hours, and is back the next day.
    """
    before = _known(level[begin : step.row])[-BEFORE:]
    after = _known(level[step.row + 1 : end])[:BEFORE]
    if not len(before) or not len(after):
        return True
    moved = float(np.median(after) - np.median(before))
    return bool(moved * np.sign(step.size) >= BACK * abs(step.size))


def standing_steps(days: DailyStatistics, steps: list[LevelStep], worth: float) -> list[LevelStep]:
    """Those that nobody explained, and after which the level has not held for long; oldest first."""
    answers, until = days.answers, int(days.end[-1])
    standing: list[LevelStep] = []
    for step in reversed(steps):
        if abs(step.size) < SMALL * worth or answers.explains(step.at):
            continue
        if until - step.at >= STAYS and step.at >= answers.broken_until:
            break
        standing.insert(0, step)
        until = step.at
    return standing


def net_step(
    days: DailyStatistics, steps: list[LevelStep], standing: list[LevelStep], worth: float
) -> LevelStep | None:
    """How far the level is from where it was before the first of these, and since when.

    What was explained meanwhile does not count. None: by less than `worth`, or it came back.
    """
    net = sum(step.size for step in standing)
    if not standing or abs(net) < max(worth, INEXACT * max(abs(step.size) for step in standing)):
        return None
    first, last = standing[0], standing[-1]
    before = _known(days["mean"][: first.row])[-BEFORE:]
    after = _known(days["mean"][last.row :])[-AFTER:]
    if not len(before) or not len(after):
        return first._replace(size=net)
    explained = sum(s.size for s in steps if s.row > first.row and days.answers.explains(s.at))
    moved = float(np.median(after) - np.median(before)) - explained
    least = max(BACK * worth, SMALL * abs(net))
    return first._replace(size=moved) if moved * np.sign(net) >= least else None


def settled_row(steps: list[LevelStep], standing: list[LevelStep], worth: float) -> int:
    """The first day of the level that counts as the usual one."""
    end = standing[0].row if standing else max((step.row + 1 for step in steps), default=0)
    rows = [step.row for step in steps if step.row < end and abs(step.size) >= worth]
    return max(rows, default=0)


def _known(values: Floats) -> Floats:
    return values[np.isfinite(values)]
