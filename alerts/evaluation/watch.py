"""What the engine knows of clocks: which times were ahead of its own, and when nobody was watching."""

from dataclasses import dataclass, field
from typing import Literal

from storage.records.cursors import SeriesKey

SHORTEST_PAUSE = (
    20_000  # ms between two looks that counts; the shortest `for` of an absence is 30 s
)


@dataclass
class Watch:
    """Kept from round to round by one engine. Times are UTC milliseconds of the engine's clock."""

    # Series whose newest time was ahead: of its last reading, or of what was noted when the clock
    # was ahead and is now set back (`rewound`, until something is read again).
    ahead: dict[SeriesKey, Literal["ahead", "rewound"]] = field(default_factory=dict)
    looked_at: int = 0
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

    def resumed_at(self, hold: int) -> int:
        """The end of the last pause that was as long as `hold`; 0 if there was none."""
        return next((end for length, end in reversed(self._pauses) if length >= hold), 0)
