"""Polls agents, each by its own schedule, so that a dead one never delays a living one."""

import asyncio
import logging
import random
from typing import NamedTuple

from collectors.base import POLL_MAY_WAIT_S, Now, Sink, Source, reachability
from collectors.polling.contact import ContactLog
from collectors.polling.load import CollectorLoad, OverloadedError
from collectors.polling.schedule import backoff, next_due, on_grid
from collectors.snmp.explain import agent_name, refused_text
from collectors.snmp.get import IncompleteError, get, undotted
from collectors.snmp.lane import Lane
from collectors.snmp.limits import RequestLimits
from collectors.snmp.parse import AnswerReader, requested_oids
from collectors.snmp.session import Oid, Session
from collectors.snmp.walk import walk
from collectors.unknown_keys import UnknownKeys
from core.errors import SourceError
from core.readings import Batch
from core.schema.site import Device, Site
from core.schema.sources.snmp import SnmpSource

_log = logging.getLogger(__name__)

_SLOWEST_START_S = 5.0  # the first polls are spread over at most this long
_LONGEST_POLL_S = 60.0  # an agent may take longer only if its own `timeout` and `retries` say so
_RETRY_ABSENT_S = 3600.0  # an SNMPv1 agent may have gained a sensor since


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One loop for each SNMP agent of each device."""
    lane, load = Lane(), CollectorLoad()
    return [
        _SnmpLoop(device, source, Session(source, lane), sink, now, load)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, SnmpSource)
    ]


class _PollResult(NamedTuple):
    """The answers of one poll. With an error they are those that came before it."""

    answers: dict[str, object]
    error: SourceError | None
    is_up: bool


class _SnmpLoop:
    """Polls one agent."""

    def __init__(
        self,
        device: Device,
        source: SnmpSource,
        session: Session,
        sink: Sink,
        now: Now,
        load: CollectorLoad,
    ) -> None:
        self._device = device
        self._source = source
        self._session = session
        self._sink = sink
        self._now = now
        self._load = load
        self._reader = AnswerReader(device, source)
        requested = requested_oids(device, source)
        self._scalars = [undotted(oid) for oid in requested.scalars]
        self._columns = [undotted(oid) for oid in requested.columns]
        self._absent: set[Oid] = set()
        self._absent_since = 0.0
        self._contact = ContactLog(self.name, _log)
        self._last_error = ""
        self._unknown = UnknownKeys(device.id, "snmp", sink.position(self._unknown_key) or "")

    @property
    def _unknown_key(self) -> str:
        return f"snmp:unknown:{self._device.id}:{agent_name(self._source)}"

    @property
    def name(self) -> str:
        """`ups-1 snmp 192.0.2.7:161`."""
        return f"{self._device.id} snmp {agent_name(self._source)}"

    @property
    def last_error(self) -> str:
        """Why the last poll failed or brought only a part, or what else came in it."""
        return self._last_error

    async def run(self) -> None:
        """Poll until cancelled."""
        loop = asyncio.get_running_loop()
        every = self._source.every / 1000
        start = on_grid(loop.time() + _jitter() * min(every, _SLOWEST_START_S))
        due = start
        try:
            while True:
                await asyncio.sleep(due - loop.time())
                await self._guarded_round()
                due = next_due(start, every, loop.time())
                if self._contact.failures > 1:
                    due = loop.time() + backoff(every, self._contact.failures, _jitter())
        finally:
            self._session.close()

    async def once(self) -> None:
        """One poll; everything it opened is closed again."""
        try:
            await self._round()
        finally:
            self._session.close()

    async def _guarded_round(self) -> None:
        try:
            await self._round()
        except Exception:  # noqa: BLE001  one device's bug must not end its watch; it is logged whole
            _log.exception("%s: a fault of Scanward itself, please report it", self.name)

    async def _round(self) -> None:
        async with self._load.lane(is_lost=self._contact.is_lost) as seat:
            self._session.after_silence = seat.step_aside
            at = self._now()
            poll = await self._poll()
        if isinstance(poll.error, OverloadedError):
            self._last_error = str(poll.error)
            self._load.note_overload(self._last_error, asyncio.get_running_loop().time())
        else:
            self._load.note_round(asyncio.get_running_loop().time())
            self._record_outcome(poll)
        batch = self._reader.read(poll.answers, at)
        if poll.is_up and poll.error is None:
            batch = self._with_understanding(batch, at)
        if poll.is_up or not isinstance(poll.error, OverloadedError):
            response_ms = self._session.response_ms
            batch.readings.extend(
                reachability(self._device, "snmp", at, up=poll.is_up, response_ms=response_ms)
            )
        whole = Batch(batch.readings, batch.events, batch.positions, POLL_MAY_WAIT_S)
        await self._sink.append(whole)

    def _with_understanding(self, batch: Batch, at: int) -> Batch:
        """An agent may answer everything, and have nothing of what its profile asks for."""
        before = self._unknown.news
        is_understood = bool(batch.readings or batch.events)
        news = self._unknown.matched(at) if is_understood else self._unknown.not_matched([], at)
        if self._unknown.news == before:
            return batch
        _log.warning("%s: %s", self.name, self._unknown.news or "its answers are known again")
        positions = {self._unknown_key: self._unknown.news}
        return Batch(batch.readings, [*batch.events, *news], positions)

    async def _poll(self) -> _PollResult:
        """Never raises for what an agent or the network does."""
        answers: dict[str, object] = {}
        self._session.start_poll(self._deadline_s())
        self._forget_absent()
        error: SourceError | None = None
        try:
            await self._request_all(answers)
        except SourceError as caught:
            error = caught
        is_up = self._session.response_ms is not None
        if not is_up and isinstance(error, IncompleteError):
            error = self._session.silence or error
        return _PollResult(answers, error, is_up)

    async def _request_all(self, answers: dict[str, object]) -> None:
        incomplete: IncompleteError | None = None
        try:
            await get(self._session, self._scalars, answers, self._absent)
        except IncompleteError as error:
            incomplete = error  # the tables may still be sound
        await walk(self._session, self._columns, answers, bulk=self._source.version != "1")
        if incomplete is not None:
            raise incomplete

    def _deadline_s(self) -> float:
        """Seconds for a whole poll: its period, but enough for one request with its retries."""
        request_s = (self._source.timeout / 1000 * 3 + 0.5) * (self._source.retries + 1)
        return max(request_s, min(self._source.every / 1000, _LONGEST_POLL_S))

    def _forget_absent(self) -> None:
        time = asyncio.get_running_loop().time()
        if time - self._absent_since > _RETRY_ABSENT_S:
            self._absent.clear()
            self._session.limits = RequestLimits()  # it may take more since
            self._absent_since = time

    def _record_outcome(self, poll: _PollResult) -> None:
        """Count failures, and log once when the agent is lost or answers in part, and once when it is back."""
        time = asyncio.get_running_loop().time()
        self._last_error = str(poll.error or "")
        if poll.is_up and poll.error is None and self._session.refused:
            self._last_error = f"beside what was read, {refused_text(self._session.refused)}"
        if poll.is_up:
            self._contact.answered(time, str(poll.error or ""))
        else:
            self._session.reset_transport()
            self._absent.clear()
            self._session.limits.mute.clear()
            self._contact.failed(poll.error, time)


def _jitter() -> float:
    return random.random()  # noqa: S311  spreads load, keeps no secret
