"""A metric: what is measured, in which unit, and what can be true of it."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from core.schema.strict_model import Strict
from core.time.duration import Duration


class Metric(Strict):
    """One thing that is measured. Its name carries the unit and is a public API."""

    title: str
    unit: str = ""
    kind: Literal["gauge", "counter", "state"] = "gauge"
    plausible: tuple[float, float] | None = None  # outside it an answer is a fault of the sensor
    resolution: float | None = Field(default=None, gt=0)  # the smallest step that its meter shows
    accuracy: float | None = Field(default=None, gt=0)  # plus or minus, as the maker states it
    every: Duration = 0  # told so seldom, and then of all the time since the last
    states: dict[int, str] = {}  # for kind `state`: what each number means
    tile: bool = False  # shown on the fleet page
    where: str = ""  # on the device, or in which menu, a person reads it

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.plausible and self.plausible[0] >= self.plausible[1]:
            raise ValueError("`plausible` is [lowest, highest]")
        return self

    @property
    def finest(self) -> float:
        """Half the width of the narrowest band that its meter can tell from its neighbours; 0: any."""
        return max(self.resolution or 0.0, self.accuracy or 0.0)


def widest(ranges: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    """The range that holds all of these `plausible` ranges; None if one of them is None, or there are none."""
    lows, highs = list[float](), list[float]()
    for limits in ranges:
        if limits is None:
            return None
        lows.append(limits[0])
        highs.append(limits[1])
    return (min(lows), max(highs)) if lows else None
