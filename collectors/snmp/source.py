"""Polls agents, each by its own schedule, so that a dead one never delays a living one."""

import asyncio
import logging
import random
from typing import NamedTuple

from collectors.base import Now, Sink, Source, reachability
from collectors.snmp.credentials import Engines
from collectors.snmp.explain import agent_name
from collectors.snmp.get import IncompleteError, get, undotted
from collectors.snmp.parse import asked, parse
from collectors.snmp.poll_schedule import next_due, patience
from collectors.snmp.session import Oid, Session
from collectors.snmp.walk import walk
from core.errors import SourceError
from core.schema.site import Device, Site
from core.schema.sources.snmp import SnmpSource
from core.text import times

_log = logging.getLogger(__name__)

_SLOWEST_START_S = 5.0  # the first polls are spread over at most this long
_LONGEST_POLL_S = 60.0  # an agent may take longer only if its own `timeout` and `retries` say so
_ASK_ABSENT_AGAIN_S = 3600.0  # an SNMPv1 agent may have gained a sensor since


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One loop for each SNMP agent of each device."""
    engines = Engines()
    return [
        _SnmpLoop(device, source, Session(source, engines), sink, now)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, SnmpSource)
    ]


class _Poll(NamedTuple):
    """What one poll brought. With an error `answers` holds what came before it."""

    answers: dict[str, object]
    error: SourceError | None
    is_up: bool


class _SnmpLoop:
    """Polls one agent."""

    def __init__(
        self, device: Device, source: SnmpSource, session: Session, sink: Sink, now: Now
    ) -> None:
        self._device = device
        self._source = source
        self._session = session
        self._sink = sink
        self._now = now
        todo = asked(device, source)
        self._scalars = [undotted(oid) for oid in todo.scalars]
        self._columns = [undotted(oid) for oid in todo.columns]
        self._absent: set[Oid] = set()
        self._absent_since = 0.0
        self._failures = 0
        self._lost_at: float | None = None  # of the loop's clock
        self._needs_person = False
        self._complaint = ""
        self._trouble = ""

    @property
    def name(self) -> str:
        """`ups-1 snmp 192.0.2.7:161`."""
        return f"{self._device.id} snmp {agent_name(self._source)}"

    @property
    def trouble(self) -> str:
        """Why the last poll failed, or brought only a part."""
        return self._trouble

    async def run(self) -> None:
        """Poll until cancelled."""
        loop = asyncio.get_running_loop()
        every = self._source.every / 1000
        start = loop.time() + _chance() * min(every, _SLOWEST_START_S)
        due = start
        try:
            while True:
                await asyncio.sleep(due - loop.time())
                await self._guarded_round()
                due = next_due(start, every, loop.time())
                if self._failures > 1:
                    due = loop.time() + patience(every, self._failures, _chance())
        finally:
            self._session.close()

    async def once(self) -> None:
        """One poll; everything it opened is closed again."""
        try:
            await self._round()
        finally:
            self._session.close()
            await asyncio.sleep(0)  # lets the socket's transport end before the loop does

    async def _guarded_round(self) -> None:
        try:
            await self._round()
        except Exception:  # noqa: BLE001  one device's bug must not end its watch; it is logged whole
            _log.exception("%s: a fault of Scanward itself, please report it", self.name)

    async def _round(self) -> None:
        at = self._now()
        poll = await self._poll()
        self._note(poll)
        batch = parse(self._device, self._source, poll.answers, at)
        response_ms = self._session.response_ms
        batch.readings.extend(
            reachability(self._device, "snmp", at, up=poll.is_up, response_ms=response_ms)
        )
        await self._sink.append(batch)

    async def _poll(self) -> _Poll:
        """Never raises for what an agent or the network does."""
        answers: dict[str, object] = {}
        self._session.fresh()
        self._forget_absent()
        error: SourceError | None = None
        try:
            async with asyncio.timeout(self._deadline_s()):
                await self._ask(answers)
        except TimeoutError:
            error = SourceError(f"not done after {self._deadline_s():g} s")
        except SourceError as caught:
            error = caught
        return _Poll(answers, error, is_up=self._session.response_ms is not None)

    async def _ask(self, answers: dict[str, object]) -> None:
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
        one = (self._source.timeout / 1000 * 3 + 0.5) * (self._source.retries + 1)
        return max(one, min(self._source.every / 1000, _LONGEST_POLL_S))

    def _forget_absent(self) -> None:
        time = asyncio.get_running_loop().time()
        if time - self._absent_since > _ASK_ABSENT_AGAIN_S:
            self._absent.clear()
            self._absent_since = time

    def _note(self, poll: _Poll) -> None:
        """Count failures, and say once when the agent is lost or limps, and once when it is well."""
        time = asyncio.get_running_loop().time()
        self._trouble = str(poll.error or "")
        if poll.is_up:
            self._failures = 0
            self._say_back(time)
        else:
            self._failures += 1
            self._session.hang_up()
            self._absent.clear()
            self._say_lost(poll.error, time)
        self._say_limping(poll)

    def _say_lost(self, error: SourceError | None, time: float) -> None:
        needs_person = error is not None and error.permanent
        if self._lost_at is not None and needs_person <= self._needs_person:
            _log.debug("%s still unreachable: %s", self.name, error)
            return
        self._lost_at = time if self._lost_at is None else self._lost_at
        self._needs_person = needs_person
        hint = "; this needs a person" if needs_person else ""
        _log.warning("%s unreachable: %s%s", self.name, error, hint)

    def _say_back(self, time: float) -> None:
        if self._lost_at is not None:
            gone = times.duration(int((time - self._lost_at) * 1000))
            _log.info("%s back after %s", self.name, gone)
            self._lost_at = None
            self._needs_person = False

    def _say_limping(self, poll: _Poll) -> None:
        complaint = str(poll.error) if poll.is_up and poll.error else ""
        if complaint and not self._complaint:
            _log.warning("%s answers only in part: %s", self.name, complaint)
        elif self._complaint and poll.is_up and not complaint:
            _log.info("%s answers in full again", self.name)
        if poll.is_up:
            self._complaint = complaint


def _chance() -> float:
    return random.random()  # noqa: S311  spreads load, keeps no secret
