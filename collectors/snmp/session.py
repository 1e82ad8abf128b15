"""One agent's session: a request, and its checked reply. get.py and walk.py use it."""

import asyncio
import errno
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from collectors.polling.load import OUR_OWN_LACK, OverloadedError
from collectors.snmp.ber import Kind, Oid
from collectors.snmp.credentials import attached
from collectors.snmp.endpoint import Endpoint, Reply
from collectors.snmp.explain import SilenceError, agent_name, silence_error
from collectors.snmp.lane import AgentPeer, Exchange, Lane, resolved
from collectors.snmp.limits import RequestLimits
from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource

__all__ = ["Kind", "Oid", "Reply", "Session"]

_LONGEST_LOOKUP_S = 30.0  # of a host's name
_LOT_S = 60.0  # agents that failed within so long get a new socket together


class Session:
    """One agent and its credentials. Opens itself for the first request, and again after `reset_transport`."""

    def __init__(self, source: SnmpSource, lane: Lane) -> None:
        self.source = source
        self.limits = RequestLimits()
        self.response_ms: float | None = None  # of the first reply since `start_poll`
        self.silences = 0  # requests in a row that brought nothing
        self.silence: SourceError | None = None  # why nothing came, the last time
        self.after_silence: Callable[[], Awaitable[None]] | None = (
            None  # to be done before it is asked again
        )
        self._timeout_s = source.timeout / 1000
        self._deadline_s = float("inf")
        self._listened_s = 0.0
        self._fell_silent = False  # in this poll
        self._lane = lane
        self._lot = 0
        self._endpoint: Endpoint | None = None

    def start_poll(self, deadline_s: float = float("inf")) -> None:
        """Measure `response_ms` and time anew; `deadline_s` is of listening for the whole poll."""
        self.response_ms = None
        self.silences = 0
        self._deadline_s, self._listened_s = deadline_s, 0.0
        self._fell_silent, self.silence = False, None
        if self._endpoint is not None:
            self._endpoint.start_poll()

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
        return self._endpoint.agent.refused if self._endpoint is not None else Counter()

    def reset_transport(self) -> None:
        """Forget what may no longer hold: the host's address, the way to it and, in SNMPv3, its engine id and clock."""
        self.close()
        self._lot = int(asyncio.get_running_loop().time() // _LOT_S)

    def close(self) -> None:
        """Release everything. The tasks that use this session must have ended before."""
        if self._endpoint is not None:
            self._lane.leave(self._endpoint.agent)
        self._endpoint = None

    async def _request_once(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> Reply:
        endpoint = self._endpoint or await self._opened()
        if self._listened_s >= self._deadline_s:
            raise SourceError(f"not done after {self._deadline_s:g} s")
        try:
            exchange = await endpoint.ask(kind, oids, repeat, self._timeout_s)
        except OSError as error:
            raise OverloadedError(self._no_socket(error)) from None
        self._listened_s += exchange.listened_s
        if not isinstance(exchange.reply, Reply):
            silence = self._no_answer(endpoint.agent, exchange)
            if self.after_silence is not None and not isinstance(silence, OverloadedError):
                await self.after_silence()
            raise silence
        self.silences = 0
        if self.response_ms is None:
            self.response_ms = exchange.listened_s * 1000
        return exchange.reply

    async def _opened(self) -> Endpoint:
        try:
            async with asyncio.timeout(min(self._deadline_s, _LONGEST_LOOKUP_S)):
                family, address = await resolved(self.source.host, self.source.port)
        except TimeoutError:
            raise SourceError(f"cannot find the host {self.source.host!r} in time") from None
        except (OSError, UnicodeError) as error:  # UnicodeError: a name with an empty label
            if getattr(error, "errno", None) in OUR_OWN_LACK:
                raise OverloadedError(self._no_socket(error)) from None
            why = getattr(error, "strerror", None) or "not a host's name"
            text = f"cannot find or reach the host {self.source.host!r}: {why}"
            raise SourceError(text) from None
        agent = AgentPeer(family, address, frozenset(self.source.answers_from), lot=self._lot)
        self._endpoint = attached(self.source, self._lane, agent)
        self._lane.join(agent)
        return self._endpoint

    def _no_socket(self, error: Exception) -> str:
        why = getattr(error, "strerror", None)
        return f"cannot open a socket for {agent_name(self.source)}: {why}"

    def _no_answer(self, agent: AgentPeer, exchange: Exchange) -> SourceError:
        if exchange.late_s > self._timeout_s or exchange.is_lossy:
            text = f"this machine is too busy to listen to {agent_name(self.source)}"
            return OverloadedError(f"{text} (late by {exchange.late_s:.1f} s)")
        self.silence = self._silence(agent)
        return self.silence

    def _silence(self, agent: AgentPeer) -> SourceError:
        error = agent.network_error
        if error is None:
            return silence_error(self.source, agent.refused)
        name = agent_name(self.source)
        if error.errno in OUR_OWN_LACK:
            return OverloadedError(f"cannot ask {name}: {error.strerror}")
        if error.errno == errno.ECONNREFUSED:
            return SourceError(f"nothing listens on {name} (agent off, or another port)")
        return SourceError(f"cannot reach {name}: {error.strerror}")
