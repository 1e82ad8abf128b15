"""One peer, asked again and again: its beat, its back-off, its `up`, and what of it is logged."""

import asyncio
import logging
import random
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from collectors.base import POLL_MAY_WAIT_S, Now, Sink, reachability
from collectors.polling.contact import ContactLog
from collectors.polling.load import CollectorLoad, OverloadedError
from collectors.polling.schedule import backoff, next_due
from core.errors import SourceError
from core.readings import Batch
from core.schema.site import Device

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_SLOWEST_START_S = 5.0  # the first polls are spread over at most this long
_SLICE_S = 0.1  # of waiting; what one of them takes too long is our own delay


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What one poll brought. With an error, what came beside it; who is not up answered nothing."""

    is_up: bool
    batch: Batch = field(default_factory=Batch)
    response_ms: float | None = None
    error: SourceError | None = None


class PolledPeer(Protocol):
    """Somebody to be polled."""

    @property
    def name(self) -> str:
        """For the log: `ct-1 dicom SOMATOM at 192.0.2.7:104`."""

    @property
    def every_s(self) -> float:
        """Seconds from one poll to the next."""

    @property
    def timeout_s(self) -> float:
        """Seconds for which it may be silent."""

    async def poll(self, at: int) -> PollAnswer:
        """Ask it once. SourceError in place of an answer that is not up and brought nothing."""


class PollLoop:
    """Polls one peer."""

    def __init__(
        self,
        device: Device,
        component: str,
        peer: PolledPeer,
        sink: Sink,
        now: Now,
        load: CollectorLoad,
    ) -> None:
        self._device = device
        self._component = component  # of its `up`
        self._peer = peer
        self._sink = sink
        self._now = now
        self._load = load
        self._contact = ContactLog(peer.name, _log)
        self._last_error = ""

    @property
    def name(self) -> str:
        """That of its peer."""
        return self._peer.name

    @property
    def last_error(self) -> str:
        """Why the last poll failed, or brought only a part."""
        return self._last_error

    async def run(self) -> None:
        """Poll until cancelled."""
        loop = asyncio.get_running_loop()
        every = self._peer.every_s
        start = due = loop.time() + _jitter() * min(every, _SLOWEST_START_S)
        while True:
            await asyncio.sleep(due - loop.time())
            try:
                await self.once()
            except Exception:  # noqa: BLE001  one device's bug must not end its watch; it is logged whole
                _log.exception("%s: a fault of Scanward itself, please report it", self.name)
            due = next_due(start, every, loop.time())
            if self._contact.failures > 1:
                due = loop.time() + backoff(every, self._contact.failures, _jitter())

    async def once(self) -> None:
        """One poll."""
        async with self._load.lane(is_lost=self._contact.is_lost):
            at = self._now()
            answer = await self._judged_poll(at)
        time = asyncio.get_running_loop().time()
        self._last_error = str(answer.error or "")
        readings = answer.batch.readings
        if isinstance(answer.error, OverloadedError) and not answer.is_up:
            self._load.note_overload(self._last_error, time)
        else:
            self._load.note_round(time)
            if answer.is_up:
                self._contact.answered(time, self._last_error)
            else:
                self._contact.failed(answer.error, time)
            state = reachability(
                self._device,
                self._component,
                at,
                up=answer.is_up,
                response_ms=answer.response_ms,
            )
            readings = [*readings, *state]
        batch = answer.batch
        await self._sink.append(Batch(readings, batch.events, batch.positions, POLL_MAY_WAIT_S))

    async def _judged_poll(self, at: int) -> PollAnswer:
        """Never raises for what the peer or the network does. Who was silent while we were late is not judged."""
        poll = asyncio.ensure_future(self._peer.poll(at))
        late_s = await _lateness(poll)
        try:
            answer = poll.result()
        except SourceError as error:
            answer = PollAnswer(is_up=False, error=error)
        is_doubtful = answer.error is not None and not answer.error.permanent and not answer.is_up
        if is_doubtful and late_s > self._peer.timeout_s / 2:
            text = f"this machine is too busy to listen to {self.name} (late by {late_s:.1f} s)"
            return PollAnswer(is_up=False, error=OverloadedError(text))
        return answer


async def _lateness(work: "asyncio.Future[_Result]") -> float:
    """Wait until `work` is done; seconds that the loop was late meanwhile. Cancelled, it cancels the work."""
    loop = asyncio.get_running_loop()
    late_s = 0.0
    try:
        while not work.done():
            began = loop.time()
            await asyncio.wait([work], timeout=_SLICE_S)
            late_s += max(0.0, loop.time() - began - _SLICE_S)
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise
    return late_s


def _jitter() -> float:
    return random.random()  # noqa: S311  spreads load, keeps no secret
