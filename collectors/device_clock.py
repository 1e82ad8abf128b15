"""How far a device's own clock is from ours, learned from what it sends live. Pure: time is given.

What arrives live is of now. If its own time is not, either its clock is wrong, or it catches up after
an outage with rightly stamped messages. They are told apart by the way the offset (own time less
arrival) goes: a wrong clock runs as ours does, so its offset stays; who catches up sends hours within
seconds, so his offset shrinks with each of at least three messages. In doubt the clock is wrong: an
old value at arrival is corrected by the next, a new value stored as old hides an alarm.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from core.readings import DEVICE_CLOCK, Event
from core.text import times
from core.time.clock import DAY, MINUTE, SECOND
from core.vocabulary.readings import Quality
from core.vocabulary.severity import Severity

# Scanward's defaults, no source.
RIGHT_WITHIN = 5 * MINUTE
_NEWS_FROM = 15 * MINUTE  # a learned offset that has moved by less (a drift) is no news
_ANCIENT = 3653 * DAY  # a clock that was never set, and no message that waited
_ZONE_STEP, _NEAR_ZONE = 15 * MINUTE, 2 * MINUTE  # all zones differ by quarters of an hour
_MEMORY, _MOST = MINUTE, 50  # of the messages before, of which some may be of the same run
_JITTER = 5 * SECOND


class Stamp(NamedTuple):
    """When a message is of: UTC milliseconds, and whether they are the device's own (`good`)."""

    at: int
    quality: Quality


class ClockSample(NamedTuple):
    """A message's own time and its arrival, UTC milliseconds."""

    own: int
    arrived: int

    @property
    def offset(self) -> int:
        """Milliseconds that the clock is ahead of ours; negative: behind, or the message is old."""
        return self.own - self.arrived


class DeviceClock:
    """What is known of the clock of one device. Given its messages in the order of arrival.

    `offset` is the learned one in milliseconds, 0 for a clock that is right; give it back after a
    restart. With `remembers` the times are a bridge's, of when it last had word from the device: an
    old one is believed unless the bridge's own clock is known to be wrong.
    """

    def __init__(self, offset: int = 0, *, remembers: bool = False) -> None:
        self.offset = offset
        self._remembers = remembers
        self._past: deque[ClockSample] = deque(maxlen=_MOST)

    def stamps(self, samples: Sequence[ClockSample]) -> list[Stamp]:
        """A stamp for each; learns from them. Those that are given together explain one another."""
        caught_up = self._catching_up(samples)
        return [
            self._stamp(sample, is_caught_up=is_caught_up)
            for sample, is_caught_up in zip(samples, caught_up, strict=True)
        ]

    def is_undecided(self, samples: Sequence[ClockSample]) -> bool:
        """Is one so old that a message coming soon may explain it?"""
        if self.offset or self._remembers:
            return False
        caught_up = self._catching_up(samples)
        return any(
            -_ANCIENT < sample.offset < -RIGHT_WITHIN and not is_caught_up
            for sample, is_caught_up in zip(samples, caught_up, strict=True)
        )

    def _stamp(self, sample: ClockSample, *, is_caught_up: bool) -> Stamp:
        last = self._past[-1] if self._past else None
        self._past.append(sample)
        if self._is_right(sample):
            self.offset = 0
            return Stamp(min(sample.own, sample.arrived), "good")
        if is_caught_up:
            return Stamp(sample.own, "good")
        if last is not None and _is_steady(last, sample):
            self._learn(sample.offset)
        is_remembered = self._remembers and -_ANCIENT < sample.offset < 0 and not self.offset
        return Stamp(sample.own, "good") if is_remembered else Stamp(sample.arrived, "clock")

    def _is_right(self, sample: ClockSample) -> bool:
        # A clock that is known to be wrong must come closer, or it would be right at every other message.
        return abs(sample.offset) <= (RIGHT_WITHIN // 2 if self.offset else RIGHT_WITHIN)

    def _learn(self, offset: int) -> None:
        if not self.offset or abs(offset - self.offset) >= _NEWS_FROM:
            self.offset = offset

    def _catching_up(self, samples: Sequence[ClockSample]) -> Iterator[bool]:
        """Of each sample: is it of a run in which a device catches up?"""
        if not samples:
            return
        recent = [past for past in self._past if samples[0].arrived - past.arrived <= _MEMORY]
        runs = list(_runs([*recent, *samples]))
        verdicts = [verdict for run in runs for verdict in [_is_catch_up(run)] * len(run)]
        yield from (verdict and not self.offset for verdict in verdicts[len(recent) :])


def describe(offset: int) -> str:
    """`its clock is 4 h 30 min behind`."""
    if not offset:
        return "its clock is right again"
    if offset < -_ANCIENT:
        return "its clock is not set: it is years behind"
    if offset > _ANCIENT // 10:
        return "its clock is not set: it is years ahead"
    minutes = round(abs(offset) / MINUTE) * MINUTE
    return f"its clock is {times.duration(minutes)} {'ahead' if offset > 0 else 'behind'}"


def signed(offset: int) -> str:
    """`-4 h 30 min`."""
    minutes = round(abs(offset) / MINUTE) * MINUTE
    return f"{'+' if offset > 0 else '-'}{times.duration(minutes)}"


def clock_event(device: str, component: str, offset: int, at: int) -> Event:
    """That the clock was found wrong by so much, or is right again."""
    severity: Severity = "warning" if offset else "info"
    code = signed(offset) if offset else ""
    return Event(device, DEVICE_CLOCK, describe(offset).capitalize(), at, severity, component, code)


def _runs(samples: Iterable[ClockSample]) -> Iterator[list[ClockSample]]:
    """The samples in runs whose own time goes forward from the past to now, and no further."""
    run: list[ClockSample] = []
    for sample in samples:
        goes_on = run and run[-1].own <= sample.own <= sample.arrived + RIGHT_WITHIN
        if run and (not goes_on or run[0].offset < -_ANCIENT):
            yield run
            run = []
        run.append(sample)
    if run:
        yield run


def _is_catch_up(run: Sequence[ClockSample]) -> bool:
    """Does the device's time pass at least twice as fast as ours, and not by one leap alone?

    A leap is a clock that is set, or a change of summer time.
    """
    steps = [
        (later.own - earlier.own, later.arrived - earlier.arrived)
        for earlier, later in pairwise(run)
    ]
    if len(steps) < 2:
        return False
    steps.remove(max(steps))
    own, ours = sum(step[0] for step in steps), sum(step[1] for step in steps)
    return own >= 2 * max(ours, 0) + _JITTER


def _is_steady(earlier: ClockSample, later: ClockSample) -> bool:
    """Did both clocks run alike between these two, which are both away from ours?"""
    if abs(earlier.offset) <= RIGHT_WITHIN:
        return False
    if min(earlier.offset, later.offset) > 0 or max(earlier.offset, later.offset) < -_ANCIENT:
        return True  # nothing waits in the future, nor for ten years
    drift, span = abs(later.offset - earlier.offset), later.arrived - earlier.arrived
    if _is_near_zone(later.offset) and drift <= 3 * SECOND:
        return later.own != earlier.own  # the same time twice is something remembered
    return span >= 10 * SECOND and drift <= _JITTER + span // 10


def _is_near_zone(offset: int) -> bool:
    away = abs(offset) % _ZONE_STEP
    return abs(offset) >= _ZONE_STEP - _NEAR_ZONE and min(away, _ZONE_STEP - away) <= _NEAR_ZONE
