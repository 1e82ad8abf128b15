"""Is it the sensor? Stuck, absent and impossible are verdicts of their own, kept out of all statistics.

What is long is learned from the sensor itself: a level that steps by 1 % rests for days, a room
never for hours. Nothing here needs a model, so it watches from the first day.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alerts.detectors.base import CELL, DetectorAlgorithm, DetectorVerdict, Frame, columns_read
from alerts.detectors.common.resample import Resampler
from alerts.detectors.common.serialise import field_values, serialise
from core.time.clock import DAY, HOUR
from core.vocabulary.detection import VerdictKind

SHORTEST = 6 * HOUR  # nothing less is called stuck or absent
UNKNOWN = 3 * DAY  # while it is not known yet what is long
LEARNING = 22 * DAY  # three weeks with their free days
TIMES = 3  # longer than anything seen so far
BAD = 3  # impossible cells: what a restart shows for a moment is no broken sensor


@dataclass
class SensorCheck:
    """Follows one column, cell by cell."""

    name: str
    first: int | None = None  # the first cell, UTC ms
    last: float = math.nan  # last value that was measured
    run_at: int = 0  # since when it is exactly this
    run_count: int = 0
    rests: tuple[int, ...] = (0, 0, 0)  # the three longest runs, ms: the third is no accident
    answered_at: int = field(default=0, metadata={"saved_as": "heard_at"})  # last cell of any value
    gaps: tuple[int, ...] = (0, 0, 0)  # the three longest silences, ms
    bad: int = 0  # impossible cells since the last good one, or since it was absent
    bad_at: int = 0  # the first of them
    kind: VerdictKind = "normal"
    may_rest: bool = False  # a level that is used up

    def step(self, at: int, value: float) -> tuple[float, DetectorVerdict | None]:
        """The value of a cell if it may be used, else NaN; and a verdict when a fault begins or ends."""
        if self.first is None:
            self.first = self.answered_at = self.run_at = at
        before = self.kind
        if math.isnan(value):
            self._silent(at)
        elif math.isinf(value):
            self._refuse(at)
            value = math.nan
        else:
            self._measure(at, value)
            value = math.nan if self.kind == "stuck" else value
        return value, None if self.kind == before else self._verdict(at)

    def _verdict(self, at: int) -> DetectorVerdict:
        fault_at = {"stuck": self.run_at, "absent": self.answered_at, "impossible": self.bad_at}
        return DetectorVerdict(
            at + CELL,
            self.kind,
            0.0 if self.kind == "normal" else 1.0,
            alarm=False,
            value=None if math.isnan(self.last) else self.last,
            carried_by=(self.name,),
            since=fault_at.get(self.kind, at),
        )

    def _silent(self, at: int) -> None:
        # A context that the site does not have is not absent.
        never = math.isnan(self.last) and self.kind != "impossible"
        if not never and at - self.answered_at > self._long(at, self.gaps):
            self.kind, self.bad = "absent", 0

    def _refuse(self, at: int) -> None:
        """A cell of what cannot be true. Gaps between such cells heal nothing: some answer hourly."""
        self.bad_at = self.bad_at if self.bad else at
        self.bad += 1
        self.run_at += at - self.answered_at  # meanwhile the value did not stand still
        self.answered_at = at
        self.kind = "impossible" if self.bad >= BAD else self.kind

    def _measure(self, at: int, value: float) -> None:
        if self.kind == "absent":
            self.run_at += at - self.answered_at  # nor did it in a silence
        if self.kind in ("absent", "impossible"):
            self.kind = "normal"
        elif self.answered_at > self.run_at or self.run_count:
            self.gaps = _longest(self.gaps, at - self.answered_at)
        self.answered_at, self.bad = at, 0
        if value == self.last:
            self.run_count += 1
            is_known = not self.may_rest or (self._is_known(at) and min(self.rests) > 0)
            if is_known and self.run_count >= 6 and at - self.run_at > self._long(at, self.rests):
                self.kind = "stuck"
            return
        rested = at - self.run_at if self.run_count else 0
        # What was called stuck teaches a little: if it happens often, it is how this sensor is.
        is_odd = self.kind == "stuck" and not self.may_rest
        self.rests = _longest(self.rests, rested // 6 if is_odd else rested)
        self.kind = "normal"
        self.last, self.run_at, self.run_count = value, at, 1

    def _is_known(self, at: int) -> bool:
        """Has it been watched long enough to know what is long?"""
        assert self.first is not None
        return at - self.first >= LEARNING

    def _long(self, at: int, seen: tuple[int, ...]) -> int:
        return max(TIMES * min(seen), SHORTEST if self._is_known(at) else UNKNOWN)

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return serialise(self)

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "SensorCheck":
        """The sensor as it was."""
        values = field_values(cls, state)
        values |= {"rests": tuple(values["rests"]), "gaps": tuple(values["gaps"])}
        return cls(**values)


class SensorChecks:
    """The sensors of all columns of one detector."""

    def __init__(self, algorithm: DetectorAlgorithm) -> None:
        settings, names = algorithm.settings, columns_read(algorithm.settings)
        counters = {settings.metric, settings.per} if algorithm.metric_is_counter else set()
        level = settings.metric if algorithm.level_may_rest else ""
        self.each = [
            SensorCheck(name, may_rest=name == level) for name in names if name not in counters
        ]
        self._counters = [name for name in names if name in counters]

    def clean(self, cells: Frame, first: int) -> list[DetectorVerdict]:
        """Blank, from row `first` on, what cannot be used; the verdicts on faults, oldest first."""
        verdicts: list[DetectorVerdict] = []
        for name in self._counters:
            values = cells.columns[name][first:]
            values[np.isinf(values)] = np.nan
        for sensor in self.each:
            values = cells.columns[sensor.name]
            moments = cells.at[first:].tolist()
            for i, (at, value) in enumerate(zip(moments, values[first:].tolist(), strict=True)):
                values[first + i], verdict = sensor.step(at, value)
                if verdict is None:
                    continue
                verdicts.append(verdict)
                if verdict.kind == "stuck" and verdict.since is not None:
                    run_begin = int(np.searchsorted(cells.at, verdict.since))
                    values[run_begin : first + i + 1] = np.nan
        return sorted(verdicts, key=lambda verdict: verdict.at)


def clean_cells(algorithm: DetectorAlgorithm, rows: Frame) -> Frame:
    """The cells of `rows` without what a faulty sensor says."""
    settings = algorithm.settings
    cells = Resampler(columns_read(settings), settings.plausible).add(rows)
    SensorChecks(algorithm).clean(cells, 0)
    return cells


def _longest(seen: tuple[int, ...], new: int) -> tuple[int, ...]:
    return seen if new <= min(seen) else tuple(sorted((*seen, new))[1:])
