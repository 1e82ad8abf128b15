"""What a plug read of a scanner, and what the scanner did."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from collectors.plug_use.fit import Counted
from collectors.plug_use.power_curve import Floats, PowerCurve, Times, power_curve
from collectors.plug_use.spans import Spans
from core.time.clock import DAY, HOUR, from_ms

ZONE = ZoneInfo("Asia/Kabul")
FIRST_MIDNIGHT = 1_790_969_400_000  # 2026-10-03T00:00 in Herat, a Saturday


class Recording(NamedTuple):
    """Readings of a plug, and the truth. Times are UTC ms."""

    components: list[tuple[Times, Floats]]
    days: int
    examinations: Times  # when each began
    load_at: Times
    load: Floats  # amount at each of these moments

    @property
    def curve(self) -> PowerCurve:
        """The power that the plug has read."""
        return power_curve(self.components)

    def counted(self, first: int, last: int) -> Counted:
        """Examinations of each hour of the days [first, last)."""
        edges = _edges(first, last)
        amounts = np.histogram(self.examinations, edges)[0]
        return _counted(edges, amounts.astype(np.float64))

    def loaded(self, first: int, last: int) -> Counted:
        """Load of each hour of the days [first, last)."""
        edges = _edges(first, last)
        return _counted(edges, np.histogram(self.load_at, edges, weights=self.load)[0])


def _edges(first: int, last: int) -> Times:
    return FIRST_MIDNIGHT + np.arange(first * DAY, last * DAY + 1, HOUR)


def _counted(edges: Times, amounts: Floats) -> Counted:
    day = np.array([from_ms(at, ZONE).toordinal() for at in edges[:-1].tolist()])
    return Counted(Spans(edges[:-1], edges[1:]), amounts, day)
