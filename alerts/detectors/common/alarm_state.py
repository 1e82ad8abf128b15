"""When a drift is an alarm, and when the alarm is over. One clean state, so nothing flickers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from alerts.detectors.common.daily_result import Finding

ON, OFF = 4.25, 2.25  # z-scores; benchmarks/detect/ shows what they cost and save
FIRST, FEW = 25, 60  # days of history: from one more on `ON` down to none
BIAS = 1.0  # how far the answers of an engineer may move `ON`
CALM = 3  # days below `OFF`, one after another, that end an alarm
KEPT = 400  # days whose z-scores say what is usual


@dataclass
class Alarm:
    """Hysteresis over daily findings, and the score that is calibrated on the device's own past."""

    worth: float = 0.0  # the smallest change worth telling
    bias: float = 0.0  # -1 more sensitive to +1 less
    on: bool = False
    calm: int = 0
    past: tuple[float, ...] = ()  # z-scores of days that were well

    def move(self, finding: Finding, known: int) -> None:
        """One more day, of `known` days that say what is usual: with few, more is asked for."""
        if self.on:
            calm = finding.z < OFF or finding.size < 0.5 * self.worth
            self.calm = self.calm + 1 if calm else 0
            self.on = self.calm < CALM
            return
        self.calm = 0
        bias = BIAS * min(1.0, max(-1.0, self.bias))
        young = max(0.0, (FEW - known) / (FEW - FIRST))
        self.on = finding.z >= ON + bias + young and finding.size >= self.worth
        if not self.on:
            self.past = (*self.past, finding.z)[-KEPT:]

    def score(self, z: float) -> float:
        """0 is usual, 1 was never seen on this device while it was well."""
        lower = sum(one < z for one in self.past)
        return round(lower / len(self.past), 4) if self.past else float(self.on)

    def state(self) -> dict[str, object]:
        """What `restored` needs; settings are not part of it."""
        plain = asdict(self)
        return {"on": plain["on"], "calm": plain["calm"], "past": list(self.past)}

    @classmethod
    def restored(cls, state: Mapping[str, object], worth: float, bias: float) -> "Alarm":
        """The alarm as it was."""
        past = tuple(cast(list[float], state["past"]))
        return cls(worth, bias, cast(bool, state["on"]), cast(int, state["calm"]), past)
