"""From a message to readings and events. Pure: no socket, no clock, no log."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from collectors.base import Observation, validated
from collectors.device_clock import Stamp
from collectors.mqtt.clocks import DeviceClocks
from collectors.mqtt.decode import LONGEST_PAYLOAD, DecodedMessage, decode
from collectors.mqtt.json_path import (
    ABSENT,
    NotJsonError,
    Trail,
    at_path,
    read_json,
    scalar,
    steps,
    trail,
    word_to_number,
)
from collectors.mqtt.stated_unit import stated_unit
from collectors.mqtt.topic_map import Binding, TopicMap
from collectors.units import own_unit
from core.readings import BAD_ANSWER, Batch, Event, Reading
from core.schema.sources.mqtt import MqttValue


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What one message gave of one source."""

    decoded: DecodedMessage
    stamp: Stamp | None
    readings: list[Reading] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    is_matched: bool = False  # a path of the profile led to something, be it a null


def parse(topic_map: TopicMap, topic: str, payload: bytes, arrived: int) -> Batch:
    """Readings and events of every device that the topic belongs to; never raises.

    For one message alone, live and from a device of which nothing else is known.
    """
    batch, clocks = Batch(), DeviceClocks()
    for decoded in decode(topic_map, topic, payload, arrived):
        parsed = parse_decoded(decoded, clocks.stamp(decoded, arrived), arrived)
        batch.readings.extend(parsed.readings)
        batch.events.extend(parsed.events)
    return batch


def parse_decoded(
    decoded: DecodedMessage, stamp: Stamp | None, arrived: int, strangers: Set[str] = frozenset()
) -> ParsedMessage:
    """Readings and events of one source. Without a stamp there are no readings: nobody knows of when.

    `strangers` are the plain ids of probes that were seen beside others, and are not in the site file.

    An absent key or a null is a gap. What cannot be a reading becomes an event of quality `bad`
    that says size and place of the error, never the payload: it may name a patient.
    """
    trails = _trails(decoded, strangers)
    parsed = ParsedMessage(decoded, stamp, is_matched=_is_matched(decoded, trails))
    for observation in _observations(decoded, trails, stamp, arrived):
        if isinstance(observation, Reading):
            parsed.readings.append(observation)
        elif isinstance(observation, Event):
            parsed.events.append(observation)
    return parsed


def _trails(decoded: DecodedMessage, strangers: Set[str]) -> list[Trail]:
    """The way to each value of the profile; that of the payload itself has no steps."""
    binding = decoded.binding
    rules = binding.own_rules
    if strangers:
        rules = [binding.rules(value, strangers) for value in binding.message.values]
    return [
        trail(decoded.value, path, own) if path else Trail(scalar(decoded.payload))
        for path, own in zip(binding.paths, rules, strict=True)
    ]


def _is_matched(decoded: DecodedMessage, trails: Sequence[Trail]) -> bool:
    if decoded.error or decoded.binding.message.online:
        return bool(decoded.binding.message.online)
    return any(way.answer is not ABSENT for way in trails)


def _observations(
    decoded: DecodedMessage, trails: Sequence[Trail], stamp: Stamp | None, arrived: int
) -> Iterator[Observation]:
    binding = decoded.binding
    if decoded.error:
        yield _bad(binding, decoded.error, arrived)
    if len(decoded.payload) > LONGEST_PAYLOAD:
        return
    if binding.message.online:
        yield _online(binding, decoded.payload, arrived)
    for value, path, way in zip(binding.message.values, binding.paths, trails, strict=True):
        if way.answer is ABSENT:
            continue
        if stamp is not None:
            yield from _field(binding, value, path, way, stamp)
        elif binding.device.profile.metrics[value.metric].kind == "state":
            # A state lasts: what the broker keeps of it is how it is, as far as anybody knows.
            yield from _field(binding, value, path, way, Stamp(arrived, "clock"))


def _field(
    binding: Binding, value: MqttValue, path: str, way: Trail, stamp: Stamp
) -> Iterator[Observation]:
    answer = way.answer
    metric = binding.device.profile.metrics[value.metric]
    stated = stated_unit(way, steps(path), own_unit(value.metric, metric.unit))
    if isinstance(answer, list):
        numbered = [(f"{value.component}{n}", element) for n, element in enumerate(answer, start=1)]
    else:
        numbered = [(value.component, answer)]
    for component, element in numbered:
        yield validated(
            binding.device,
            value.metric,
            word_to_number(element, value.words),
            stamp.at,
            component=binding.component(component),
            scale=value.scale,
            missing=value.missing,
            quality=stamp.quality,
            stated=stated,
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
