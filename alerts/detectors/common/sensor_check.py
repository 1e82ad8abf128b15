"""Is it the sensor? Stuck, absent and impossible are told as such, and kept out of all statistics.

What is long is learned from the sensor itself: a level that steps by 1 % rests for days, a room
never for hours. Nothing here needs a model, so it watches from the first day.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from alerts.detectors.base import Verdict
from alerts.detectors.common.resample import CELL
from core.time.clock import DAY, HOUR
from core.vocabulary.detection import VerdictKind

SHORTEST = 6 * HOUR  # less than this is told by nobody
UNKNOWN = 3 * DAY  # while it is not known yet what is long
LEARNING = 22 * DAY  # three weeks with their free days
TIMES = 3  # longer than anything seen so far
BAD = 3  # impossible cells: what a restart says for a moment is no broken sensor


@dataclass
class Sensor:
    """Follows one column, cell by cell."""

    name: str
    first: int | None = None
    last: float = math.nan  # last value that was measured
    run_at: int = 0  # since when it is exactly this
    run_count: int = 0
    rests: tuple[int, ...] = (0, 0, 0)  # the three longest runs, ms: the third is no accident
    heard_at: int = 0
    gaps: tuple[int, ...] = (0, 0, 0)  # the three longest silences, ms
    bad: int = 0  # impossible cells since the last good one, or since it was absent
    bad_at: int = 0  # the first of them
    kind: VerdictKind = "normal"
    may_rest: bool = (
        False  # a level that is used up: a disk stands still, a battery steps once a week
    )

    def step(self, at: int, value: float) -> tuple[float, Verdict | None]:
        """The value of a cell if it may be used, else NaN; and what there is to tell."""
        if self.first is None:
            self.first = self.heard_at = self.run_at = at
        before = self.kind
        if math.isnan(value):
            self._silent(at)
        elif math.isinf(value):
            self._refuse(at)
            value = math.nan
        else:
            self._hear(at, value)
            value = math.nan if self.kind == "stuck" else value
        if self.kind == before:
            return value, None
        told = None if math.isnan(self.last) else self.last
        begun = {"stuck": self.run_at, "absent": self.heard_at, "impossible": self.bad_at}
        since = begun.get(self.kind, at)
        score = 0.0 if self.kind == "normal" else 1.0
        end = at + CELL
        return value, Verdict(
            end, self.kind, score, False, told, carried_by=(self.name,), since=since
        )

    def _silent(self, at: int) -> None:
        # A context that the site does not have is not absent.
        never = math.isnan(self.last) and self.kind != "impossible"
        if not never and at - self.heard_at > self._long(at, self.gaps):
            self.kind, self.bad = "absent", 0

    def _refuse(self, at: int) -> None:
        """A cell of what cannot be true. Gaps between such cells heal nothing: some speak hourly."""
        self.bad_at = self.bad_at if self.bad else at
        self.bad += 1
        self.run_at += at - self.heard_at  # meanwhile the value did not stand still
        self.heard_at = at
        self.kind = "impossible" if self.bad >= BAD else self.kind

    def _hear(self, at: int, value: float) -> None:
        if self.kind == "absent":
            self.run_at += at - self.heard_at  # nor did it in a silence
        if self.kind in ("absent", "impossible"):
            self.kind = "normal"
        elif self.heard_at > self.run_at or self.run_count:
            self.gaps = _longest(self.gaps, at - self.heard_at)
        self.heard_at, self.bad = at, 0
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
        """Has it been watched long enough to say what is long?"""
        assert self.first is not None
        return at - self.first >= LEARNING

    def _long(self, at: int, seen: tuple[int, ...]) -> int:
        return max(TIMES * min(seen), SHORTEST if self._is_known(at) else UNKNOWN)

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        told = asdict(self)
        return {**told, "rests": list(self.rests), "gaps": list(self.gaps)}

    @classmethod
    def restored(cls, state: Mapping[str, object]) -> "Sensor":
        """The sensor as it was."""
        known = {field.name for field in fields(cls)}
        told: Any = {key: value for key, value in state.items() if key in known}
        told |= {"rests": tuple(told["rests"]), "gaps": tuple(told["gaps"])}
        return cls(**told)


def _longest(seen: tuple[int, ...], new: int) -> tuple[int, ...]:
    return seen if new <= min(seen) else tuple(sorted((*seen, new))[1:])
