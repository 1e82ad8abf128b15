"""A room's sensor that was read all day, and the proof that its temperature held."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core.schema.proof import HeldProof
from core.time.clock import HOUR, MINUTE
from maintenance.proofs.observed import ObservedSeries, ProofWindow
from storage.series import Point

NOW = 1_800_000_000_000
DAY = 24 * HOUR
STEP = 10 * MINUTE
WINDOW = ProofWindow(NOW - DAY, NOW, NOW, ZoneInfo("Asia/Kabul"))
BECAUSE = "the sensor hangs in the room"
HELD = HeldProof.model_validate(
    {"kind": "held", "metrics": ["room_temp_c"], "over": "24h", "because": BECAUSE}
)


def points(values: Sequence[float], end: int = NOW, step: int = STEP) -> tuple[Point, ...]:
    """A reading each step, the last of them at `end`."""
    first = end - step * (len(values) - 1)
    return tuple(
        Point(first + step * index, value, value, value, 1) for index, value in enumerate(values)
    )


def a_day(low: float = 21.0, high: float = 22.0) -> tuple[Point, ...]:
    """144 readings between the two."""
    return points([low if index % 2 else high for index in range(145)])


def room(**changed: Any) -> ObservedSeries:
    fields: dict[str, Any] = {
        "metric": "room_temp_c", "title": "Room temperature", "unit": "°C", "points": a_day(),
        "low": 18.0, "high": 26.0, "sources": ("mqtt",),
    }  # fmt: skip
    return ObservedSeries(**{**fields, **changed})
