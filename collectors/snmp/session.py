"""One agent's session: a request, and its checked reply. get.py and walk.py use it."""

import asyncio
import errno
from collections import Counter
from collections.abc import Sequence

from pysnmp.proto.error import StatusInformation  # type: ignore[import-untyped]

from collectors.polling.load import OUR_OWN_LACK, OverloadedError
from collectors.snmp.ber import Kind, Oid
from collectors.snmp.credentials import Engine, EnginePool
from collectors.snmp.endpoint import Endpoint, Outcome, Reply
from collectors.snmp.explain import (
    TIMED_OUT,
    SilenceError,
    agent_name,
    exception_error,
    indication_error,
    silence_error,
)
from collectors.snmp.limits import RequestLimits
from collectors.snmp.listen import listen
from collectors.snmp.transport import AgentTransport
from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource

__all__ = ["Kind", "Oid", "Reply", "Session"]

_ENDPOINTS = 4  # transport domains of one agent, taken in turn; pysnmp keeps each for life
_LONGEST_LOOKUP_S = 30.0  # of a host's name
_DISCOVERY_ROUNDS = 2  # SNMPv3 may first need two more to learn the agent's clock


class Session:
    """One agent's socket and credentials. Opens itself for the first request, and again after `reset_transport`."""

    def __init__(self, source: SnmpSource, engines: EnginePool) -> None:
        self.source = source
        self.limits = RequestLimits()
        self.response_ms: float | None = None  # of the first reply since `start_poll`
        self.silences = 0  # requests in a row that brought nothing
        self.silence: SourceError | None = None  # why nothing came, the last time
        self._deadline_s = float("inf")
        self._listened_s = 0.0
        self._fell_silent = False  # in this poll
        self._engines = engines
        self._engine: Engine | None = None
        self._endpoints: list[Endpoint] = []
        self._current = 0

    def start_poll(self, deadline_s: float = float("inf")) -> None:
        """Measure `response_ms` and time anew; `deadline_s` is of listening for the whole poll."""
        self.response_ms = None
        self.silences = 0
        self._deadline_s, self._listened_s = deadline_s, 0.0
        self._fell_silent, self.silence = False, None
        for endpoint in self._endpoints:
            endpoint.start_poll()

    async def request(self, kind: Kind, oids: Sequence[Oid], repeat: int = 1) -> Reply:
        """One checked reply, repeated after silence. SourceError if the agent does not answer.

        Once it was silent, only a request that cannot be made smaller is repeated.
        """
        is_single = len(oids) == 1 and repeat == 1 and self.response_ms is not None
        retries = self.source.retries if is_single or not self._fell_silent else 0
        for _ in range(retries):
            try:
                return await self._request_once(kind, oids, repeat)
            except SourceError as error:
                if error.permanent:
                    raise
        try:
            return await self._request_once(kind, oids, repeat)
        except SilenceError:
            self.silences += 1
            self._fell_silent = True
            raise

    @property
    def refused(self) -> "Counter[str]":
        """What came in this poll and was not read, by its reason."""
        return sum((endpoint.transport.refused for endpoint in self._endpoints), Counter())

    def reset_transport(self) -> None:
        """Forget what may no longer hold: the host's address and, in SNMPv3, its engine id.

        pysnmp keeps an engine id for five minutes by transport domain and will not relearn it
        before, so an agent that was replaced needs another domain to be heard.
        """
        endpoint = self._endpoints[self._current] if self._current < len(self._endpoints) else None
        if endpoint is not None:
            endpoint.transport.close()
            if endpoint.transport.has_received:
                self._current = (self._current + 1) % _ENDPOINTS

    def close(self) -> None:
        """Release everything. The tasks that use this session must have ended before."""
        for endpoint in self._endpoints:
            endpoint.transport.close()
        if self._engine is not None:
            self._engines.release(self._engine)
        self._engine = None
        self._endpoints.clear()
        self._current = 0

    async def _request_once(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> Reply:
        endpoint = await self._open_endpoint()
        transport = endpoint.transport
        transport.expect()
        sent_at = asyncio.get_running_loop().time()
        call = endpoint.call(kind, oids, repeat)
        try:
            late_s = await self._listen(call, transport)
            passed_s = asyncio.get_running_loop().time() - sent_at
            self._listened_s += passed_s - late_s
            reply = self._reply(call, transport, late_s)
        finally:
            call.cancel()
            transport.expect_nothing()
        self.silences = 0
        if self.response_ms is None:
            self.response_ms = (passed_s - late_s) * 1000
        return reply

    async def _listen(self, call: "asyncio.Future[Outcome]", transport: AgentTransport) -> float:
        """Seconds that we were late ourselves. What SNMPv3 hears on the way makes it listen on."""
        if self._listened_s >= self._deadline_s:
            raise SourceError(f"not done after {self._deadline_s:g} s")
        timeout_s = self.source.timeout / 1000
        count = transport.taken
        late_s = await listen(call, transport, timeout_s)
        for _ in range(_DISCOVERY_ROUNDS if self.source.version == "3" else 0):
            if call.done() or transport.taken == count:
                break
            count = transport.taken
            late_s += await listen(call, transport, timeout_s)
        return late_s

    def _reply(
        self, call: "asyncio.Future[Outcome]", transport: AgentTransport, late_s: float
    ) -> Reply:
        if not call.done():
            raise self._no_answer(transport, late_s)
        try:
            indication, reply = call.result()
        except StatusInformation as error:
            raise indication_error(error.get("errorIndication"), self.source) from None
        except Exception as error:  # noqa: BLE001  pysnmp has no one parent for what it raises
            raise exception_error(error, self.source) from None
        if type(indication).__name__ == TIMED_OUT:
            raise self._no_answer(transport, late_s)
        if indication:
            raise indication_error(indication, self.source)
        return reply

    async def _open_endpoint(self) -> Endpoint:
        if self._engine is None:
            self._engine = self._engines.acquire(self.source)
        if self._current == len(self._endpoints):
            transport = AgentTransport(self.source.answers_from)
            self._endpoints.append(self._engine.attach(transport))
        endpoint = self._endpoints[self._current]
        if not endpoint.transport.is_open:
            try:
                async with asyncio.timeout(min(self._deadline_s, _LONGEST_LOOKUP_S)):
                    await endpoint.transport.open(self.source.host, self.source.port)
            except TimeoutError:
                raise SourceError(f"cannot find the host {self.source.host!r} in time") from None
            except (OSError, UnicodeError) as error:  # UnicodeError: a name with an empty label
                why = getattr(error, "strerror", None) or "not a host's name"
                if getattr(error, "errno", None) in OUR_OWN_LACK:
                    text = f"cannot open a socket for {agent_name(self.source)}: {why}"
                    raise OverloadedError(text) from None
                text = f"cannot find or reach the host {self.source.host!r}: {why}"
                raise SourceError(text) from None
        return endpoint

    def _no_answer(self, transport: AgentTransport, late_s: float) -> SourceError:
        if late_s > self.source.timeout / 1000:
            text = f"this machine is too busy to listen to {agent_name(self.source)}"
            return OverloadedError(f"{text} (late by {late_s:.1f} s)")
        self.silence = self._silence(transport)
        return self.silence

    def _silence(self, transport: AgentTransport) -> SourceError:
        if transport.network_error is None:
            return silence_error(self.source, self.refused)
        agent = agent_name(self.source)
        if transport.network_error.errno in OUR_OWN_LACK:
            return OverloadedError(f"cannot ask {agent}: {transport.network_error.strerror}")
        if transport.network_error.errno == errno.ECONNREFUSED:
            return SourceError(f"nothing listens on {agent} (agent off, or another port)")
        return SourceError(f"cannot reach {agent}: {transport.network_error.strerror}")
