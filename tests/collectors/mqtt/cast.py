"""The devices, sources and times of these tests. All invented."""

from pathlib import Path
from zoneinfo import ZoneInfo

from core.schema.load import load_profile
from core.schema.profile import Profile
from core.schema.site import Device
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttSource, MqttValue

KABUL = ZoneInfo("Asia/Kabul")
T0 = 1_772_359_200_000  # 2026-03-01T10:00:00Z, 14:30 in Herat


def device(profile: Path | Profile, *sources: MqttSource | LogSource, name: str = "ct-1") -> Device:
    """CT-1, or another of the cast, with this profile."""
    whole = profile if isinstance(profile, Profile) else load_profile(profile)
    return Device(name, name, "", "", "test", whole, (), sources)


def mqtt_source(topic: str, *, silent_after: str = "5m", component: str = "") -> MqttSource:
    """A sensor at `topic`."""
    return MqttSource.model_validate(
        {"kind": "mqtt", "topic": topic, "silent_after": silent_after, "component": component}
    )


def climate_profile() -> Profile:
    """A sensor that says its time, another that does not, and availability."""
    profile = Profile.model_validate(
        {
            "metrics": {
                "room_temp_c": {"title": "Temperature", "plausible": [-40, 100000]},
                "room_humidity_pct": {"title": "Humidity"},
            }
        }
    )
    messages = [
        MqttMessage(
            topic="{topic}/json", at="ts", values=[MqttValue(metric="room_temp_c", path="t")]
        ),
        MqttMessage(topic="{topic}/bare", values=[MqttValue(metric="room_humidity_pct")]),
        MqttMessage(topic="{topic}/online", online={"online": True, "offline": False}),
    ]
    return profile.model_copy(update={"mqtt": MqttMap(messages=messages)})
