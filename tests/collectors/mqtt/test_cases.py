"""Every folder of tests/cases/mqtt: what a real device might publish, and what we keep of it."""

from pathlib import Path

import pytest

from collectors.mqtt.parse import parse
from collectors.mqtt.topic_map import Binding, TopicMap
from core.schema.sources.mqtt import MqttMap
from tests.collectors.logfile.rows import expected, rows
from tests.collectors.mqtt.cast import KABUL, T0, device, mqtt_source

CASES = sorted((Path(__file__).parents[2] / "cases" / "mqtt").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_message_of_the_field_gives_what_its_case_expects(case: Path) -> None:
    # given
    sensor = device(case / "profile.yaml")
    messages = MqttMap.of(sensor.profile).messages
    bindings = TopicMap(KABUL, [Binding(sensor, mqtt_source("thing"), each) for each in messages])
    topic = (case / "topic.txt").read_text().strip()
    payload = next(case.glob("payload.*")).read_bytes()

    # when
    batch = parse(bindings, topic, payload, T0)

    # then
    assert rows(batch) == expected((case / "expected.csv").read_text())
