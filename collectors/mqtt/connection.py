"""One connection to the broker, from CONNECT until it is lost. Only this file uses paho.

MQTT 3.1.1 and not 5: every broker in a clinic speaks it, its session has no expiry to get wrong,
and of 5 only the receive maximum would be useful; a full queue stops reading the socket instead.

A connection is never reused. A packet id means something only on the connection that brought it,
so an acknowledgement that comes late dies with its connection and cannot confirm another message.
"""

import asyncio
import contextlib
import logging
import queue
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from collectors.base import Now
from collectors.mqtt.connect_errors import refused, unreachable
from collectors.mqtt.decode import LONGEST_PAYLOAD
from core.errors import ConfigError, SourceError
from core.schema.broker import Broker

log = logging.getLogger(__name__)

_KEEPALIVE = 30  # seconds
_CONNACK_WITHIN = 15  # seconds from TCP to CONNACK
_PUBACK = b"\x40\x02"  # and the packet id; we subscribe with QoS 1, so that nothing comes with 2
_TOPICS = 10_000  # more than a site has; a bound all the same
_QUEUE = 1000  # messages; with LONGEST_PAYLOAD at most 64 MB while the disk is full


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as it arrived; `arrived` is UTC milliseconds."""

    topic: str
    payload: bytes
    arrived: int
    qos: int = 0
    mid: int = 0
    retain: bool = False


class Arrivals:
    """When each message arrived: UTC milliseconds that are never the same twice on one topic.

    The store takes two readings of one millisecond for one reading, and a broker that delivers
    what it kept sends many within it.
    """

    def __init__(self, now: Now) -> None:
        self._now = now
        self._last: dict[str, int] = {}

    def on(self, topic: str) -> int:
        """The arrival of a message on this topic."""
        at = self._now()
        if len(self._last) > _TOPICS:
            self._last.clear()
        self._last[topic] = at = max(at, self._last.get(topic, 0) + 1)
        return at


class _TlsSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails, which paho forgets."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


class Connection:
    """A subscribed connection; `open` connects it.

    Its session stays at the broker when it ends, unless `keeps_session` is false.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Sequence[str],
        arrivals: Arrivals,
        *,
        keeps_session: bool = True,
    ) -> None:
        self._keeps_session = keeps_session
        self._broker = broker
        self._topics = topics
        self._arrivals = arrivals
        self._loop = asyncio.get_running_loop()
        self._messages: queue.Queue[ReceivedMessage] = queue.Queue(_QUEUE)
        self._has_messages = asyncio.Event()
        self._is_woken = False  # the loop knows already that there is something in the queue
        self._connack: asyncio.Future[None] = self._loop.create_future()
        self._lost_reason: str | None = None
        self._closing = False
        self.session_present = False
        self._client = self._new_client()

    async def open(self) -> "Connection":
        """Connect and subscribe. SourceError says why not, and whether a person must act."""
        try:
            self._authenticate()
            await asyncio.to_thread(self._connect)
            async with asyncio.timeout(_CONNACK_WITHIN):
                await self._connack
        except (OSError, ValueError) as error:  # a TimeoutError is an OSError
            await self.close()
            raise unreachable(self._broker, error) from error
        except ConfigError as error:
            raise SourceError(f"broker {self._broker.host}: {error}", permanent=True) from error
        except BaseException:
            await self.close()
            raise
        return self

    async def receive(self, most: int, wait: float) -> list[ReceivedMessage]:
        """Up to `most` messages; none after `wait` seconds. SourceError when the line is lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._has_messages.wait()
        self._has_messages.clear()
        self._is_woken = (
            False  # before the queue is emptied, so that nothing put in meanwhile is overlooked
        )
        messages = self._drained(most)
        if len(messages) == most or self._lost_reason:
            self._has_messages.set()
        if self._lost_reason:
            # The broker sends again what was not acknowledged; the rest it has forgotten.
            messages = [message for message in messages if message.qos == 0]
            if not messages and self._messages.empty():
                raise SourceError(f"broker {self._broker.host}: {self._lost_reason}")
        return messages

    def acknowledge(self, messages: Iterable[ReceivedMessage]) -> None:
        """Tell the broker to forget these. Only for what is safe on disk."""
        packet = b"".join(
            _PUBACK + message.mid.to_bytes(2, "big") for message in messages if message.qos > 0
        )
        if packet:
            # client.ack wakes paho's thread and writes to the socket once for each message: that
            # alone was a third of what a message costs. Acknowledgements side by side are one write.
            self._client._packet_queue(paho.PUBACK, packet, 0, 0)

    def unsubscribe(self, topic: str) -> None:
        """Stop a subscription that an older site file left in the session."""
        self._client.unsubscribe(topic)

    async def close(self) -> None:
        """Disconnect. What was not acknowledged stays with the broker."""
        self._closing = True
        self._connack.cancel()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            clean_session=not self._keeps_session,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        return client

    def _authenticate(self) -> None:
        broker = self._broker
        if broker.user is not None:
            password = broker.password.reveal() if broker.password else None
            self._client.username_pw_set(broker.user, password)
        if broker.tls is not None:
            context = ssl.create_default_context(cafile=broker.tls.ca)
            context.sslsocket_class = _TlsSocket
            if broker.tls.certificate is not None:
                context.load_cert_chain(broker.tls.certificate, broker.tls.key)
            self._client.tls_set_context(context)

    def _connect(self) -> None:
        self._client.connect(self._broker.host, self._broker.port, keepalive=_KEEPALIVE)
        if self._closing:  # cancelled while the thread was dialling
            self._client.disconnect()
        self._client.loop_start()

    def _drained(self, most: int) -> list[ReceivedMessage]:
        messages: list[ReceivedMessage] = []
        with contextlib.suppress(queue.Empty):
            while len(messages) < most:
                messages.append(self._messages.get_nowait())
        return messages

    # What follows runs in paho's thread.

    def _on_connect(
        self, client: paho.Client, _data: Any, flags: Any, code: ReasonCode, _props: Any
    ) -> None:
        if code.is_failure:
            self._call(self._settle_connack, refused(self._broker, code.value))
            return
        self.session_present = bool(flags.session_present)
        # Also with a kept session: subscribing makes the broker send the retained state anew.
        client.subscribe([(topic, 1) for topic in self._topics])
        self._call(self._settle_connack, None)

    def _on_subscribe(
        self, _client: Any, _data: Any, _mid: int, codes: list[ReasonCode], _props: Any
    ) -> None:
        denied = [
            topic for topic, code in zip(self._topics, codes, strict=False) if code.is_failure
        ]
        if denied:
            log.warning(
                "broker %s does not let us read %d of %d topics, such as %r: ask IT to allow them",
                self._broker.host, len(denied), len(codes), denied[0],
            )  # fmt: skip

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        payload = bytes(message.payload[: LONGEST_PAYLOAD + 1])
        arrived = self._arrivals.on(topic)
        received = ReceivedMessage(
            topic, payload, arrived, message.qos, message.mid, message.retain
        )
        while not self._closing:
            try:
                # Waiting here stops reading the socket: the broker keeps what we cannot store.
                self._messages.put(received, timeout=0.2)
                break
            except queue.Full:
                continue
        if not self._is_woken:
            self._is_woken = True
            self._call(self._has_messages.set)

    def _on_disconnect(
        self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, _props: Any
    ) -> None:
        self._call(self._mark_lost, f"connection lost ({code})")

    def _call(self, callback: Any, *args: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended before this thread
            self._loop.call_soon_threadsafe(callback, *args)

    # Back in the event loop.

    def _settle_connack(self, refusal: SourceError | None) -> None:
        if self._connack.done():
            return
        if refusal is None:
            self._connack.set_result(None)
        else:
            self._connack.set_exception(refusal)

    def _mark_lost(self, text: str) -> None:
        self._lost_reason = text
        self._has_messages.set()
        self._settle_connack(unreachable(self._broker, ConnectionError(0, text)))
