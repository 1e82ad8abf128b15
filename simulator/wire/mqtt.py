"""What a sensor publishes: the inverse of the profile's MQTT map, in one firmware's dialect. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Literal, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttSource, MqttValue
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
JSON = json.JSONEncoder(separators=(",", ":"))


class Publish(NamedTuple):
    """One message to be published."""

    topic: str
    payload: bytes
    retain: bool = False


def dialect_of(device: Device, source: MqttSource) -> Dialect:
    """The firmware of the sensor; another one if the profile has nothing in that dialect."""
    usual = next(d for form, d in DIALECT_BY_SOURCE_TOPIC if re.search(form, source.topic))
    has = {_message_dialect(m.topic) for m in MqttMap.of(device.profile).messages if m.values}
    return usual if usual in has or not has else min(has)


class _Field(NamedTuple):
    """One value in a payload, and the values of the device that it shows."""

    path: str
    keys: tuple[Key, ...]
    is_list: bool
    scale: float
    words: Mapping[float, str]
    is_truth: bool  # written as true or false


class _Topic(NamedTuple):
    """One topic's payload: an object of these fields, or the first one bare."""

    topic: str
    time_path: str  # "": the payload tells no time
    fields: list[_Field]


class SensorFirmware:
    """The firmware of one source: from values to messages, the profile's map looked up once."""

    def __init__(self, device: Device, source: MqttSource) -> None:
        self.dialect = dialect_of(device, source)
        self._source = source
        self._profile = MqttMap.of(device.profile)
        self._by_topic = _by_topic(device, self.dialect)
        self._keys: Set[Key] = set()  # which `_topics` are for
        self._topics: list[_Topic] = []

    def messages(self, values: Mapping[Key, float], at: int, zone: ZoneInfo) -> list[Publish]:
        """One message per topic with everything the sensor measures, `at` in UTC milliseconds."""
        if values.keys() != self._keys:
            self._keys = set(values)
            self._topics = list(self._topics_with(self._keys))
        return [
            Publish(topic.topic, _payload(self.dialect, self._source, topic, values, at, zone))
            for topic in self._topics
        ]

    def _topics_with(self, keys: Set[Key]) -> Iterator[_Topic]:
        for topic, messages in self._by_topic.items():
            fields = list(_present(messages, keys, self._source.probes))
            if fields:
                time_path = next((m.at for m in messages if m.at), "") or ""
                yield _Topic(topic.replace("{topic}", self._source.topic), time_path, fields)

    def availability(self, *, online: bool) -> list[Publish]:
        """The retained message about the sensor itself: its birth message, or its last will."""
        publishes = []
        for message in self._profile.messages:
            words = [word for word, means in message.online.items() if means is online]
            if words and _message_dialect(message.topic) == self.dialect:
                topic = message.topic.replace("{topic}", self._source.topic)
                word = json.dumps({"state": words[0]}) if self.dialect == "zigbee" else words[0]
                publishes.append(Publish(topic, word.encode(), retain=True))
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
    for message in MqttMap.of(device.profile).messages:
        if message.values and _message_dialect(message.topic) == dialect:
            by_topic.setdefault(message.topic, []).append(message)
    return by_topic


def _present(
    messages: list[MqttMessage], keys: Set[Key], probes: Mapping[str, str]
) -> Iterator[_Field]:
    """The fields that have a value, each metric at the first path that the profile names."""
    published = set()
    for value in (value for message in messages for value in message.values):
        key = value.metric, value.component
        field = _field(value, keys)
        if field is not None and key not in published:
            published.add(key)
            ids = {
                name: probes.get(name) or f"{crc32(name.encode()):012X}" for name in value.probes
            }
            yield field._replace(path=value.path_with(ids))


def _field(value: MqttValue, keys: Set[Key]) -> _Field | None:
    """One number, or a list of the numbers of the components 1, 2, 3; None if there is none."""
    words: dict[float, str] = {}
    for word, means in value.words.items():
        words.setdefault(means, word)
    rest = words, value.metric == "water_leak"
    for component in (value.component, ""):
        if (value.metric, component) in keys:
            return _Field(value.path, ((value.metric, component),), False, value.scale, *rest)
    numbered = [(value.metric, f"{value.component}{number}") for number in (1, 2, 3)]
    shown = tuple(key for key in numbered if key in keys)
    if numbered[0] not in keys:
        return None
    if not value.path:
        return _Field("", shown[:1], False, 1.0, *rest)
    return _Field(value.path, shown, True, value.scale, *rest)


def _payload(
    dialect: Dialect,
    source: MqttSource,
    topic: _Topic,
    values: Mapping[Key, float],
    at: int,
    zone: ZoneInfo,
) -> bytes:
    if not topic.fields[0].path:
        return _scalar(_json_value(topic.fields[0], values))
    body: Json = {}
    if topic.time_path:
        _put(body, topic.time_path, _time(dialect, at, zone))
    for field in topic.fields:
        _put(body, field.path, _json_value(field, values))
    FRAMES[dialect](body, source.topic)
    return JSON.encode(body).encode()


@lru_cache(maxsize=16)  # many sensors publish at the same moment
def _time(dialect: Dialect, at: int, zone: ZoneInfo) -> object:
    if dialect == "shelly2":
        return at / 1000.0
    return from_ms(at, zone).strftime("%Y-%m-%dT%H:%M:%S")  # Tasmota: local, without a zone


def _json_value(field: _Field, values: Mapping[Key, float]) -> object:
    """What a firmware writes for a field: a word, true or false, a number or a list of them."""
    if field.is_list:
        return [_number(values[key] / field.scale) for key in field.keys]
    raw = values[field.keys[0]] / field.scale
    if raw in field.words:
        return field.words[raw]
    return bool(raw) if field.is_truth else _number(raw)


def _number(value: float) -> float:
    return int(value) if value == int(value) else round(value, 4)


def _scalar(value: object) -> bytes:
    return (str(value).lower() if isinstance(value, bool) else str(value)).encode()


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
    probes = [key for key in body if key.startswith("[Id=")]
    for number, key in enumerate(
        probes, start=1
    ):  # Tasmota counts them, if there are more than one
        probe = body.pop(key)
        assert isinstance(probe, dict)  # of the temperature
        name = f"DS18B20-{number}" if len(probes) > 1 else "DS18B20"
        body[name] = {"Id": key[len("[Id=") : -1], **probe}
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
