"""What a sensor publishes: the inverse of the profile's MQTT map, in one firmware's dialect. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.schema.profile import MqttMessage, MqttValue
from core.schema.site import Device, MqttSource
from core.time.clock import from_ms
from simulator.physics.part import Key

Dialect = Literal["tasmota", "shelly1", "shelly2", "zigbee", "esphome", "plain"]

# Which firmware a simulated sensor has, by its topic in the site file; the first match counts.
DIALECT_BY_SOURCE_TOPIC: list[tuple[str, Dialect]] = [
    (r"shelly(plus|pro)", "shelly2"),
    (r"shelly", "shelly1"),
    (r"zigbee|^0x|^server-room", "zigbee"),
    (r"esp|^outdoor", "esphome"),
    (r"^mri", "plain"),
    (r"", "tasmota"),
]

# Which dialect a message of a profile belongs to, by its topic there; the first match counts.
DIALECT_BY_PROFILE_TOPIC: list[tuple[str, Dialect]] = [
    (r"^tele/", "tasmota"),
    (r"^shellies/", "shelly1"),
    (r"/events/rpc$|^\{topic\}/online$", "shelly2"),
    (r"^zigbee2mqtt/", "zigbee"),
    (r"/sensor/\w+/state$|^\{topic\}/status$", "esphome"),
    (r"", "plain"),
]

ON_MAINS: tuple[Dialect, ...] = ("tasmota", "esphome")  # the others have a battery or the UPS

Json = dict[str, object]


class Publish(NamedTuple):
    """One message to be published."""

    topic: str
    payload: bytes
    retain: bool = False


def dialect_of(device: Device, source: MqttSource) -> Dialect:
    """The firmware of the sensor; another one if the profile has nothing in that dialect."""
    usual = next(d for form, d in DIALECT_BY_SOURCE_TOPIC if re.search(form, source.topic))
    has = {_message_dialect(m.topic) for m in device.profile.mqtt.messages if m.values}
    return usual if usual in has or not has else min(has)


class SensorFirmware:
    """The firmware of one source: from values to messages, without state."""

    def __init__(self, device: Device, source: MqttSource) -> None:
        self.dialect = dialect_of(device, source)
        self._source = source
        self._profile = device.profile.mqtt
        self._topics = _by_topic(device, self.dialect)

    def messages(self, values: Mapping[Key, float], at: int, zone: ZoneInfo) -> list[Publish]:
        """One message per topic with everything the sensor measures, `at` in UTC milliseconds."""
        publishes: list[Publish] = []
        for topic, messages in self._topics.items():
            fields = list(_present(messages, values))
            if fields:
                place = topic.replace("{topic}", self._source.topic)
                payload = _payload(self.dialect, self._source, messages, fields, at, zone)
                publishes.append(Publish(place, payload))
        return publishes

    def availability(self, *, online: bool) -> list[Publish]:
        """The retained message about the sensor itself: its birth message, or its last will."""
        publishes = []
        for message in self._profile.messages:
            words = [word for word, means in message.online.items() if means is online]
            if words and _message_dialect(message.topic) == self.dialect:
                place = message.topic.replace("{topic}", self._source.topic)
                word = json.dumps({"state": words[0]}) if self.dialect == "zigbee" else words[0]
                publishes.append(Publish(place, word.encode(), retain=True))
        return publishes


def mqtt_messages(
    device: Device, source: MqttSource, values: Mapping[Key, float], at: int, zone: ZoneInfo
) -> list[Publish]:
    """What the sensor of one source publishes for these values, `at` in UTC milliseconds."""
    return SensorFirmware(device, source).messages(values, at, zone)


@lru_cache(maxsize=1024)
def _message_dialect(topic: str) -> Dialect:
    return next(dialect for form, dialect in DIALECT_BY_PROFILE_TOPIC if re.search(form, topic))


def _by_topic(device: Device, dialect: Dialect) -> dict[str, list[MqttMessage]]:
    by_topic: dict[str, list[MqttMessage]] = {}
    for message in device.profile.mqtt.messages:
        if message.values and _message_dialect(message.topic) == dialect:
            by_topic.setdefault(message.topic, []).append(message)
    return by_topic


def _present(
    messages: list[MqttMessage], values: Mapping[Key, float]
) -> Iterator[tuple[MqttValue, float | list[float]]]:
    """The fields that have a value, each metric at the first path that the profile names."""
    published = set()
    for field in (field for message in messages for field in message.values):
        key = field.metric, field.component
        answer = _look_up(values, field)
        if answer is not None and key not in published:
            published.add(key)
            yield field, answer


def _look_up(values: Mapping[Key, float], field: MqttValue) -> float | list[float] | None:
    """The raw number of a field, or those of its components 1, 2, 3; None if there is none."""
    for component in (field.component, ""):
        if (field.metric, component) in values:
            return values[field.metric, component] / field.scale
    first = (field.metric, f"{field.component}1")
    if first not in values or not field.path:
        return values.get(first)
    keys = [(field.metric, f"{field.component}{n}") for n in (1, 2, 3)]
    return [values[key] / field.scale for key in keys if key in values]


def _payload(
    dialect: Dialect,
    source: MqttSource,
    messages: list[MqttMessage],
    fields: list[tuple[MqttValue, float | list[float]]],
    at: int,
    zone: ZoneInfo,
) -> bytes:
    field, answer = fields[0]
    if not field.path:
        return _scalar(field, answer)
    body: Json = {}
    when = next((m.at for m in messages if m.at), "")
    if when:
        _put(body, when, _time(dialect, at, zone))
    for field, answer in fields:
        _put(body, field.path, _json_value(field, answer))
    FRAMES[dialect](body, source.topic)
    return json.dumps(body, separators=(",", ":")).encode()


def _time(dialect: Dialect, at: int, zone: ZoneInfo) -> object:
    if dialect == "shelly2":
        return at / 1000.0
    return from_ms(at, zone).strftime("%Y-%m-%dT%H:%M:%S")  # Tasmota: local, without a zone


def _json_value(field: MqttValue, answer: float | list[float]) -> object:
    """What a firmware writes for a raw value: a word, true or false, or a number."""
    if isinstance(answer, list):
        return [_number(each) for each in answer]
    for word, means in field.words.items():
        if means == answer:
            return word
    return bool(answer) if field.metric == "water_leak" else _number(answer)


def _number(value: float) -> float:
    return int(value) if value == int(value) else round(value, 4)


def _scalar(field: MqttValue, answer: float | list[float]) -> bytes:
    word = _json_value(field, answer)
    return (str(word).lower() if isinstance(word, bool) else str(word)).encode()


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _put(body: Json, path: str, value: object) -> None:
    *parents, last = _steps(path)
    for step in parents:
        inner = body.setdefault(step, {})
        assert isinstance(inner, dict)  # profiles have no value where another has an object
        body = inner
    body[last] = value


def _frame_tasmota(body: Json, topic: str) -> None:
    body["TempUnit"] = "C"
    energy = body.get("ENERGY")
    if isinstance(energy, dict):
        energy.setdefault("Period", 0)
        energy.setdefault("Factor", 0.93)


def _frame_shelly2(body: Json, topic: str) -> None:
    params = body.get("params")
    for name, part in params.items() if isinstance(params, dict) else ():
        if isinstance(part, dict) and ":" in name:
            part["id"] = int(name.partition(":")[2])
            if "tC" in part:
                part["tF"] = round(part["tC"] * 1.8 + 32, 1)
    body |= {"src": topic, "dst": f"{topic}/events", "method": "NotifyStatus"}


def _frame_zigbee(body: Json, topic: str) -> None:
    body["linkquality"] = 99
    if "battery" in body:
        body["voltage"] = 2900


def _frame_nothing(body: Json, topic: str) -> None:
    """A bare number needs nothing more."""


FRAMES = {
    "tasmota": _frame_tasmota,
    "shelly1": _frame_nothing,
    "shelly2": _frame_shelly2,
    "zigbee": _frame_zigbee,
    "esphome": _frame_nothing,
    "plain": _frame_nothing,
}
