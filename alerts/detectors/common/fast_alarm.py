"""The alarm of a level that falls within hours. It begins and ends at any cell, not at the end of a day.

It ends with a refill, or when for three days nothing more was lost; below a limit only with a refill or a
service, because what was lost is not there again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alerts.detectors.base import CELL, Bools, DetectorVerdict, Floats, Frame, Ints, Limit
from core.time.clock import DAY

CALM = 3 * DAY  # without a further loss end the alarm
LATELY = 2 * DAY  # of readings that tell how fast it falls
FARTHEST = 720 * DAY  # what is further away is "perhaps never"
EIGHT_IN_TEN, SURE = 1.2816, 3.0  # standard deviations


@dataclass(frozen=True)
class LevelWatch:
    """What each cell shows; (n,) each. Losses are positive, in what an alarm needs: 1 is one."""

    level: Floats  # the middle of the last three readings; NaN without one
    loss: Floats
    cells: Floats  # since when it falls, counted back from the cell
    expected: Floats  # the level without the loss
    spread: Floats  # standard deviation of a reading before it
    is_rising: Bools  # it is being refilled
    is_calm: Bools  # in the last day nothing was lost beyond what is usual


@dataclass(frozen=True)
class FastAlarm:
    """Whether a level is being lost now, and since when. Times are UTC milliseconds."""

    on: bool = False
    since: int = 0
    fell_at: int = 0  # the newest cell that still fell
    expected: float = 0.0
    spread: float = 0.0
    reached: bool = False  # it is beyond a limit

    def step(self, signs: LevelWatch, i: int, at: int, limits: Sequence[Limit]) -> "FastAlarm":
        """After cell `i`, which began at `at`."""
        level = float(signs.level[i])
        if np.isnan(level):
            return self
        if signs.is_rising[i]:
            return FastAlarm()
        if not self.on:
            if signs.loss[i] < 1.0:
                return self
            since = at - (int(signs.cells[i]) - 1) * CELL
            expected, spread = float(signs.expected[i]), float(signs.spread[i])
            return FastAlarm(True, since, at, expected, spread, is_below(level, limits))
        fell_at = self.fell_at if signs.is_calm[i] else at
        reached = self.reached or is_below(level, limits)
        if at - fell_at >= CALM and not is_below(level, limits):
            return FastAlarm()
        return replace(self, fell_at=fell_at, reached=reached)

    def verdict(self, at: int, level: float) -> DetectorVerdict:
        """What is said of it at `at`; when it is over, that it is."""
        if not self.on:
            return DetectorVerdict(at, "normal", 0.0, False, value=level, is_news=True)
        return DetectorVerdict(
            at,
            "anomaly",
            1.0,
            True,
            value=level,
            expected=self.expected,
            low=self.expected - 3.0 * self.spread,
            high=self.expected + 3.0 * self.spread,
            carried_by=("loss",),
            since=self.since,
            is_news=True,
        )

    def with_limit(
        self, verdict: DetectorVerdict, levels: Frame, metric: str, limits: Sequence[Limit]
    ) -> DetectorVerdict:
        """The verdict with when a limit below is reached at the pace of the last two days."""
        level, pace, error = self._pace(levels, metric, verdict.at)
        below = [limit.value for limit in limits if "below" in limit.sides]
        if not below or np.isnan(level):
            return verdict
        limit = max(below)
        if is_below(float(verdict.value if verdict.value is not None else level), limits):
            now = verdict.at
            return replace(verdict, limit=limit, limit_at=now, limit_at_low=now, limit_at_high=now)
        slowly, fast = pace - EIGHT_IN_TEN * error, pace + EIGHT_IN_TEN * error
        low, middle, high = (_reached(verdict.at, level - limit, p) for p in (fast, pace, slowly))
        if middle is None:
            return verdict
        return replace(verdict, limit=limit, limit_at=middle, limit_at_low=low, limit_at_high=high)

    def is_surely(self, fast: float, levels: Frame, metric: str, at: int) -> bool:
        """Is the limit passed, or did it surely fall by more than `fast` a day in the last two days?"""
        _, pace, error = self._pace(levels, metric, at)
        return self.reached or (pace - SURE * error) * DAY > fast

    def _pace(self, levels: Frame, metric: str, at: int) -> tuple[float, float, float]:
        recent = levels.between(max(self.since, at - LATELY), at)
        return pace_of(recent.at, recent.columns[metric], at)

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "FastAlarm":
        """The alarm as it was."""
        return cls(**state)


def is_below(level: float, limits: Sequence[Limit]) -> bool:
    """Is the level beyond a limit on its way down?"""
    return any("below" in limit.sides and level < limit.value for limit in limits)


def pace_of(at: Ints, level: Floats, now: int) -> tuple[float, float, float]:
    """The level at `now`, its fall a millisecond and that one's standard deviation, by a line.

    Readings that wander for hours tell as little as fewer that do not (memory of one reading, AR(1)).
    """
    here = np.isfinite(level)
    age, values = (at[here] + CELL // 2 - now).astype(float), level[here]
    if len(values) < 3:
        return float(values[-1]) if len(values) else np.nan, 0.0, 0.0
    centred = age - age.mean()
    strength = float(centred @ centred)
    slope = float(centred @ values) / strength
    rest = values - values.mean() - slope * centred
    strays = float(rest @ rest)
    memory = float(np.clip(rest[1:] @ rest[:-1] / max(strays, 1e-18), 0.0, 0.99))
    fewer = (1.0 + memory) / (1.0 - memory)
    error = float(np.sqrt(strays / max(len(values) - 2, 1) / strength * fewer))
    return float(values.mean() - slope * age.mean()), -slope, error


def _reached(at: int, left: float, pace: float) -> int | None:
    if left <= 0:
        return at
    return None if pace <= 0 or left / pace > FARTHEST else at + round(left / pace)
