"""What the site file says of a sensor is refused where a probe or a key would mean two things."""

import pytest

from core.schema.profile import Profile
from core.schema.sources.mqtt import MqttSource
from core.time.clock import HOUR, MINUTE

PROFILE = Profile.model_validate(
    {
        "metrics": {"tube_temp_c": {"title": "Tube"}, "gantry_temp_c": {"title": "Gantry"}},
        "mqtt": {
            "messages": [
                {
                    "topic": "tele/{topic}/SENSOR",
                    "values": [
                        {"metric": "tube_temp_c", "path": "[Id={tube}].Temperature"},
                        {"metric": "gantry_temp_c", "path": "[Id={gantry}].Temperature"},
                    ],
                }
            ]
        },
    }
)


class _Site:
    broker = object()


def mistakes(probes: dict[str, str]) -> str:
    source = MqttSource.model_validate({"kind": "mqtt", "topic": "x", "probes": probes})
    return "; ".join(f"{place}: {text}" for place, text in source.check(PROFILE, _Site()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("probes", "mistake"),
    [
        ({"tube": "C3", "gantry": "F9"}, ""),
        ({"gantry": "F9"}, ""),
        ({"tuve": "C3"}, "probes.tuve: the profile names no such probe (did you mean 'tube'?)"),
        ({"tube": ""}, "probes.tube: an id is needed"),
        ({"tube": "28-0316", "gantry": "280316"}, "probes.tube: 28-0316 is the id of two probes"),
    ],
)
def test_a_probe_has_one_name_and_a_name_one_probe(probes: dict[str, str], mistake: str) -> None:
    assert mistakes(probes).startswith(mistake)
    assert bool(mistakes(probes)) == bool(mistake)


def test_one_key_that_means_two_metrics_is_refused() -> None:
    raw = {
        "metrics": {"tube_temp_c": {"title": "Tube"}, "gantry_temp_c": {"title": "Gantry"}},
        "mqtt": {
            "messages": [
                {"topic": "{topic}", "values": [{"metric": "tube_temp_c", "path": "t"}]},
                {"topic": "{topic}", "values": [{"metric": "gantry_temp_c", "path": "t"}]},
            ]
        },
    }
    source = MqttSource.model_validate({"kind": "mqtt", "topic": "x"})
    texts = [text for _, text in source.check(Profile.model_validate(raw), _Site())]  # type: ignore[arg-type]
    assert texts == [
        "the profile means two things by one: 't' of {topic} is both tube_temp_c and gantry_temp_c"
    ]


def test_who_sleeps_is_missed_after_its_sleep() -> None:
    plain = MqttSource(kind="mqtt", topic="x")
    sleeper = MqttSource.model_validate({"kind": "mqtt", "topic": "x", "sleeps": "12h"})
    assert (plain.is_sleeper, plain.reachable_within()) == (False, 7 * MINUTE)
    assert (sleeper.is_sleeper, sleeper.reachable_within()) == (True, 12 * HOUR + 2 * MINUTE)


def test_a_profile_may_say_that_all_of_its_sensors_sleep() -> None:
    messages = [{"topic": "{topic}", "values": [{"metric": "room_temp_c"}]}]
    profile = Profile.model_validate(
        {
            "metrics": {"room_temp_c": {"title": "T", "unit": "°C"}},
            "mqtt": {"messages": messages, "sleeps": "12h"},
        }
    )
    plain = MqttSource.model_validate({"kind": "mqtt", "topic": "x"})
    own = MqttSource.model_validate({"kind": "mqtt", "topic": "x", "sleeps": "2h"})
    assert plain.with_profile(profile).missed_after == 12 * HOUR
    assert plain.with_profile(profile).is_sleeper
    assert own.with_profile(profile).missed_after == 2 * HOUR
