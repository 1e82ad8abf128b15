"""What one device publishes now, and which other topics of its form are heard: to choose from instead of typing."""

import contextlib
import re
import time

from collectors.base import Now
from collectors.mqtt.clocks import DeviceClocks
from collectors.mqtt.connection import Arrivals, Connection, ReceivedMessage
from collectors.mqtt.decode import decode
from collectors.mqtt.parse import parse_decoded
from collectors.mqtt.topic_map import TopicMap
from collectors.probing import MOST, ProbeAnswer
from core.errors import SourceError
from core.readings import Batch
from core.schema.broker import Broker
from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttMap

LISTEN_S = 4.0  # what the broker retains comes at once; ours
_MOST_MESSAGES = 5_000
_PLACE = "{topic}"


async def probe(site: Site, now: Now) -> ProbeAnswer:
    """Of the one device that the site has; without a topic only which ones there are."""
    broker = site.file.broker
    if broker is None:
        return ProbeAnswer(error="the site has no broker yet")
    [device] = site.devices.values()
    forms = [message.topic for message in MqttMap.of(device.profile).messages]
    try:
        messages = await _overhear(broker, forms, now)
    except SourceError as error:
        return ProbeAnswer(error=str(error))
    return _answer(site, device, messages, topics_like(forms, [m.topic for m in messages]))


def topics_like(forms: list[str], topics: list[str]) -> list[str]:
    """What fills `{topic}` in these forms so that it is a topic that was heard, each once. Pure."""
    patterns = [
        re.compile("(.+)".join(re.escape(part) for part in form.split(_PLACE, 1)))
        for form in forms
        if _PLACE in form
    ]
    fits = (pattern.fullmatch(topic) for topic in topics for pattern in patterns)
    return sorted({match[1] for match in fits if match})[:MOST]


async def _overhear(broker: Broker, forms: list[str], now: Now) -> list[ReceivedMessage]:
    """Under a name of its own and without a session, so that the collector's is left alone."""
    own = broker.model_copy(update={"client_id": f"{broker.client_id}-probe"})
    # Who may not read all may perhaps read what these devices publish.
    topics = ["#", *dict.fromkeys(form.replace(_PLACE, "+") for form in forms)]
    connection = Connection(own, topics, Arrivals(now), keeps_session=False)
    messages: list[ReceivedMessage] = []
    await connection.open()  # which may take its time: a slow line is no silent broker
    until = time.monotonic() + LISTEN_S
    try:
        with contextlib.suppress(TimeoutError):
            while len(messages) < _MOST_MESSAGES and (left := until - time.monotonic()) > 0:
                messages += await connection.receive(_MOST_MESSAGES - len(messages), left)
    finally:
        await connection.close()
    return messages


def _answer(
    site: Site, device: Device, messages: list[ReceivedMessage], choices: list[str]
) -> ProbeAnswer:
    topic_map, batch, clocks = TopicMap.of(site), Batch(), DeviceClocks()
    is_up, count = False, 0
    for message in messages:
        for decoded in decode(topic_map, message.topic, message.payload, message.arrived):
            count += 1
            stamp = clocks.stamp(decoded, message.arrived)
            parsed = parse_decoded(decoded, stamp, message.arrived)
            ups = [reading.value for reading in parsed.readings if reading.metric == "up"]
            is_up = bool(ups[-1]) if ups else is_up or not message.retain
            batch.readings.extend(r for r in parsed.readings if r.metric != "up")
            batch.events.extend(parsed.events)
    newest = {(reading.metric, reading.component): reading for reading in batch.readings}
    error = "" if count else f"nothing came within {LISTEN_S:g} s: it may speak seldom"
    return ProbeAnswer(
        is_up=is_up,
        readings=list(newest.values())[:MOST],
        events=batch.events[-MOST:],
        error=error,
        choices=choices,
    )
