"""Is it the sensor? Stuck, absent and impossible are verdicts of their own, kept out of all statistics.

What is long is learned from the sensor itself: a level that steps by 1 % rests for days, a room
never for hours. Nothing here needs a model, so it watches from the first day.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alerts.detectors.base import (
    CELL,
    Bools,
    DetectorAlgorithm,
    DetectorVerdict,
    Floats,
    Frame,
    Ints,
    columns_read,
)
from alerts.detectors.common.resample import Resampler
from alerts.detectors.common.serialise import LATER, field_values, serialise
from alerts.detectors.common.unit_guess import looks_like
from core.time.clock import DAY, HOUR
from core.vocabulary.detection import VerdictKind

SHORTEST = 6 * HOUR  # nothing less is called stuck or absent
UNKNOWN = 3 * DAY  # while it is not known yet what is long
LEARNING = 22 * DAY  # three weeks with their free days
TIMES = 3  # longer than anything seen so far
SELDOM = 3 * HOUR  # from one reading to the next: it is read by hand
FEW_READ = 4  # readings that do not tell yet how often it is read
BY_HAND = 36  # readings of one value, by hand, that are no accident
RUNS, COARSE = 16, 3  # a meter of which the last runs have so few values steps coarsely
RESTS = 45 * DAY  # so long a coarse meter may show one value
EMPTY = 0.1  # of the highest level: from below that a level may go to nothing
FEW_CELLS, MANY_CELLS = 32, 4096  # looked at together: they are a few days, or a history
FEW_CELLS, MANY_CELLS = 32, 4096  # that are looked at together
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
    count: int = field(default=0, metadata=LATER)  # cells that had an answer
    counted_at: int = field(default=0, metadata=LATER)  # the first of them
    highest: float = field(default=0.0, metadata=LATER)  # value
    lately: tuple[float, ...] = field(default=(), metadata=LATER)  # values of the last runs
    cause: str = field(default="", metadata=LATER)  # what an impossible value looks like

    def step(
        self, at: int, value: float, shown: float = math.inf
    ) -> tuple[float, DetectorVerdict | None]:
        """The value of a cell if it may be used, else NaN; and a verdict when a fault begins or ends.

        `shown` is the mean of what was refused in it, where that is known.
        """
        if self.first is None:
            self.first = self.answered_at = self.run_at = at
        before = self.kind
        if math.isnan(value):
            self._silent(at)
        elif math.isinf(value) or self._is_sentinel(value):
            self._refuse(at, shown)
            value = math.nan
        else:
            self._measure(at, value)
            value = math.nan if self.kind == "stuck" else value
        return value, None if self.kind == before else self._verdict(at)

    def skip_usual(self, at: Ints, values: Floats) -> int:
        """Take the first cells, as if each was a step, while all are used and nothing is new; how many.

        They are most of a history, and a column of them costs as much as a few steps.
        """
        if self.kind != "normal" or self.bad or self.first is None:
            return 0
        rows = np.flatnonzero(~np.isnan(values))
        if not self.count:  # a context that the site does not have
            return int(rows[0]) if len(rows) else len(values)
        if self.count < FEW_READ or not self.run_count:
            return 0
        read, read_at = values[rows], at[rows]
        changed = read != np.append(self.last, read[:-1])
        begins = np.append(self.run_at, np.where(changed, read_at, self.run_at))
        runs = np.maximum.accumulate(begins)  # when the value began that was shown before each cell
        shortest_run, longest_run = min(self.rests), max(self.rests)
        calm = max(TIMES * shortest_run, min(SHORTEST, TIMES * longest_run))
        is_new = read_at - runs[:-1] > np.where(changed, shortest_run, calm)
        is_new |= np.diff(read_at, prepend=self.answered_at) > min(self.gaps)
        is_new |= np.isinf(read) | (self.may_rest & (read == 0.0))
        usual = int(np.argmax(is_new)) if is_new.any() else len(rows)
        if usual:
            self._take(read[:usual], read_at[:usual], changed[:usual], int(runs[usual]))
        end = int(rows[usual]) if usual < len(rows) else len(values)
        silent_until = self.answered_at + max(SHORTEST, TIMES * min(self.gaps))
        return min(end, int(np.searchsorted(at, silent_until, side="right")))

    def _take(self, values: Floats, at: Ints, changed: Bools, run_at: int) -> None:
        """Usual cells, none without a value; the run of the last one began at `run_at`."""
        moved = np.flatnonzero(changed)
        self.run_count = len(at) - int(moved[-1]) if len(moved) else self.run_count + len(at)
        self.lately = (*self.lately, *values[moved[-RUNS:]].tolist())[-RUNS:]
        self.highest = max(self.highest, float(values.max()))
        self.last, self.run_at = float(values[-1]), run_at
        self.answered_at, self.count = int(at[-1]), self.count + len(at)

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
            reason=self.cause if self.kind == "impossible" else "",
        )

    def _is_sentinel(self, value: float) -> bool:
        """A level does not go to nothing within one cell: so says a meter that has no reading."""
        if not self.may_rest or value != 0.0:
            return False
        return bool(self.bad) or (not math.isnan(self.last) and self.last > self.highest * EMPTY)

    def _silent(self, at: int) -> None:
        if at - self.answered_at <= SHORTEST or (self.kind == "absent" and not self.bad):
            return
        # A context that the site does not have is not absent.
        never = math.isnan(self.last) and self.kind != "impossible"
        if not never and at - self.answered_at > self._long_silence(at):
            self.kind, self.bad = "absent", 0

    def _refuse(self, at: int, shown: float) -> None:
        """A cell of what cannot be true. Gaps between such cells heal nothing: some answer hourly."""
        self.bad_at = self.bad_at if self.bad else at
        self.bad += 1
        self.run_at += at - self.answered_at  # meanwhile the value did not stand still
        self._count(at)
        self.kind = "impossible" if self.bad >= BAD else self.kind
        if math.isfinite(shown) and not math.isnan(self.last):
            self.cause = looks_like(self.name, shown, self.last)

    def _measure(self, at: int, value: float) -> None:
        if self.kind == "absent":
            self.run_at += at - self.answered_at  # nor did it in a silence
        if self.kind in ("absent", "impossible"):
            self.kind = "normal"
        elif self.answered_at > self.run_at or self.run_count:
            self.gaps = _longest(self.gaps, at - self.answered_at)
        self._count(at)
        self.bad, self.cause = 0, ""
        self.highest = max(self.highest, value)
        if value == self.last:
            self.run_count += 1
            if self._is_stuck(at):
                self.kind = "stuck"
            return
        rested = at - self.run_at if self.run_count else 0
        # What was called stuck teaches a little: if it happens often, it is how this sensor is.
        is_odd = self.kind == "stuck" and not self.may_rest
        self.rests = _longest(self.rests, rested // 6 if is_odd else rested)
        self.kind = "normal"
        self.lately = (*self.lately, value)[-RUNS:]
        self.last, self.run_at, self.run_count = value, at, 1

    def _is_stuck(self, at: int) -> bool:
        """Is the run of this value longer than any that this sensor makes by itself?"""
        rested, has_moved = at - self.run_at, min(self.rests) > 0
        if self.may_rest and not (self._is_known(at) and has_moved):
            return False
        if self._is_seldom():  # by hand: one value for a month or more
            return has_moved and self.run_count >= BY_HAND and rested > TIMES * max(self.rests)
        if self.may_rest and len(set(self.lately)) <= COARSE:
            return rested > max(TIMES * max(self.rests), RESTS)
        return self.run_count >= 6 and rested > self._long(at, self.rests)

    def _count(self, at: int) -> None:
        self.counted_at = self.counted_at if self.count else at
        self.answered_at, self.count = at, self.count + 1

    def _rhythm(self) -> int:
        """The usual time from one reading to the next, ms."""
        return (self.answered_at - self.counted_at) // max(self.count - 1, 1)

    def _is_seldom(self) -> bool:
        return self.count < 2 or self._rhythm() >= SELDOM

    def _is_known(self, at: int) -> bool:
        """Has it been watched long enough to know what is long?"""
        assert self.first is not None
        return at - self.first >= LEARNING

    def _long(self, at: int, seen: tuple[int, ...]) -> int:
        return max(TIMES * min(seen), SHORTEST if self._is_known(at) else UNKNOWN)

    def _long_silence(self, at: int) -> int:
        """A meter that is read by hand is silent between; whether weekly is not known before three weeks."""
        if self.count < FEW_READ and self._rhythm() * self.count < UNKNOWN and self.count > 1:
            return self._long(at, self.gaps)
        if self.count < FEW_READ:
            return LEARNING
        return max(self._long(at, self.gaps), TIMES * self._rhythm())

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return serialise(self)

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "SensorCheck":
        """The sensor as it was."""
        values = field_values(cls, state)
        tuples = ("rests", "gaps", "lately")
        values |= {name: tuple(values[name]) for name in tuples if name in values}
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

    def clean(
        self, cells: Frame, first: int, refused: Mapping[str, Mapping[int, float]] | None = None
    ) -> list[DetectorVerdict]:
        """Blank, from row `first` on, what cannot be used; the verdicts on faults, oldest first.

        `refused` are the means of what was refused in each of these cells.
        """
        verdicts: list[DetectorVerdict] = []
        for name in self._counters:
            values = cells.columns[name][first:]
            values[np.isinf(values)] = np.nan
        for sensor in self.each:
            shown = (refused or {}).get(sensor.name, {})
            verdicts += _cleaned(sensor, cells.at, cells.columns[sensor.name], first, shown)
        return sorted(verdicts, key=lambda verdict: verdict.at)


def _cleaned(
    sensor: SensorCheck, at: Ints, values: Floats, row: int, shown: Mapping[int, float]
) -> Iterator[DetectorVerdict]:
    """As SensorChecks.clean, of one column."""
    width = FEW_CELLS
    while row < len(at):
        usual = sensor.skip_usual(at[row : row + width], values[row : row + width])
        row += usual
        if usual == width:
            width = min(4 * width, MANY_CELLS)
            continue
        width = FEW_CELLS
        moments = at[row : row + width].tolist()
        for moment, value in zip(moments, values[row : row + width].tolist(), strict=True):
            values[row], verdict = sensor.step(moment, value, shown.get(moment, math.inf))
            row += 1
            if verdict is None:
                continue
            yield verdict
            if verdict.kind == "stuck" and verdict.since is not None:
                values[int(np.searchsorted(at, verdict.since)) : row] = np.nan


def clean_cells(algorithm: DetectorAlgorithm, rows: Frame) -> Frame:
    """The cells of `rows` without what a faulty sensor says."""
    settings = algorithm.settings
    cells = Resampler(columns_read(settings), settings.plausible).add(rows)
    SensorChecks(algorithm).clean(cells, 0)
    return cells


def _longest(seen: tuple[int, ...], new: int) -> tuple[int, ...]:
    return seen if new <= min(seen) else tuple(sorted((*seen, new))[1:])
