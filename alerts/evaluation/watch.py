"""What the engine knows of clocks: which times were ahead of its own, and when nobody was watching."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Self

from storage.records.cursors import SeriesKey

SHORTEST_PAUSE = (
    20_000  # ms between two looks that counts; the shortest `for` of an absence is 30 s
)


LEAST_LEAP = 1_000  # ms; a clock that is put right step by step is off by less between two looks
LEAST_OFF = 60_000  # ms from one engine to the next in which nobody watched; less is a restart


class Leap(NamedTuple):
    """Time on the clock in which nobody watched: it was put forward, or the machine slept."""

    length: int  # ms
    until: int  # the last time before it


@dataclass
class Watch:
    """Kept from round to round by one engine. Times are UTC milliseconds of the engine's clock."""

    # The ms for which this machine has run, which no clock changes; None where time is not the machine's.
    uptime: Callable[[], int] | None = None
    # Series whose newest time was ahead: of its last reading, or of what was noted when the clock
    # was ahead and is now set back (`rewound`, until something is read again).
    ahead: dict[SeriesKey, Literal["ahead", "rewound"]] = field(default_factory=dict)
    looked_at: int = 0
    leap: Leap | None = None  # the last one
    _looked_up: int | None = None  # the uptime at the last look for leaps
    _looked_wall: int = 0  # and the clock then
    _pauses: list[tuple[int, int]] = field(default_factory=list)  # length and end, longest first

    def look(self, now: int, looked_at: int) -> None:
        """Note that the engine looks now, and looked last at `looked_at` (0: never).

        A machine that was suspended or off, or a clock that leaps ahead, is a pause.
        """
        before = self.looked_at or looked_at
        pause = now - before if before else 0
        self._pauses = [(length, min(end, now)) for length, end in self._pauses if length > pause]
        if pause >= SHORTEST_PAUSE:
            self._pauses.append((pause, now))
        self.looked_at = now

    def leapt(self, now: int, looked_at: int) -> Leap | None:
        """How far the clock went ahead of the machine's uptime since the last call, if it did.

        The first call compares with `looked_at`, when an engine before this one looked (0: never).
        """
        if self.uptime is None:
            return None
        up = self.uptime()
        if self._looked_up is None:
            length, least = now - looked_at if looked_at else 0, LEAST_OFF
        else:
            length, least = now - self._looked_wall - (up - self._looked_up), LEAST_LEAP
        self._looked_up, self._looked_wall = up, now
        if length < least:
            return None
        self.leap = Leap(length, now - length)
        return self.leap

    def copy(self) -> Self:
        """What it knows now, to go back to."""
        return replace(self, ahead=dict(self.ahead), _pauses=list(self._pauses))

    def resumed_at(self, hold: int) -> int:
        """The end of the last pause that was as long as `hold`; 0 if there was none."""
        return next((end for length, end in reversed(self._pauses) if length >= hold), 0)
