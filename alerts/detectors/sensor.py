"""Is it the sensor? Stuck, absent and impossible are told as such, and kept out of all statistics.

What is long is learned from the sensor itself: a level that steps by 1 % rests for days, a room
never for hours. Nothing here needs a model, so it watches from the first day.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from alerts.detectors.base import Verdict
from alerts.detectors.grid import CELL
from core.clock import DAY, HOUR
from storage.records.models import VerdictKind

SHORTEST = 6 * HOUR  # less than this is told by nobody
UNKNOWN = 3 * DAY  # while it is not known yet what is long
LEARNING = 9 * DAY  # a week with its free day
TIMES = 3  # longer than anything seen so far


@dataclass
class Sensor:
    """Follows one column, cell by cell."""

    name: str
    low: float = -math.inf  # what can be true
    high: float = math.inf
    first: int | None = None
    last: float = math.nan  # last value that was measured
    run_at: int = 0  # since when it is exactly this
    run_count: int = 0
    rest: int = 0  # the longest run, ms
    heard_at: int = 0
    gap: int = 0  # the longest silence, ms
    bad: int = 0  # impossible cells one after another
    kind: VerdictKind = "normal"

    def step(self, at: int, value: float) -> tuple[float, Verdict | None]:
        """The value if it may be used, else NaN; and what there is to tell."""
        if self.first is None:
            self.first = self.heard_at = self.run_at = at
        before = self.kind
        if math.isnan(value):
            self._silent(at)
        elif not self.low <= value <= self.high:
            self.bad += 1
            self.heard_at = at
            self.kind = "impossible" if self.bad >= 3 else self.kind
            value = math.nan
        else:
            self._hear(at, value)
            value = math.nan if self.kind == "stuck" else value
        if self.kind == before:
            return value, None
        told = None if math.isnan(self.last) else self.last
        since = {"stuck": self.run_at, "absent": self.heard_at}.get(self.kind, at)
        score = 0.0 if self.kind == "normal" else 1.0
        end = at + CELL
        return value, Verdict(
            end, self.kind, score, False, told, carried_by=(self.name,), since=since
        )

    def _silent(self, at: int) -> None:
        if at - self.heard_at > self._long(at, self.gap):
            self.kind = "absent"

    def _hear(self, at: int, value: float) -> None:
        if self.kind in ("absent", "impossible"):
            self.kind = "normal"
        elif self.heard_at > self.run_at or self.run_count:
            self.gap = max(self.gap, at - self.heard_at)
        self.heard_at, self.bad = at, 0
        if value == self.last:
            self.run_count += 1
            if self.run_count >= 6 and at - self.run_at > self._long(at, self.rest):
                self.kind = "stuck"
            return
        rested = at - self.run_at if self.run_count else 0
        # What was called stuck teaches a little: if it happens often, it is how this sensor is.
        self.rest = max(self.rest, rested // 6 if self.kind == "stuck" else rested)
        self.kind = "normal"
        self.last, self.run_at, self.run_count = value, at, 1

    def _long(self, at: int, seen: int) -> int:
        assert self.first is not None
        known = at - self.first >= LEARNING
        return max(TIMES * seen, SHORTEST if known else UNKNOWN)

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return asdict(self)

    @classmethod
    def restored(cls, state: Mapping[str, object]) -> "Sensor":
        """The sensor as it was."""
        return cls(**cast(dict[str, float], dict(state)))  # type: ignore[arg-type]
