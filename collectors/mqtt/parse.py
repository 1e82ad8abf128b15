"""From a message to readings and events. Pure: no socket, no clock, no log."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from collectors.base import Observation, to_batch, validated
from collectors.mqtt.json_path import (
    ABSENT,
    NotJsonError,
    at_path,
    read_json,
    scalar,
    word_to_number,
)
from collectors.mqtt.timestamps import stamp
from collectors.mqtt.topic_map import Binding, TopicMap
from core.readings import BAD_ANSWER, Batch, Event, Reading
from core.schema.sources.mqtt import MqttValue
from core.vocabulary.readings import Quality

LONGEST_PAYLOAD = 64 * 1024  # bytes; no telemetry is longer, and a queue of these must fit


def parse(topic_map: TopicMap, topic: str, payload: bytes, arrived: int) -> Batch:
    """Readings and events of every device that the topic belongs to; never raises.

    An absent key or a null is a gap. What cannot be a reading becomes an event of quality `bad`
    that tells the size and place of the error, never the payload: it may name a patient.
    """
    if not payload.strip():  # an empty payload only clears what the broker had retained
        return Batch()
    return to_batch(
        observation
        for binding in topic_map.on(topic)
        for observation in _observations(binding, payload, topic_map.zone, arrived)
    )


def _observations(
    binding: Binding, payload: bytes, zone: ZoneInfo, arrived: int
) -> Iterator[Observation]:
    if len(payload) > LONGEST_PAYLOAD:
        yield _bad(binding, f"payload of more than {LONGEST_PAYLOAD} bytes", arrived)
        return
    if binding.message.online:
        yield _online(binding, payload, arrived)
    value: object = ABSENT
    if binding.message.at or any(field.path for field in binding.message.values):
        try:
            value = read_json(payload)
        except NotJsonError as error:
            yield _bad(binding, f"payload of {len(payload)} bytes is not JSON ({error})", arrived)
    at, quality = _when(binding, value, zone, arrived)
    for field in binding.message.values:
        answer = at_path(value, field.path) if field.path else scalar(payload)
        yield from _field(binding, field, answer, at, quality)


def _when(binding: Binding, value: object, zone: ZoneInfo, arrived: int) -> tuple[int, Quality]:
    own = at_path(value, binding.message.at) if binding.message.at else None
    # A device that gave no time made no mistake about it.
    return (arrived, "good") if own is None or own is ABSENT else stamp(own, zone, arrived)


def _field(
    binding: Binding, field: MqttValue, answer: object, at: int, quality: Quality
) -> Iterator[Observation]:
    if answer is ABSENT:
        return
    if isinstance(answer, list):
        numbered = [(f"{field.component}{n}", element) for n, element in enumerate(answer, start=1)]
    else:
        numbered = [(field.component, answer)]
    for component, element in numbered:
        yield validated(
            binding.device,
            field.metric,
            word_to_number(element, field.words),
            at,
            component=binding.component(component),
            scale=field.scale,
            quality=quality,
        )


def _online(binding: Binding, payload: bytes, arrived: int) -> Observation:
    word = _availability(payload)
    for known, up in binding.message.online.items():
        if known.casefold() == word.casefold():
            return Reading(binding.device.id, "up", float(up), arrived, binding.up_component)
    return _bad(binding, f"availability of {len(payload)} bytes is no word of the profile", arrived)


def _availability(payload: bytes) -> str:
    """`online` of `online`, of `"online"` and of Zigbee2MQTT's `{"state": "online"}`."""
    answer = scalar(payload)
    if isinstance(answer, str) and answer.startswith("{"):
        try:
            answer = at_path(read_json(payload), "state")
        except NotJsonError:
            return ""
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def _bad(binding: Binding, text: str, at: int) -> Event:
    component = binding.component("")
    return Event(binding.device.id, BAD_ANSWER, text, at, "warning", component, quality="bad")
