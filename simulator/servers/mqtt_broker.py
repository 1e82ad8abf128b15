"""The MQTT broker that comes with the simulator: amqtt on one port, for a demo and for tests.

Clients need no password but are not treated as anonymous, because amqtt forgets the persistent
session of an anonymous client as soon as it leaves. Nothing survives a restart of the broker.
"""

import asyncio
import logging

from amqtt.broker import Broker  # type: ignore[import-untyped]
from amqtt.contexts import BrokerConfig, ListenerConfig  # type: ignore[import-untyped]
from amqtt.plugins.base import BaseAuthPlugin  # type: ignore[import-untyped]
from amqtt.session import Session  # type: ignore[import-untyped]

# Both log every packet at INFO, and amqtt a traceback for each message that a busy client takes late.
NOISY = ("amqtt", "transitions")


class AllowEveryone(BaseAuthPlugin):  # type: ignore[misc]
    """Admits every client; the broker listens on loopback only."""

    async def authenticate(self, *, session: Session) -> bool:
        """True. `session.is_anonymous` stays False, so QoS 1 is kept while a client is away."""
        return True


async def serve_broker(host: str = "127.0.0.1", port: int = 1883) -> None:
    """Runs the broker until cancelled."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    broker = Broker(
        BrokerConfig(
            listeners={"default": ListenerConfig(bind=f"{host}:{port}")},
            plugins={f"{__name__}.{AllowEveryone.__name__}": {}},
        )
    )
    await broker.start()
    try:
        await asyncio.Event().wait()
    finally:
        await broker.shutdown()
