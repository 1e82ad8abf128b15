"""What is asked about a number before it is taken: bounds around what was read before it.

A bound is data, so that a phone without a network asks what the server will ask: the page carries
`bounds` of each of its lines, and both compare in the same way (`Bound.is_crossed`, `round.js`).
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from core.schema.metric import Metric
from core.schema.site import Device, Site
from core.text import times
from core.text.numbers import PLAIN
from core.text.phrase import Phrase
from core.time.clock import DAY, from_ms
from maintenance.rounds.counter import NEAR_WRAP, WRAP, amount_used
from storage.known_readings import SeriesName, known_points
from storage.records import assets as asset_rows
from storage.series import Point, SeriesReader

# Scanward's defaults, no source.
LOOKED_BACK = 730 * DAY  # for the readings before
PACE_OVER = 90 * DAY
MUCH = 10  # times the pace; without a pace, times the last number: a digit too many
FEW = 100  # a counter that is lower has hardly begun
# A number that hardly moves is asked about where it is five times what it was, or a fifth: a decimal point
# that was lost makes it ten times what was read. One that moves by more than half (about zero) is not.
STEADY, SHIFTED = 1.5, 5.0
LEAST_KNOWN, MOST_KNOWN = 3, 5  # readings before: fewer say nothing, older no more

Words = Callable[[str], Phrase]  # of what was typed


class Bound(NamedTuple):
    """Beyond `value` a number is asked about; it moves by `a_day` each day after `since`, one day's at least."""

    side: Literal["below", "above"]
    value: float  # in the metric's unit
    words: Words
    a_day: float = 0.0
    since: int = 0  # UTC ms
    unless: tuple[float, float] | None = None  # from, to: where a counter is that has wrapped

    def is_crossed(self, value: float, at: int) -> bool:
        """Is a number that was read at `at` (UTC ms) beyond it?"""
        bound = self.value + self.a_day * max((at - self.since) / DAY, 1.0)
        if self.unless is not None and self.unless[0] <= value < self.unless[1]:
            return False
        return value > bound if self.side == "above" else value < bound


def bounds(
    db: Session, site: Site, device: Device, metric: str, component: str, at: int, now: int
) -> list[Bound]:
    """What a number that is read at `at` may hardly be beyond, by what is known at `now`, both UTC ms."""
    kind, name = device.profile.metrics[metric].kind, (device.id, metric, component)
    if kind == "state" or (kind == "gauge" and is_supplied(device, metric)):
        return []
    points = _course(db, site, name, at, now)
    index = bisect_left(points, at, key=lambda point: point.at)
    if kind == "gauge":
        return _steady(site, device.profile.metrics[metric], points[:index])
    following = next((point for point in points[index:] if point.at > at), None)
    return _Counter(db, site, device, metric, at).bounds(points[:index], following)


def supplied_metrics(device: Device) -> set[str]:
    """What the sources of the device bring."""
    return {name for source in device.sources for name in source.metrics_supplied(device.profile)}


def is_supplied(device: Device, metric: str) -> bool:
    """Does a source of the device bring it?"""
    return metric in supplied_metrics(device)


def usual_pace(points: Sequence[Point]) -> float | None:
    """How far a counter goes a day, over the 90 days up to its last point; None if nobody knows."""
    recent = [point for point in points if point.at >= points[-1].at - PACE_OVER]
    if len(recent) < 2:
        return None
    span = (recent[-1].at - recent[0].at) / DAY
    return amount_used(recent) / max(span, 1.0) or None


