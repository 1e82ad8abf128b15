"""Messages on a timeline, through everything but the socket, into a store in memory."""

import json

from collectors.mqtt.connection import ReceivedMessage
from collectors.mqtt.deduplication import Deduplicator
from collectors.mqtt.interpreter import Interpreter
from collectors.mqtt.refused import RefusedMessages
from collectors.mqtt.topic_map import Binding, TopicMap
from core.readings import Batch, Event, Reading
from core.schema.profile import Profile
from core.schema.sources.mqtt import MqttMap, MqttSource
from core.time.clock import from_ms
from tests.collectors.mqtt.cast import KABUL, T0, device


class Listener:
    """One device with one sensor; `positions` are kept over a restart."""

    def __init__(self, profile: Profile, **entry: object) -> None:
        self.source = MqttSource.model_validate({"kind": "mqtt", "topic": "x", **entry})
        sensor = device(profile, self.source)
        messages = MqttMap.of(profile).messages
        self.topic_map = TopicMap(KABUL, [Binding(sensor, self.source, each) for each in messages])
        self.positions: dict[str, str] = {}
        self.readings: list[Reading] = []
        self.events: list[Event] = []
        self.restart()

    def restart(self) -> None:
        """A new process, with what was stored."""
        refused = RefusedMessages("mqtt broker.example:1883")
        self.interpreter = Interpreter(self.topic_map, self.position, refused)
        self.interpreter.availability.connected(T0)
        self.deduplicator = Deduplicator(self, "scanward", session_present=True)

    def position(self, key: str) -> str | None:
        return self.positions.get(key)

    async def append(self, batch: Batch) -> None:
        raise NotImplementedError  # only positions are asked of this sink

    def receive(self, *messages: ReceivedMessage) -> Batch:
        """What these messages give together."""
        batch = self.interpreter.batch(messages, self.deduplicator)
        self.positions.update(batch.positions)
        self.readings += batch.readings
        self.events += batch.events
        return batch

    def message(
        self, topic: str, payload: object, at: int, *, retain: bool = False
    ) -> ReceivedMessage:
        """A message; a text is sent as it stands, anything else as JSON."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return ReceivedMessage(topic, text.encode(), at, retain=retain)

    def send(self, topic: str, payload: object, at: int, *, retain: bool = False) -> Batch:
        """One message, alone."""
        return self.receive(self.message(topic, payload, at, retain=retain))

    def values(self, metric: str) -> list[float]:
        return [reading.value for reading in self.readings if reading.metric == metric]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


def local(at: int) -> str:
    """As Tasmota writes it: the site's time, without a zone."""
    return from_ms(at, KABUL).strftime("%Y-%m-%dT%H:%M:%S")


def utc(at: int) -> str:
    """The same of a Tasmota whose zone was never set."""
    return from_ms(at).strftime("%Y-%m-%dT%H:%M:%S")


def climate(at: str, temperature: float, **more: object) -> dict[str, object]:
    """Of a Tasmota with an AM2301."""
    return {"Time": at, "AM2301": {"Temperature": temperature, "Humidity": 40}, **more}


def listed(path: str) -> Profile:
    """A profile of a temperature at this path of the topic itself."""
    plain = Profile.model_validate({"metrics": {"room_temp_c": {"title": "T", "unit": "°C"}}})
    messages = [{"topic": "{topic}", "values": [{"metric": "room_temp_c", "path": path}]}]
    whole = plain.model_dump() | {"mqtt": {"messages": messages}}
    return Profile.model_validate({"metrics": whole["metrics"], "mqtt": whole["mqtt"]})
