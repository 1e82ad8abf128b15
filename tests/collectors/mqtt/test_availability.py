"""Who lives and who is silent, on a timeline."""

from collectors.mqtt.availability import AvailabilityTracker
from collectors.mqtt.topic_map import Binding, TopicMap
from core.readings import Reading
from core.schema.sources.mqtt import MqttMap
from core.time.clock import MINUTE, SECOND
from tests.collectors.mqtt.cast import KABUL, T0, climate_profile, device, mqtt_source

SENSOR = device(climate_profile())
BINDINGS = TopicMap(
    KABUL,
    [
        Binding(SENSOR, mqtt_source("probe", silent_after="2m"), each)
        for each in MqttMap.of(SENSOR.profile).messages
    ],
)
BINDING = BINDINGS.all()[0]


def up(value: float, at: int) -> Reading:
    return Reading("ct-1", "up", value, at, "mqtt")


def listening() -> AvailabilityTracker:
    presence = AvailabilityTracker(BINDINGS)
    presence.connected(T0)
    return presence


def test_data_proves_life_twice_a_minute_and_no_more() -> None:
    presence = listening()
    written = [
        presence.message_received(BINDING, T0 + second * SECOND) for second in range(0, 61, 10)
    ]
    assert [bool(readings) for readings in written] == [True, False, False] * 2 + [True]


def test_a_silent_source_is_down_once_a_minute_until_it_speaks() -> None:
    presence = listening()
    assert presence.silent_sources(T0 + MINUTE) == []
    assert presence.silent_sources(T0 + 2 * MINUTE) == [up(0, T0 + 2 * MINUTE)]
    assert presence.silent_sources(T0 + 2 * MINUTE + 59 * SECOND) == []
    assert presence.silent_sources(T0 + 3 * MINUTE) == [up(0, T0 + 3 * MINUTE)]
    assert presence.message_received(BINDING, T0 + 3 * MINUTE + 1) == [up(1, T0 + 3 * MINUTE + 1)]


def test_nobody_is_accused_of_silence_while_we_were_not_listening() -> None:
    presence = listening()
    presence.message_received(BINDING, T0)
    presence.connected(T0 + 60 * MINUTE)
    assert presence.silent_sources(T0 + 61 * MINUTE) == []


def test_a_retained_state_is_written_only_if_it_is_news() -> None:
    presence = listening()
    assert presence.state_reported(up(1, T0), retained=True) == [up(1, T0)]
    assert presence.state_reported(up(1, T0 + 5 * MINUTE), retained=True) == []
    assert presence.state_reported(up(0, T0 + 6 * MINUTE), retained=True) == [
        up(0, T0 + 6 * MINUTE)
    ]


def test_a_retained_online_does_not_hide_that_the_device_is_silent() -> None:
    presence = listening()
    presence.state_reported(up(1, T0 + MINUTE), retained=True)
    assert presence.silent_sources(T0 + 2 * MINUTE) == [up(0, T0 + 2 * MINUTE)]
