"""Follows the site's broker: what it sends is stored first and acknowledged then."""

import asyncio
import contextlib
import logging
import time

from collectors.base import Now, Sink, Source
from collectors.mqtt.availability import Presence
from collectors.mqtt.backoff import Backoff
from collectors.mqtt.connection import Arrivals, Connection, Message
from collectors.mqtt.deduplication import Memory
from collectors.mqtt.parse import parse
from collectors.mqtt.topic_map import Bindings
from core.errors import SourceError, StoreError
from core.readings import Batch
from core.schema.broker import Broker
from core.schema.site import Site
from core.time.clock import SECOND

log = logging.getLogger(__name__)

_BATCH = 100  # messages in one append
_QUIET = 1.0  # seconds
_ONCE = 10.0  # seconds
_DEAF = 10 * SECOND  # an append that took longer: the disk was full, and nobody was listening


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One source, the site's broker; none if no device publishes."""
    bindings = Bindings.of(site)
    if site.file.broker is None or not bindings.topics:
        return []
    return [BrokerSource(site.file.broker, bindings, sink, now)]


class BrokerSource:
    """The whole site's MQTT: one session, as long as it runs."""

    def __init__(self, broker: Broker, bindings: Bindings, sink: Sink, now: Now) -> None:
        self._broker = broker
        self._bindings = bindings
        self._sink = sink
        self._now = now
        self._arrivals = Arrivals(now)
        self._presence = Presence(bindings)
        self._trouble: SourceError | StoreError | None = None

    @property
    def name(self) -> str:
        """`mqtt broker.example:8883`."""
        return f"mqtt {self._broker.host}:{self._broker.port}"

    @property
    def trouble(self) -> str:
        """Why the broker is away."""
        return str(self._trouble or "")

    async def run(self) -> None:
        """Collect until cancelled; a lost broker is tried again, at the latest every two minutes."""
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                await self._listen()
            except (SourceError, StoreError) as error:
                self._lost(error)
                lived = time.monotonic() - began
                await asyncio.sleep(backoff.after(lived=lived, permanent=error.permanent))

    async def once(self) -> None:
        """Take what the broker holds for us, until it is quiet."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ONCE):
                    await self._listen(until_quiet=True)
        except SourceError as error:
            self._lost(error)

    async def _listen(self, *, until_quiet: bool = False) -> None:
        """One connection's life. SourceError when it is lost, StoreError when the disk refuses."""
        connection = await Connection(self._broker, self._bindings.topics, self._arrivals).opened()
        try:
            self._back()
            self._presence.connected(self._now())
            kept = connection.session_kept
            memory = Memory(self._sink, self._broker.client_id, session_kept=kept)
            while True:
                messages = await connection.take(_BATCH, _QUIET)
                if until_quiet and not messages:
                    return
                await self._store(connection, memory, messages)
        except StoreError:
            self._presence = Presence(self._bindings)  # what it believed written is not
            raise
        finally:
            await connection.close()

    async def _store(self, connection: Connection, memory: Memory, messages: list[Message]) -> None:
        batch = Batch()
        for message in messages:
            if not self._bindings.on(message.topic):
                connection.unsubscribe(message.topic)
                continue
            batch = _joined(batch, self._absorb(message, memory))
        batch.readings.extend(self._presence.silent(self._now()))
        if batch:
            began = self._now()
            await self._sink.append(batch)
            if self._now() - began >= _DEAF:
                self._presence.connected(self._now())
        connection.acknowledge(messages)

    def _absorb(self, message: Message, memory: Memory) -> Batch:
        """What is new in a message, and what to remember of it."""
        said = parse(self._bindings, message.topic, message.payload, message.arrived)
        told = [reading for reading in said.readings if self._presence.is_about(reading)]
        data = [reading for reading in said.readings if not self._presence.is_about(reading)]
        news = Batch()
        for reading in told:
            news.readings.extend(self._presence.told(reading, retained=message.retain))
        if not message.retain and message.payload:
            for binding in self._bindings.on(message.topic):
                if not binding.message.online:
                    news.readings.extend(self._presence.heard(binding, message.arrived))
        if memory.knows(message):
            return news
        news.readings.extend(data)
        news.events.extend(said.events)
        dated = bool(data) and all(reading.at != message.arrived for reading in data)
        return memory.remember(message, news, dated=dated)

    def _lost(self, error: SourceError | StoreError) -> None:
        # Said once; said again only when it has become something that a person must do.
        if self._trouble is None or (error.permanent and str(error) != str(self._trouble)):
            again = "tried again every two minutes" if error.permanent else "trying again"
            log.warning("%s: %s; %s", self.name, error, again)
            self._trouble = error

    def _back(self) -> None:
        log.log(logging.INFO if self._trouble else logging.DEBUG, "%s: connected", self.name)
        self._trouble = None


def _joined(first: Batch, second: Batch) -> Batch:
    first.readings.extend(second.readings)
    first.events.extend(second.events)
    return Batch(first.readings, first.events, {**first.positions, **second.positions})
