"""How much of a window was seen, and where the longest gap lies. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from core.time.covered_hours import Interval, length, overlap, union, without
from storage.series import Point


class WindowCoverage(NamedTuple):
    """What the readings of a window leave unseen."""

    pct: float
    gap: Interval | None  # the longest without a reading; None if there is none


def coverage(
    points: Sequence[Point], width: int, every: int, counted: Sequence[Interval]
) -> WindowCoverage:
    """A reading stands for `every` (ms) after it; nothing is known of what comes later.

    Only `counted` time matters. A window of which no time counts is not seen at all.
    """
    seen = union((point.at, point.at + max(width, 1) + every) for point in points)
    total = length(counted)
    if not total:
        return WindowCoverage(0.0, None)
    gaps = without(counted, seen)
    longest = max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
    return WindowCoverage(100 * length(overlap(counted, seen)) / total, longest)
