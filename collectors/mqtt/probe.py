"""Listens to the broker for a short while beside the collector, whose messages it leaves alone."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from collectors.device_clock import RIGHT_WITHIN
from collectors.mqtt.clocks import DeviceClocks
from collectors.mqtt.connection import Arrivals, Connection, ReceivedMessage
from collectors.mqtt.decode import DecodedMessage, decode
from collectors.mqtt.parse import parse_decoded
from collectors.mqtt.topic_map import TopicMap
from collectors.mqtt.unknown_content import key_names, unknown_probes
from core.schema.broker import Broker
from core.schema.site import Site

_MOST = 1000  # messages at once

Key = tuple[str, str]  # device id, component of its `up`


@dataclass
class Overheard:
    """What came from one source while we listened."""

    is_online: bool | None = None  # None: nothing came; False: the broker says that it is offline
    matched: int = 0  # messages of which the profile knows something
    unmatched: int = 0
    keys: dict[str, None] = field(default_factory=dict)  # of those, as they may be shown
    probes: dict[str, str] = field(default_factory=dict)  # that the site file does not name
    errors: dict[str, None] = field(default_factory=dict)  # why a message cannot be read
    offset: int = 0  # of its clock in milliseconds, if that is far from ours


async def listen(
    site: Site, broker: Broker, now: Callable[[], int], for_s: float
) -> dict[Key, Overheard]:
    """What each source published within `for_s` seconds.

    Connects under a name of its own and leaves no session, so that the collector's is not touched.
    SourceError says why the broker cannot be reached, or lets us in no more.
    """
    topic_map = TopicMap.of(site)
    own = broker.model_copy(update={"client_id": f"{broker.client_id}-doctor"})
    connection = Connection(own, topic_map.topics, Arrivals(now), keeps_session=False)
    sources: dict[Key, Overheard] = {}
    await connection.open()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                while True:
                    for message in await connection.receive(_MOST, for_s):
                        _note(sources, topic_map, message)
    finally:
        await connection.close()
    return sources


def _note(sources: dict[Key, Overheard], topic_map: TopicMap, message: ReceivedMessage) -> None:
    for decoded in decode(topic_map, message.topic, message.payload, message.arrived):
        source = sources.setdefault(decoded.binding.key, Overheard())
        if decoded.binding.message.online:
            _note_availability(source, decoded, message)
        else:
            _note_values(source, decoded, message)


def _note_availability(
    source: Overheard, decoded: DecodedMessage, message: ReceivedMessage
) -> None:
    for reading in parse_decoded(decoded, None, message.arrived).readings:
        is_asleep = not reading.value and decoded.binding.source.is_sleeper
        if reading.metric == "up" and not is_asleep:
            source.is_online = bool(reading.value)


def _note_values(source: Overheard, decoded: DecodedMessage, message: ReceivedMessage) -> None:
    if not message.retain:
        source.is_online = True
    source.probes |= unknown_probes(decoded)
    if decoded.error:
        source.errors[decoded.error] = None
    elif parse_decoded(decoded, DeviceClocks().stamp(decoded, message.arrived), 0).is_matched:
        source.matched += 1
    else:
        source.unmatched += 1
        source.keys |= dict.fromkeys(key_names(decoded))
    is_live_time = decoded.own is not None and not message.retain and not decoded.is_remembered
    if is_live_time and decoded.own is not None:
        offset = decoded.own - message.arrived
        source.offset = offset if abs(offset) > RIGHT_WITHIN else 0
