"""Whether the parts of a process move on, and the sign of it that others look at.

A process that dies is started again by whoever supervises it. One that hangs is not noticed so: its
parts note here each step that they have done, and while all do, a file is touched.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from app.clock import uptime
from core.retry import FailureStreak
from core.text import times
from core.time.clock import SECOND
from storage.files.alive import STANDSTILL, touch, touched_at

log = logging.getLogger(__name__)

TOUCH_EVERY = 10 * SECOND
REMIND = 10 * 60 * SECOND


class Liveness:
    """The parts of this process, each with when it last did a step."""

    def __init__(
        self,
        path: Path,
        parts: Iterable[str],
        clock: Callable[[], int] = uptime,
        also: Callable[[str], None] = lambda _part: None,
    ) -> None:
        self._path, self._clock, self._also = path, clock, also
        self._moved_at = dict.fromkeys(parts, clock())
        self._touched_at = clock() - TOUCH_EVERY

    def note(self, part: str) -> None:
        """The part has done a step."""
        self._also(part)
        at = self._moved_at[part] = self._clock()
        if at - self._touched_at >= TOUCH_EVERY and not self.standing_still():
            self._touched_at = at
            with suppress(OSError):  # a full disk is not this part's trouble
                touch(self._path)

    def noting(self, part: str, now: Callable[[], int]) -> Callable[[], int]:
        """The clock `now`: each look at it, which is between two messages, is a step of the part."""

        def noted() -> int:
            self.note(part)
            return now()

        return noted

    def standing_still(self) -> list[str]:
        """The parts that have done nothing for too long."""
        at = self._clock()
        return [part for part, moved_at in self._moved_at.items() if at - moved_at > STANDSTILL]


class StandstillWatch:
    """Looks from another process at such a file, and logs when it is touched no longer.

    It counts by its own clock how long the file has been as it is: the wall clock may be set.
    """

    def __init__(self, path: Path, clock: Callable[[], int] = uptime) -> None:
        self._path, self._clock = path, clock
        self._touched_at: int | None = None
        self._seen_at = clock()  # a start gives the other process as long as any pause
        self._failures = FailureStreak(REMIND)

    def look(self) -> None:
        """Log CRITICAL when the other stands still, every ten minutes, and once when it goes on."""
        at, touched = self._clock(), touched_at(self._path)
        if touched != self._touched_at:
            self._touched_at, self._seen_at = touched, at
        if at - self._seen_at > STANDSTILL:
            if self._failures.failed(at=at):
                log.critical(
                    "the alert process has neither judged nor sent anything for %s: nobody would be"
                    " told of a fault. Look at its log, and start it again",
                    times.duration(at - self._seen_at),
                )
        elif self._failures.recovered():
            log.info("the alert process goes on")
