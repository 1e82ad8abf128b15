"""Amounts of spans of time, and what the plug's curve shows in each. Pure."""

from typing import NamedTuple

import numpy as np

from collectors.plug_use.power_curve import Floats, PowerCurve, Times
from collectors.plug_use.pulses import Pulses
from core.time.clock import MINUTE, SECOND

# Between peaks. Those of one patient lie nearer to each other than those of two, by how much is
# learned: how many groups there are at each of these pauses is what the examinations are made of.
PAUSES_MS = tuple(
    seconds * SECOND
    for seconds in (0, 20, 40, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 900, 1200, 1800)
)
# From the beginning of one to that of the next, for machines whose sequences have a rhythm.
INTERVALS_MS = tuple(
    seconds * SECOND for seconds in (60, 120, 180, 240, 300, 360, 420, 480, 600, 720, 900, 1200)
)
# A table is busy between peaks too, while the pause is short: at which is learned.
SHORT_PAUSES_MS = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE)


class Spans(NamedTuple):
    """Spans [begin, end) of time that do not overlap, oldest first."""

    begin: Times
    end: Times

    def places(self, at: Times) -> tuple[Times, Times]:
        """Which of the moments `at` lie in a span (their numbers), and in which."""
        if not len(self.begin):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        span = np.searchsorted(self.begin, at, "right") - 1
        inside = np.flatnonzero((span >= 0) & (at < self.end[span]))
        return inside, span[inside]


class Seen(NamedTuple):
    """What the plug's curve shows in each span, a row each."""

    groups: Floats  # of peaks at each of PAUSES_MS and of INTERVALS_MS; minutes of scanning
    work: Floats  # kJ above idle; minutes of scanning; peaks
    table: Floats  # minutes of scanning; minutes of the pauses that are shorter than each


def seen_in(spans: Spans, curve: PowerCurve, above: Floats, pulses: Pulses) -> Seen:
    """Counts and sums of the peaks in each span; a peak, and the pause before it, where it begins."""
    length = len(spans.begin)
    began, span = spans.places(pulses.begin)
    pause, interval = pulses.pause[began], pulses.interval[began]
    groups = [
        np.bincount(span[apart >= least], minlength=length).astype(np.float64)
        for apart, limits in ((pause, PAUSES_MS), (interval, INTERVALS_MS))
        for least in limits
    ]
    pauses = [
        np.bincount(span[pause < most], pause[pause < most] / MINUTE, minlength=length)
        for most in SHORT_PAUSES_MS
    ]
    inside = np.flatnonzero(pulses.is_inside)
    chosen, span = spans.places(curve.begin[inside])
    lasted = (curve.end - curve.begin)[inside[chosen]]
    minutes = np.bincount(span, lasted / MINUTE, minlength=length)
    energy = np.bincount(span, above[inside[chosen]] * lasted / 1e6, minlength=length)
    return Seen(
        np.stack([*groups, minutes], axis=1),
        np.stack([energy, minutes, groups[0]], axis=1),
        np.stack([minutes, *pauses], axis=1),
    )
