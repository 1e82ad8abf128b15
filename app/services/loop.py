"""How the step of a service is repeated: every so often until it is told to stop, whatever fails."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import StoreError
from core.retry import Backoff, FailureStreak
from core.text import times
from core.time.clock import SECOND

ROUND_S = 1.0
LONGEST_PAUSE_S = 30.0
REMIND_S = 600.0

Step = Callable[[], object]


def kind(error: StoreError) -> str:
    """The class of an error, for failures whose texts differ at each try."""
    return type(error).__name__


@dataclass(frozen=True, slots=True)
class Loop:
    """A step that fails is tried again after pauses that double, from twice `every_s`.

    A failure is logged when it comes, when its `reason` changes and every `remind_s`, and when it is
    over. `lost` may name `%(error)s` and `%(pause)s`, how long until the next try.
    """

    log: logging.Logger
    every_s: float = ROUND_S
    longest_s: float = LONGEST_PAUSE_S
    lost: str = "%(error)s; trying again"
    back: str = "the store answers again"  # empty: nothing is logged
    reason: Callable[[StoreError], str] = str
    remind_s: float = REMIND_S
    # Errors of a step that pauses by itself: it is asked again after `every_s`.
    paced: tuple[type[StoreError], ...] = ()

    def run(self, step: Step, stop: threading.Event, *, once: bool = False) -> None:
        """Repeat `step` until `stop` is set: at once while it returns True, else every `every_s`.

        With `once`, until there is no more to do, and a StoreError is the caller's.
        """
        if once:
            while step() is True and not stop.is_set():
                pass
            return
        failures = FailureStreak(self.remind_s)
        while not stop.is_set() and not stop.wait(self._pause_after(step, failures)):
            pass

    def _pause_after(self, step: Step, failures: FailureStreak) -> float:
        """Do the step; seconds until the next."""
        try:
            is_more = step() is True
        except StoreError as error:
            return self._failed(error, failures)
        if failures.recovered() and self.back:
            self.log.info(self.back)
        return 0.0 if is_more else self.every_s

    def _failed(self, error: StoreError, failures: FailureStreak) -> float:
        is_news = failures.failed(self.reason(error), time.monotonic())
        pause = self.every_s
        if not isinstance(error, self.paced):
            pause = Backoff(2 * self.every_s, self.longest_s).pause(failures.failures)
        if is_news:
            self.log.error(
                self.lost, {"error": error, "pause": times.duration(round(pause * SECOND))}
            )
        return pause


class DueTime:
    """When something is to be done next. A clock that is set back does not put it off."""

    def __init__(self) -> None:
        self._set_at = self._due_at = 0

    def is_due(self, now: int) -> bool:
        """Is it time? `now` is UTC milliseconds."""
        return not self._set_at <= now < self._due_at

    def postpone(self, now: int, pause: int) -> None:
        """Not before `pause` milliseconds have passed."""
        self._set_at, self._due_at = now, now + pause
