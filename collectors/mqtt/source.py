"""Follows the site's broker: what it sends is stored first and acknowledged then."""

import asyncio
import contextlib
import logging
import time

from collectors.base import Now, Sink, Source
from collectors.mqtt.backoff import ReconnectBackoff
from collectors.mqtt.connection import Arrivals, Connection, ReceivedMessage
from collectors.mqtt.deduplication import Deduplicator
from collectors.mqtt.interpreter import Interpreter
from collectors.mqtt.refused import RefusedMessages
from collectors.mqtt.topic_map import TopicMap
from core.errors import SourceError, StoreError
from core.schema.broker import Broker
from core.schema.site import Site
from core.time.clock import SECOND

log = logging.getLogger(__name__)

_BATCH = 1000  # messages in one append: as many as our broker file lets be unacknowledged
_QUIET = 1.0  # seconds
_ONCE = 10.0  # seconds
_EXPLAINED_WITHIN = 2.0  # seconds in which the next message of a device that catches up comes
_BLOCKED_FOR = (
    10 * SECOND
)  # an append that took longer: the disk was full, and nothing was received


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One source, the site's broker; none if no device publishes."""
    topic_map = TopicMap.of(site)
    if site.file.broker is None or not topic_map.topics:
        return []
    return [BrokerSource(site.file.broker, topic_map, sink, now)]


class BrokerSource:
    """The whole site's MQTT: one session, as long as it runs."""

    def __init__(self, broker: Broker, topic_map: TopicMap, sink: Sink, now: Now) -> None:
        self._broker = broker
        self._topic_map = topic_map
        self._sink = sink
        self._now = now
        self._arrivals = Arrivals(now)
        self._refused = RefusedMessages(self.name)
        self._interpreter = self._new_interpreter()
        self._last_error: SourceError | StoreError | None = None

    @property
    def name(self) -> str:
        """`mqtt broker.example:8883`."""
        return f"mqtt {self._broker.host}:{self._broker.port}"

    @property
    def last_error(self) -> str:
        """Why the broker is away."""
        return str(self._last_error or "")

    async def run(self) -> None:
        """Collect until cancelled; a lost broker is tried again, at the latest every two minutes."""
        backoff = ReconnectBackoff()
        while True:
            started_at = time.monotonic()
            try:
                await self._listen()
            except (SourceError, StoreError) as error:
                self._lost(error)
                connected_s = time.monotonic() - started_at
                await asyncio.sleep(
                    backoff.after(connected_s=connected_s, permanent=error.permanent)
                )

    async def once(self) -> None:
        """Store what the broker holds for us, until it is quiet."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ONCE):
                    await self._listen(until_quiet=True)
        except SourceError as error:
            self._lost(error)

    async def _listen(self, *, until_quiet: bool = False) -> None:
        """One connection's life. SourceError when it is lost, StoreError when the disk refuses."""
        connection = await Connection(self._broker, self._topic_map.topics, self._arrivals).open()
        try:
            self._back()
            self._interpreter.availability.connected(self._now())
            deduplicator = Deduplicator(
                self._sink, self._broker.client_id, session_present=connection.session_present
            )
            while True:
                messages = await self._received(connection)
                if until_quiet and not messages:
                    return
                await self._store(connection, deduplicator, messages)
        except StoreError:
            self._interpreter = self._new_interpreter()  # what it last reported was not written
            raise
        finally:
            await connection.close()

    async def _received(self, connection: Connection) -> list[ReceivedMessage]:
        """The next messages; with those that come a moment later, if they may explain one another."""
        messages = await connection.receive(_BATCH, _QUIET)
        deadline = time.monotonic() + _EXPLAINED_WITHIN
        while len(messages) < _BATCH and self._interpreter.is_undecided(messages):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                messages += await connection.receive(_BATCH - len(messages), left)
            except SourceError:
                break  # the next receive raises it again; these are stored first
        return messages

    async def _store(
        self, connection: Connection, deduplicator: Deduplicator, messages: list[ReceivedMessage]
    ) -> None:
        own = []
        for message in messages:
            if self._topic_map.on(message.topic):
                own.append(message)
            else:
                self._refused.foreign(message.topic, message.arrived)
                connection.unsubscribe(message.topic)
        batch = self._interpreter.batch(own, deduplicator)
        batch.readings.extend(self._interpreter.availability.silent_sources(self._now()))
        if batch:
            started_at = self._now()
            await self._sink.append(batch)
            if self._now() - started_at >= _BLOCKED_FOR:
                self._interpreter.availability.connected(self._now())
        connection.acknowledge(messages)

    def _new_interpreter(self) -> Interpreter:
        return Interpreter(self._topic_map, self._sink.position, self._refused)

    def _lost(self, error: SourceError | StoreError) -> None:
        # Logged once; again only when it has become something that a person must do.
        if self._last_error is None or (error.permanent and str(error) != str(self._last_error)):
            again = "tried again every two minutes" if error.permanent else "trying again"
            log.warning("%s: %s; %s", self.name, error, again)
            self._last_error = error

    def _back(self) -> None:
        log.log(logging.INFO if self._last_error else logging.DEBUG, "%s: connected", self.name)
        self._last_error = None
