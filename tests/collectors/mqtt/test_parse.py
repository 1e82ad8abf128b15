"""Paths, words and times, one by one."""

import pytest

from collectors.mqtt.json_path import ABSENT, at_path, scalar
from collectors.mqtt.parse import parse
from collectors.mqtt.timestamps import stamp
from collectors.mqtt.topic_map import Binding, TopicMap
from core.schema.sources.mqtt import MqttMap
from core.vocabulary.readings import Quality
from tests.collectors.mqtt.cast import KABUL, T0, climate_profile, device, mqtt_source


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("params.temperature:0.tC", 19.8),
        ("list[1]", 2),
        ("list[9]", ABSENT),
        ("list.key", ABSENT),
        ("params.absent", ABSENT),
        ("null", None),
        ("null.deeper", ABSENT),
    ],
)
def test_a_path_leads_to_its_answer_or_to_a_gap(path: str, answer: object) -> None:
    value = {"params": {"temperature:0": {"tC": 19.8}}, "list": [1, 2], "null": None}
    assert at_path(value, path) == answer


@pytest.mark.parametrize(
    ("payload", "answer"),
    [(b" 21.5\n", "21.5"), (b"TRUE", True), (b'"open"', "open"), (b"null", None), (b"", None)],
)
def test_a_bare_payload_is_one_answer(payload: bytes, answer: object) -> None:
    assert scalar(payload) == answer


@pytest.mark.parametrize(
    ("own", "at", "quality"),
    [
        (T0 / 1000 - 0.5, T0 - 500, "good"),
        (T0 - 500, T0 - 500, "good"),
        (str(T0 / 1000), T0, "good"),
        ("2026-03-01T14:29:00", T0 - 60_000, "good"),  # the site's zone
        ("2026-03-01T09:59:00Z", T0 - 60_000, "good"),
        ("2026-03-01T10:59:00+01:00", T0 - 60_000, "good"),
        ("1970-01-01T00:00:12", T0, "clock"),
        (T0 + 3_600_000, T0, "clock"),
        ("yesterday", T0, "clock"),
        (True, T0, "clock"),
        (float("nan"), T0, "clock"),
        ([1], T0, "clock"),
    ],
)
def test_a_devices_own_time_is_taken_if_it_can_be_true(
    own: object, at: int, quality: Quality
) -> None:
    assert stamp(own, KABUL, T0) == (at, quality)


def test_a_topic_of_two_devices_speaks_for_both_each_with_its_component() -> None:
    messages = MqttMap.of(climate_profile()).messages
    first = device(climate_profile(), name="ct-1")
    second = device(climate_profile(), name="mr-1")
    bindings = TopicMap(
        KABUL,
        [Binding(first, mqtt_source("probe", component="room"), each) for each in messages]
        + [Binding(second, mqtt_source("probe"), each) for each in messages],
    )
    readings = parse(bindings, "probe/bare", b"41", T0).readings
    assert [(reading.device, reading.component) for reading in readings] == [
        ("ct-1", "room"),
        ("mr-1", ""),
    ]
    online = parse(bindings, "probe/online", b"offline", T0).readings
    assert [reading.component for reading in online] == ["room-mqtt", "mqtt"]


def test_a_long_text_where_a_number_was_meant_does_not_enter_the_store() -> None:
    sensor = device(climate_profile())
    bindings = TopicMap(
        KABUL,
        [
            Binding(sensor, mqtt_source("probe"), each)
            for each in MqttMap.of(sensor.profile).messages
        ],
    )
    (event,) = parse(bindings, "probe/bare", b"a name and a date of birth", T0).events
    assert event.text == "room_humidity_pct: not a number: '26 characters'"