class _Counter(NamedTuple):
    """A running number, and when it is read anew."""

    db: Session
    site: Site
    device: Device
    metric: str
    at: int  # UTC ms

    def bounds(self, before: Sequence[Point], following: Point | None) -> list[Bound]:
        """Not less than before, not far more, not more than after."""
        limits = list[Bound]()
        if before and not self._is_replaced(before[-1].at):
            limits.append(self._not_less(before))
        if before:
            limits += self._not_far_more(before)
        if following is not None and not self._is_replaced(following.at):
            limits.append(self._not_more(following))
        return limits

    def _not_less(self, before: Sequence[Point]) -> Bound:
        last = before[-1].high
        wraps = (0.0, NEAR_WRAP) if WRAP - NEAR_WRAP < last < WRAP else None
        return Bound("below", last, partial(self._less, before), unless=wraps)

    def _not_far_more(self, before: Sequence[Point]) -> list[Bound]:
        last, pace = before[-1], usual_pace(before)
        words = partial(self._far_more, before)
        if pace is not None:
            return [Bound("above", last.high, words, MUCH * pace, last.at)]
        if last.high < FEW:
            return []
        # Ten times exactly is a zero too many.
        return [Bound("above", math.nextafter(MUCH * last.high, 0), words)]

    def _not_more(self, following: Point) -> Bound:
        wraps = (WRAP - NEAR_WRAP, WRAP) if following.low < NEAR_WRAP else None
        return Bound("above", following.low, partial(self._more, following), unless=wraps)

    def _less(self, before: Sequence[Point], typed: str) -> Phrase:
        return Phrase(
            "{title}: {typed} is less than {last} of {when}{usual}",
            title=self.title,
            typed=typed,
            last=PLAIN.measured(before[-1].high),
            when=times.timestamp(before[-1].at, self.site.zone),
            usual=_usual(before),
        )

    def _far_more(self, before: Sequence[Point], typed: str) -> Phrase:
        return Phrase(
            "{title}: {typed} is far more than {last} of {when}{usual}",
            title=self.title,
            typed=typed,
            last=PLAIN.measured(before[-1].high),
            when=times.timestamp(before[-1].at, self.site.zone),
            usual=_usual(before),
        )

    def _more(self, following: Point, typed: str) -> Phrase:
        return Phrase(
            "{title}: {typed} is more than {later} of {when}",
            title=self.title,
            typed=typed,
            later=PLAIN.measured(following.low),
            when=times.timestamp(following.at, self.site.zone),
        )

    @property
    def title(self) -> str:
        return self.device.profile.metrics[self.metric].title

    def _is_replaced(self, other_at: int) -> bool:
        """Was a part whose life it counts (a new tube) installed on a day after the earlier of two readings?"""
        zone = self.site.zone
        days = [from_ms(at, zone).date().isoformat() for at in sorted((self.at, other_at))]
        parts = asset_rows.components_counted_by(self.db, self.device.id, self.metric)
        return any(days[0] < part.installed_on <= days[1] for part in parts)


def _steady(site: Site, metric: Metric, before: Sequence[Point]) -> list[Bound]:
    """Around a number that hardly moves; nothing of one that moves, has either sign, or is hardly known."""
    known = before[-MOST_KNOWN:]
    sizes = [abs(point.mean) for point in known]
    is_steady = len(known) >= LEAST_KNOWN and 0 < max(sizes) <= STEADY * min(sizes)
    if not is_steady or len({point.mean > 0 for point in known}) > 1:
        return []
    usual, words = median(point.mean for point in known), partial(_far_off, site, metric, known[-1])
    low, high = sorted((usual / SHIFTED, usual * SHIFTED))
    return [Bound("below", low, words), Bound("above", high, words)]


def _far_off(site: Site, metric: Metric, last: Point, typed: str) -> Phrase:
    return Phrase(
        "{title}: {typed} is far from {last} of {when}: is the decimal point where it belongs?",
        title=metric.title,
        typed=typed,
        last=PLAIN.measured(last.mean),
        when=times.timestamp(last.at, site.zone),
    )


def _usual(before: Sequence[Point]) -> str:
    pace = usual_pace(before)
    return "" if pace is None else Phrase("; usual is {pace} a day", pace=PLAIN.measured(pace))


def _course(db: Session, site: Site, name: SeriesName, at: int, now: int) -> list[Point]:
    """What is known of a series around a moment."""
    start, end = at - LOOKED_BACK, max(at, now) + 1
    return known_points(db, SeriesReader(site.series_path), name, start, end)
