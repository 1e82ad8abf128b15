"""A short look at the broker beside the collector, which takes nothing away from it."""

import asyncio
import contextlib
from collections.abc import Callable

from collectors.mqtt.connection import Arrivals, Connection
from collectors.mqtt.parse import parse
from collectors.mqtt.topic_map import Bindings
from core.schema.broker import Broker
from core.schema.site import Site

_MOST = 1000  # messages at once

Key = tuple[str, str]  # device id, component of its `up`


async def listen(
    site: Site, broker: Broker, now: Callable[[], int], for_s: float
) -> dict[Key, bool]:
    """Who was heard within `for_s` seconds: True it spoke, False the broker says that it is offline.

    Connects under a name of its own and leaves no session, so that the collector's stays whole.
    SourceError says why the broker cannot be reached, or lets us in no more.
    """
    bindings = Bindings.of(site)
    own = broker.model_copy(update={"client_id": f"{broker.client_id}-doctor"})
    connection = Connection(own, bindings.topics, Arrivals(now), leaves_session=False)
    heard: dict[Key, bool] = {}
    await connection.opened()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                while True:
                    for message in await connection.take(_MOST, for_s):
                        heard |= _said(bindings, message.topic, message.payload, message.arrived)
    finally:
        await connection.close()
    return heard


def _said(bindings: Bindings, topic: str, payload: bytes, arrived: int) -> dict[Key, bool]:
    heard = {(one.device.id, one.up_component): True for one in bindings.on(topic) if payload}
    said = parse(bindings, topic, payload, arrived)
    for reading in said.readings:
        if reading.metric == "up":
            heard[reading.device, reading.component] = bool(reading.value)
    return heard
