"""How much one collector does at once, and whether it is too busy to judge anybody."""

import asyncio
import errno
import logging
from typing import Self

from core.errors import SourceError
from core.text import times

_log = logging.getLogger(__name__)

# Polls in flight. A poll costs some milliseconds, so that even SNMPv3 leaves the loop time to hear answers.
_AT_ONCE = 64
_QUIET_S = 60.0  # without an overloaded round until it counts as over
OUR_OWN_LACK = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)  # of files, of memory


class OverloadedError(SourceError):
    """This machine lacked time, files or memory to hear the peer, which is not to blame."""


class CollectorLoad:
    """The load that all polls of one kind share."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        # Those that were lost wait out their time-outs beside the living, not before them.
        self._living = asyncio.Semaphore(at_once)
        self._lost = asyncio.Semaphore(at_once)
        self._overloaded_at: float | None = None  # of the loop's clock
        self._began_at = 0.0

    def lane(self, *, is_lost: bool) -> "LaneSeat":
        """To be held for as long as a poll takes."""
        return LaneSeat(self._lost if is_lost else self._living, self._lost)

    def note_overload(self, text: str, time: float) -> None:
        """A round could not be judged. Logged when it begins, whoever it was."""
        if self._overloaded_at is None:
            self._began_at = time
            _log.warning("overloaded: %s; who does not answer now is not called unreachable", text)
        self._overloaded_at = time

    def note_round(self, time: float) -> None:
        """A round that was judged. Logged once when all is quiet again."""
        if self._overloaded_at is not None and time - self._overloaded_at > _QUIET_S:
            lasted = times.duration(int((self._overloaded_at - self._began_at) * 1000))
            _log.info("no longer overloaded, which lasted %s", lasted)
            self._overloaded_at = None


class LaneSeat:
    """A place among the polls under way; who falls silent in his poll gives that of the living up."""

    def __init__(self, lane: asyncio.Semaphore, lost: asyncio.Semaphore) -> None:
        self._lane: asyncio.Semaphore | None = lane
        self._lost = lost

    async def __aenter__(self) -> Self:
        assert self._lane is not None
        await self._lane.acquire()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._lane is not None:
            self._lane.release()

    async def step_aside(self) -> None:
        """Go on among those that were lost: dead ones that nobody knew as such would keep the living waiting."""
        if self._lane is self._lost or self._lane is None:
            return
        self._lane.release()
        self._lane = None  # for as long as it waits: it may be cancelled there
        await self._lost.acquire()
        self._lane = self._lost
