"""Which topic belongs to which device, and what its messages mean there."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttSource


@dataclass(frozen=True)
class Binding:
    """One topic of one device, with what the profile says of its messages."""

    device: Device
    source: MqttSource
    message: MqttMessage

    @property
    def topic(self) -> str:
        """The topic as the broker knows it."""
        return self.message.topic.replace("{topic}", self.source.topic)

    @cached_property
    def up_component(self) -> str:
        """The component of this source's `up`: `mqtt`, or `room-mqtt` for the source `room`."""
        return self.component("mqtt")

    def component(self, own: str) -> str:
        """The source's component before the profile's: `room` and `probe1` give `room-probe1`."""
        return "-".join(part for part in (self.source.component, own) if part)


class TopicMap:
    """Every binding of a site, by topic. One topic may mean something to several devices."""

    def __init__(self, zone: ZoneInfo, bindings: Iterable[Binding]) -> None:
        self.zone = zone
        self._by_topic: dict[str, list[Binding]] = {}
        for binding in bindings:
            self._by_topic.setdefault(binding.topic, []).append(binding)

    @classmethod
    def of(cls, site: Site) -> "TopicMap":
        """All that the site's devices publish."""
        return cls(
            site.zone,
            (
                Binding(device, source, message)
                for device in site.devices.values()
                for source in device.sources
                if isinstance(source, MqttSource)
                for message in MqttMap.of(device.profile).messages
            ),
        )

    @property
    def topics(self) -> list[str]:
        """What to subscribe to."""
        return list(self._by_topic)

    def on(self, topic: str) -> list[Binding]:
        """What this topic means; empty for a topic that the site does not name."""
        return self._by_topic.get(topic, [])

    def all(self) -> list[Binding]:
        """Every binding, in the site file's order of topics."""
        return [binding for bindings in self._by_topic.values() for binding in bindings]
