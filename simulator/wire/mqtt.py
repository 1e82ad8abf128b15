"""What a sensor publishes: the profile's MQTT map turned round, in the dialect of one firmware. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttSource, MqttValue
from core.time.clock import from_ms
from simulator.physics.model import Key

Dialect = Literal["tasmota", "shelly1", "shelly2", "zigbee", "esphome", "plain"]

# Which firmware a pretend sensor has, by its topic in the site file; the first that fits.
SPEAKS: list[tuple[str, Dialect]] = [
    (r"shelly(plus|pro)", "shelly2"),
    (r"shelly", "shelly1"),
    (r"zigbee|^0x|^server-room", "zigbee"),
    (r"esp|^outdoor", "esphome"),
    (r"^mri", "plain"),
    (r"", "tasmota"),
]

# Which dialect a message of a profile belongs to, by its topic there; the first that fits.
BELONGS: list[tuple[str, Dialect]] = [
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
    usual = next(d for form, d in SPEAKS if re.search(form, source.topic))
    has = {_belongs(m.topic) for m in MqttMap.of(device.profile).messages if m.values}
    return usual if usual in has or not has else min(has)


class Sensor:
    """One source's firmware, looked up once; it keeps nothing of what it says."""

    def __init__(self, device: Device, source: MqttSource) -> None:
        self.dialect = dialect_of(device, source)
        self._source = source
        self._profile = MqttMap.of(device.profile)
        self._topics = _by_topic(device, self.dialect)

    def messages(self, values: Mapping[Key, float], at: int, zone: ZoneInfo) -> list[Publish]:
        """Everything that the sensor measures, said once; one topic, one payload."""
        found: list[Publish] = []
        for topic, messages in self._topics.items():
            fields = list(_present(messages, values))
            if fields:
                place = topic.replace("{topic}", self._source.topic)
                payload = _payload(self.dialect, self._source, messages, fields, at, zone)
                found.append(Publish(place, payload))
        return found

    def availability(self, *, online: bool) -> list[Publish]:
        """The retained word about the sensor itself: its greeting, or its last will."""
        found = []
        for message in self._profile.messages:
            words = [word for word, means in message.online.items() if means is online]
            if words and _belongs(message.topic) == self.dialect:
                place = message.topic.replace("{topic}", self._source.topic)
                word = json.dumps({"state": words[0]}) if self.dialect == "zigbee" else words[0]
                found.append(Publish(place, word.encode(), retain=True))
        return found


def mqtt_messages(
    device: Device, source: MqttSource, values: Mapping[Key, float], at: int, zone: ZoneInfo
) -> list[Publish]:
    """What the sensor of one source publishes for these values."""
    return Sensor(device, source).messages(values, at, zone)


@lru_cache(maxsize=1024)
def _belongs(topic: str) -> Dialect:
    return next(dialect for form, dialect in BELONGS if re.search(form, topic))


def _by_topic(device: Device, dialect: Dialect) -> dict[str, list[MqttMessage]]:
    found: dict[str, list[MqttMessage]] = {}
    for message in MqttMap.of(device.profile).messages:
        if message.values and _belongs(message.topic) == dialect:
            found.setdefault(message.topic, []).append(message)
    return found


def _present(
    messages: list[MqttMessage], values: Mapping[Key, float]
) -> Iterator[tuple[MqttValue, float | list[float]]]:
    """What the sensor has, each metric at the first of the places that the profile knows."""
    said = set()
    for field in (field for message in messages for field in message.values):
        key = field.metric, field.component
        answer = _look_up(values, field)
        if answer is not None and key not in said:
            said.add(key)
            yield field, answer


def _look_up(values: Mapping[Key, float], field: MqttValue) -> float | list[float] | None:
    """One number, or the numbers of the parts 1, 2, 3."""
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
        _put(body, field.path, _word(field, answer))
    FRAMES[dialect](body, source.topic)
    return json.dumps(body, separators=(",", ":")).encode()


def _time(dialect: Dialect, at: int, zone: ZoneInfo) -> object:
    if dialect == "shelly2":
        return at / 1000.0
    return from_ms(at, zone).strftime("%Y-%m-%dT%H:%M:%S")  # Tasmota: local, without a zone


def _word(field: MqttValue, answer: float | list[float]) -> object:
    """What a firmware writes for a value: a word, true or false, or a number."""
    if isinstance(answer, list):
        return [_number(each) for each in answer]
    for word, means in field.words.items():
        if means == answer:
            return word
    return bool(answer) if field.metric == "water_leak" else _number(answer)


def _number(value: float) -> float:
    return int(value) if value == int(value) else round(value, 4)


def _scalar(field: MqttValue, answer: float | list[float]) -> bytes:
    word = _word(field, answer)
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
    """A bare number needs no frame."""


FRAMES = {
    "tasmota": _frame_tasmota,
    "shelly1": _frame_nothing,
    "shelly2": _frame_shelly2,
    "zigbee": _frame_zigbee,
    "esphome": _frame_nothing,
    "plain": _frame_nothing,
}
