"""Follows a level cell by cell, for a runner whose model can tell a fast loss; without one it is still."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, cast

import numpy as np

from alerts.detectors.base import CELL, DetectorVerdict, Frame, Limit
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.common.fast_alarm import FastAlarm, LevelWatch
from alerts.detectors.common.resample import empty, joined

NEVER = 2**62  # later than any cell


class FastModel(Protocol):
    """A model that can tell a level's fast loss."""

    def fast(self, days: DailyStatistics) -> float:
        """What falls by less than this in a day has its limit told by the days."""
        ...

    def line(self, days: DailyStatistics) -> object:
        """What the days up to now say of the level; `watch` wants it."""
        ...

    def watch(self, levels: Frame, line: object) -> LevelWatch | None:
        """What each cell of the last days shows; None if a fast loss cannot be told."""
        ...


class FastWatch:
    """The level as it was measured, up to now, and its alarm.

    What a stuck sensor showed is not blanked here: that would be known only later.
    """

    def __init__(self, metric: str | None, limits: Sequence[Limit]) -> None:
        self._metric, self._limits = metric or "", tuple(limits)
        self._is_level = metric is not None
        self._levels = empty([self._metric])
        self._line: object = None
        self._fast = np.inf  # a day
        self.alarm = FastAlarm()

    def look(self, model: object, days: DailyStatistics) -> None:
        """At the days that are known now."""
        self._line, self._fast = None, np.inf
        if hasattr(model, "line"):
            watched = cast(FastModel, model)
            self._line, self._fast = watched.line(days), watched.fast(days)

    def add(
        self, cells: Frame, model: object, day_end: int
    ) -> tuple[list[DetectorVerdict], dict[int, bool]]:
        """The verdicts of these cells, and whether there is an alarm after each, by its beginning.

        What the last cell of a day shows, the verdict on the day tells.
        """
        alarms = dict.fromkeys(cells.at.tolist(), self.alarm.on)
        if not self._is_level:
            return [], alarms
        first = len(self._levels.at)
        column = cells.columns[self._metric]
        # exactly nothing is what a meter says that has no reading; the limits watch it all the same
        level = np.where(np.isfinite(column) & (column != 0.0), column, np.nan)
        self._levels = joined(self._levels, Frame(cells.at, {self._metric: level}))
        signs = (
            cast(FastModel, model).watch(self._levels, self._line)
            if hasattr(model, "watch")
            else None
        )
        verdicts: list[DetectorVerdict] = []
        if signs is None:
            return verdicts, alarms
        for i, at in enumerate(cells.at.tolist(), first):
            before, self.alarm = self.alarm, self.alarm.step(signs, i, at, self._limits)
            alarms[at] = self.alarm.on
            is_news = (before.on, before.reached) != (self.alarm.on, self.alarm.reached)
            if is_news and at + CELL < day_end:
                verdict = self.alarm.verdict(at + CELL, float(signs.level[i]))
                verdicts.append(self.with_limit(verdict))
        return verdicts, alarms

    def daily(self, verdict: DetectorVerdict) -> DetectorVerdict:
        """The verdict on a day on which the level is being lost."""
        level = float("nan") if verdict.value is None else verdict.value
        lasting = self.alarm.verdict(verdict.at, level)
        return replace(lasting, value=verdict.value, is_news=False)

    def tells_limit(self, at: int) -> bool:
        """Do the last hours tell when the limit is reached? A leak of weeks can look like a loss of hours
        for a while: of it the days know more."""
        return self.alarm.is_surely(self._fast, self._levels, self._metric, at)

    def with_limit(self, verdict: DetectorVerdict) -> DetectorVerdict:
        """The verdict, in alarm with when the limit is reached at the pace of the last two days."""
        if not verdict.alarm:
            return verdict
        return self.alarm.with_limit(verdict, self._levels, self._metric, self._limits)

    def forget(self, before: int) -> None:
        """The cells of earlier than that."""
        self._levels = self._levels.between(before, NEVER)

    def clear(self) -> None:
        """After a service: no alarm, and nothing is known of the level."""
        self.alarm, self._line = FastAlarm(), None

    def state(self) -> dict[str, object]:
        """What `restore` needs."""
        if not len(self._levels.at):
            return {}
        levels = {"at": self._levels.at, "level": self._levels.columns[self._metric]}
        return {"fast": {**levels, "alarm": self.alarm.state()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """As it was; of an older version, that had none, from now on."""
        if (state := state.get("fast", {})) == {}:
            return
        level = {self._metric: np.array(state["level"], dtype=float)}
        self._levels = Frame(np.array(state["at"], dtype=np.int64), level)
        self.alarm = FastAlarm.restored(state["alarm"])
