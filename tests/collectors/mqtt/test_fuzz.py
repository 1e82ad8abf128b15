"""Whatever arrives, parse answers: thousands of payloads that no one meant."""

import json

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from collectors.mqtt.parse import parse
from collectors.mqtt.topic_map import Binding, TopicMap
from core.readings import Reading
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttValue
from tests.collectors.mqtt.cast import KABUL, T0, climate_profile, device, mqtt_source
from tests.support.examples import examples

MESSAGES = [
    MqttMessage(
        topic="{topic}/json",
        at="time[0].ts",
        values=[
            MqttValue(metric="room_temp_c", path="a.b:0[1].c"),
            MqttValue(metric="room_humidity_pct", path="a", words={"open": 1.0}, scale=0.1),
            MqttValue(metric="room_temp_c", path="[0]"),
        ],
    ),
    MqttMessage(topic="{topic}/json", values=[MqttValue(metric="room_temp_c", component="bare")]),
    MqttMessage(topic="{topic}/json", online={"online": True, "Offline": False}),
    MqttMessage(topic="{topic}/valid", at="ts", values=[MqttValue(metric="room_temp_c", path="t")]),
]
SENSOR = device(climate_profile().model_copy(update={"mqtt": MqttMap(messages=MESSAGES)}))
BINDINGS = TopicMap(KABUL, [Binding(SENSOR, mqtt_source("probe"), each) for each in MESSAGES])

NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, 1e308, 1772359179620]))
SCALARS = st.one_of(
    st.none(), st.booleans(), NUMBERS, st.text(max_size=12), st.sampled_from(["nan", "open", "9e9"])
)
KEYS = st.sampled_from(["a", "b:0", "c", "time", "ts", "state", "t", ""])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


PAYLOADS = st.one_of(
    VALUES.map(as_json),
    st.tuples(VALUES.map(as_json), st.integers(0, 60)).map(lambda cut: cut[0][: cut[1]]),
    st.binary(max_size=24),
    st.sampled_from(
        [b"[" * 60_000, b"9" * 70_000, b"9" * 5000, b"\xff\xfe{", b'{"a":' * 9000, b"", b" "]
    ),
)


@examples(1320, suppress_health_check=list(HealthCheck))
@given(st.lists(PAYLOADS, min_size=25, max_size=25))
def test_no_payload_makes_parse_raise_and_none_hides_a_valid_one(payloads: list[bytes]) -> None:
    for number, payload in enumerate(payloads):
        garbage = parse(BINDINGS, "probe/json", payload, T0)
        assert all(event.quality == "bad" and len(event.text) < 120 for event in garbage.events)
        assert all(reading.at <= T0 + 300_000 for reading in garbage.readings)

        valid = json.dumps({"ts": T0 - number, "t": number}).encode()
        parse(BINDINGS, "probe/valid", payload, T0)
        assert parse(BINDINGS, "probe/valid", valid, T0).readings == [
            Reading("ct-1", "room_temp_c", float(number), T0 - number)
        ]
