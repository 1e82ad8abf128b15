"""A metric: what is measured, in which unit, and what can be true of it."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import model_validator

from core.schema.strict_model import Strict


class Metric(Strict):
    """One thing that is measured. Its name carries the unit and is a public API."""

    title: str
    unit: str = ""
    kind: Literal["gauge", "counter", "state"] = "gauge"
    plausible: tuple[float, float] | None = None  # outside it an answer is a fault of the sensor
    states: dict[int, str] = {}  # for kind `state`: what each number means
    tile: bool = False  # shown on the fleet page

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.plausible and self.plausible[0] >= self.plausible[1]:
            raise ValueError("`plausible` is [lowest, highest]")
        return self


def widest(ranges: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    """One `plausible` for what several metrics tell together; None if one of them has none."""
    known = list(ranges)
    lows, highs = [one[0] for one in known if one], [one[1] for one in known if one]
    return (min(lows), max(highs)) if lows and len(lows) == len(known) else None
