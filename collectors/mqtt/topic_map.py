"""Which topic belongs to which device, and what its messages mean there."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from collectors.mqtt.json_path import Chooser, IdentityRules, choices
from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttMap, MqttMessage, MqttSource, MqttValue


@dataclass(frozen=True)
class Binding:
    """One topic of one device, with what the profile says of its messages."""

    device: Device
    source: MqttSource
    message: MqttMessage

    @property
    def key(self) -> tuple[str, str]:
        """The device and the component of its `up`: what has one clock and one life."""
        return self.device.id, self.up_component

    @property
    def topic(self) -> str:
        """The topic as the broker knows it."""
        return self.message.topic.replace("{topic}", self.source.topic)

    @cached_property
    def up_component(self) -> str:
        """The component of this source's `up`: `mqtt`, or `room-mqtt` for the source `room`."""
        return self.component("mqtt")

    @cached_property
    def paths(self) -> list[str]:
        """The path of each value, with the ids that the site file gives its probes."""
        return [value.path_with(self.source.probes) for value in self.message.values]

    @cached_property
    def choosers(self) -> dict[str, frozenset[Chooser]]:
        """Of each metric: where it, or another, is chosen by which field.

        Its own choice does not count while the site file has no id for it: until then the only probe
        there may be it.
        """
        fields = list(zip(self.message.values, self.paths, strict=True))
        return {
            value.metric: choices(
                path
                for other, path in fields
                if other.metric != value.metric
                or all(name in self.source.probes for name in other.probes)
            )
            for value in self.message.values
        }

    def rules(self, value: MqttValue, strangers: Set[str] = frozenset()) -> IdentityRules:
        """What of a payload this value may not be."""
        return IdentityRules(self.choosers[value.metric], strangers, value.alone)

    @cached_property
    def own_rules(self) -> list[IdentityRules]:
        """Those of each value, where no stranger was seen."""
        return [self.rules(value) for value in self.message.values]

    @cached_property
    def looks_inside(self) -> bool:
        """Does the profile look for anything in the payload's JSON?"""
        message = self.message
        return bool(message.at or message.last_seen or any(value.path for value in message.values))

    def component(self, own: str) -> str:
        """The source's component before the profile's: `room` and `probe1` give `room-probe1`."""
        return "-".join(part for part in (self.source.component, own) if part)


class TopicMap:
    """Every binding of a site, by topic. One topic may mean something to several devices."""

    def __init__(self, zone: ZoneInfo, bindings: Iterable[Binding]) -> None:
        self.zone = zone
        self._by_topic: dict[str, list[Binding]] = {}
        for binding in bindings:
            known = self._by_topic.setdefault(binding.topic, [])
            same = next((other for other in known if _is_same_payload(other, binding)), None)
            if same is None:
                known.append(binding)
            else:  # a profile and its parents: what one payload holds is judged together
                known[known.index(same)] = _joined(same, binding)

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


def _is_same_payload(first: Binding, second: Binding) -> bool:
    is_availability = bool(first.message.online), bool(second.message.online)
    return first.key == second.key and is_availability[0] == is_availability[1]


def _joined(first: Binding, second: Binding) -> Binding:
    message, other = first.message, second.message
    update = {
        "values": [
            *message.values,
            *(value for value in other.values if value not in message.values),
        ],
        "online": {**message.online, **other.online},
        "at": message.at or other.at,
        "last_seen": message.last_seen or other.last_seen,
        "partial": message.partial or other.partial,
    }
    return Binding(first.device, first.source, message.model_copy(update=update))
