"""When a drift is an alarm, and when the alarm is over. One clean state, so nothing flickers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from alerts.detectors.common.daily_result import DailyResult

ON, OFF = 4.25, 2.25  # z-scores; benchmarks/detect/ shows what they cost and save
FIRST, FEW = 25, 60  # days of history: from one more on `ON` down to none
BIAS = 1.0  # how far the answers of an engineer may move `ON`
CALM = 3  # days below `OFF`, one after another, that end an alarm
MOST_DAYS = 400  # days whose z-scores say what is usual


@dataclass
class AlarmState:
    """Hysteresis over daily results, and the score that is calibrated on the device's own past."""

    worth: float = 0.0  # the smallest change worth an alarm
    bias: float = 0.0  # -1 more sensitive to +1 less
    on: bool = False
    calm: int = 0  # days in alarm, up to now, that looked healthy
    past: tuple[float, ...] = ()  # z-scores of healthy days

    def update(self, result: DailyResult, known: int) -> None:
        """One more day. The fewer days are `known` beside it, the more it takes to begin an alarm."""
        if self.on:
            calm = result.z < OFF or result.size < 0.5 * self.worth
            self.calm = self.calm + 1 if calm else 0
            self.on = self.calm < CALM
            return
        self.calm = 0
        bias = BIAS * min(1.0, max(-1.0, self.bias))
        young = max(0.0, (FEW - known) / (FEW - FIRST))
        self.on = result.z >= ON + bias + young and result.size >= self.worth
        if not self.on:
            self.past = (*self.past, result.z)[-MOST_DAYS:]

    def score(self, z: float) -> float:
        """0 is usual, 1 was never seen on this device while it was healthy."""
        lower = sum(healthy_z < z for healthy_z in self.past)
        return round(lower / len(self.past), 4) if self.past else float(self.on)

    def cleared(self) -> "AlarmState":
        """No alarm and no past, with the same settings."""
        return AlarmState(self.worth, self.bias)

    def state(self) -> dict[str, object]:
        """What `restored` needs; settings are not part of it."""
        return {"on": self.on, "calm": self.calm, "past": list(self.past)}

    @classmethod
    def restored(cls, state: Mapping[str, object], worth: float, bias: float) -> "AlarmState":
        """The alarm as it was."""
        past = tuple(cast(list[float], state["past"]))
        return cls(worth, bias, cast(bool, state["on"]), cast(int, state["calm"]), past)
