"""Publishes the messages of the simulated sensors with paho-mqtt; reconnects by itself."""

from collections.abc import Iterable

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from core.schema.broker import Broker
from simulator.wire.mqtt import Publish

QOS = 1


class Publisher:
    """One client for all simulated sensors; paho's own thread does the network."""

    def __init__(self, broker: Broker, client_id: str = "scanward-simulator") -> None:
        self._broker = broker
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._connections = 0
        self._seen = 0
        self._client.on_connect = self._count
        self._client.reconnect_delay_set(min_delay=1, max_delay=10)
        self._client.max_queued_messages_set(2000)
        if broker.user:
            password = broker.password.reveal() if broker.password else None
            self._client.username_pw_set(broker.user, password)
        if broker.tls:
            self._use_tls(broker)

    def _use_tls(self, broker: Broker) -> None:
        assert broker.tls is not None
        paths = (broker.tls.ca, broker.tls.certificate, broker.tls.key)
        ca, certificate, key = (str(path) if path else None for path in paths)
        self._client.tls_set(ca_certs=ca, certfile=certificate, keyfile=key)

    def start(self) -> None:
        """Start to connect; does not wait for it."""
        self._client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        self._client.loop_start()

    def _count(self, *_: object) -> None:
        self._connections += 1

    def has_reconnected(self) -> bool:
        """Has a connection been made since the last call?"""
        seen, self._seen = self._seen, self._connections
        return seen != self._seen

    @property
    def is_connected(self) -> bool:
        """Is there a connection? A sensor stores no message for a broker that is away."""
        return self._client.is_connected()

    def publish(self, messages: Iterable[Publish]) -> None:
        """Hand messages to paho's thread."""
        for message in messages:
            self._client.publish(message.topic, message.payload, QOS, message.retain)

    def stop(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()
