"""Listens to the broker for a short while beside the collector, whose messages it leaves alone."""

import asyncio
import contextlib
from collections.abc import Callable

from collectors.mqtt.connection import Arrivals, Connection
from collectors.mqtt.parse import parse
from collectors.mqtt.topic_map import TopicMap
from core.schema.broker import Broker
from core.schema.site import Site

_MOST = 1000  # messages at once

Key = tuple[str, str]  # device id, component of its `up`


async def listen(
    site: Site, broker: Broker, now: Callable[[], int], for_s: float
) -> dict[Key, bool]:
    """Availability of who published within `for_s` seconds: False if the broker says it is offline.

    Connects under a name of its own and leaves no session, so that the collector's is not touched.
    SourceError says why the broker cannot be reached, or lets us in no more.
    """
    topic_map = TopicMap.of(site)
    own = broker.model_copy(update={"client_id": f"{broker.client_id}-doctor"})
    connection = Connection(own, topic_map.topics, Arrivals(now), keeps_session=False)
    online: dict[Key, bool] = {}
    await connection.open()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                while True:
                    for message in await connection.receive(_MOST, for_s):
                        online |= _availability_in(
                            topic_map, message.topic, message.payload, message.arrived
                        )
    finally:
        await connection.close()
    return online


def _availability_in(
    topic_map: TopicMap, topic: str, payload: bytes, arrived: int
) -> dict[Key, bool]:
    online = {
        (binding.device.id, binding.up_component): True
        for binding in topic_map.on(topic)
        if payload
    }
    parsed = parse(topic_map, topic, payload, arrived)
    for reading in parsed.readings:
        if reading.metric == "up":
            online[reading.device, reading.component] = bool(reading.value)
    return online
