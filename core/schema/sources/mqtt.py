"""MQTT: where a device publishes, and which fields of its messages are metrics."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from core.schema.names import Name
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict, did_you_mean
from core.time.clock import HOUR, MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


_PROBE = re.compile(r"\{(\w+)\}")


class MqttValue(Strict):
    """Where one metric lies in a payload: `AM2301.Temperature`; empty means the payload itself.

    `[Id=0316A1].Temperature` is of the entry, of a list or an object, whose `Id` is that; `[Id={tube}]`
    takes the id that the site file gives the probe `tube`. A list at `path` gives one reading per element, components `component`1, `component`2, ...
    `words` turns words into numbers (`{open: 1, closed: 0}`); true and false are always 1 and 0.
    `missing` are answers that mean "no sensor", as a DS18B20 says 85 that has not measured yet. With
    `alone` it is the only probe there: not read where the profile, or the site file, knows others by id.
    """

    metric: Name
    path: str = ""
    scale: float = 1.0
    words: dict[str, float] = {}
    missing: list[float] = []
    alone: bool = False
    component: str = ""

    @property
    def probes(self) -> list[str]:
        """The names of probes whose ids the site file gives."""
        return _PROBE.findall(self.path)

    def path_with(self, probes: dict[str, str]) -> str:
        """The path with the ids of the probes; empty brackets, which fit nothing, where one lacks."""
        return _PROBE.sub(lambda match: probes.get(match[1], ""), self.path)


class MqttMessage(Strict):
    """One kind of message; `{topic}` is the address that the site file gives the device.

    `last_seen` is the path of the time when a bridge last had word from the device: it may repeat old
    values. A `partial` message holds what has changed: that it names nothing of ours is no sign.
    """

    topic: str
    values: list[MqttValue] = []
    at: str = ""  # path of the device's own time; empty means arrival
    last_seen: str = ""
    partial: bool = False
    online: dict[str, bool] = {}  # for availability topics: which payload means what

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.values and not self.online:
            raise ValueError("a message needs `values` or `online`")
        return self


class MqttMap(Strict, SourceMap):
    """What this kind of device publishes, and how long it sleeps if every one of its kind does."""

    messages: list[MqttMessage] = []
    sleeps: Duration | None = None  # for sources whose entry says nothing of it

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Of each field of each message."""
        for m, message in enumerate(self.messages):
            for v, value in enumerate(message.values):
                yield f"messages[{m}].values[{v}]", value.metric

    @property
    def probes(self) -> list[str]:
        """The names of the probes that the site file gives ids to, in the map's order."""
        values = (value for message in self.messages for value in message.values)
        return list(dict.fromkeys(name for value in values for name in value.probes))


class MqttSource(SourceEntry):
    """What the device, or a sensor put beside it, publishes on the site's broker."""

    title: ClassVar[str] = "MQTT"
    profile_map: ClassVar[type[SourceMap]] = MqttMap

    kind: Literal["mqtt"]
    topic: str  # fills {topic} in the profile's messages
    component: str = ""  # put before the components that the profile names
    silent_after: Duration = Field(default=300 * SECOND, ge=10 * SECOND)
    sleeps: Duration | None = None  # it may be away from the broker for so long and be well
    probes: dict[str, str] = {}  # the id of each probe that the profile names

    @property
    def part(self) -> str:
        """Where the sensor stands, if the site file says."""
        return self.component

    @property
    def is_sleeper(self) -> bool:
        """Does it leave the broker between two messages? Then its last will is no death.

        Who may be silent for an hour without being missed is one, also where the file says only that.
        """
        return self.sleeps is not None or self.silent_after >= HOUR

    @property
    def missed_after(self) -> int:
        """Milliseconds of silence after which it counts as lost."""
        return max(self.silent_after, self.sleeps or 0)

    def with_profile(self, profile: "Profile") -> Self:
        """With the sleep of its profile, if the site file says none."""
        sleeps = MqttMap.of(profile).sleeps
        return (
            self.model_copy(update={"sleeps": sleeps}) if self.sleeps is None and sleeps else self
        )

    def reachable_within(self) -> int:
        """Its own silence, and two minutes in which that is written."""
        return self.missed_after + 2 * MINUTE

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """The site has a broker, and the profile says what is published."""
        if site.broker is None:
            yield "kind", "the site file has no `broker`"
        yield from super().check(profile, site)
        if profile is not None:
            yield from self._wrong_probes(MqttMap.of(profile).probes)
            yield from self._double_meanings(MqttMap.of(profile))

    def _wrong_probes(self, known: Sequence[str]) -> Iterator[Misfit]:
        """One probe has one meaning, and the profile knows its name."""
        uses = Counter(plain_id(probe_id) for probe_id in self.probes.values())
        for name, probe_id in self.probes.items():
            if name not in known:
                yield (
                    f"probes.{name}",
                    f"the profile names no such probe{did_you_mean(name, known)}",
                )
            if not plain_id(probe_id):
                yield f"probes.{name}", "an id is needed"
            elif uses[plain_id(probe_id)] > 1:
                yield f"probes.{name}", f"{probe_id} is the id of two probes"

    @classmethod
    def check_siblings(cls, entries: Sequence[Self]) -> Iterator[str]:
        """Two of one device would write the same components."""
        if len({entry.component for entry in entries}) < len(entries):
            yield "two mqtt sources of one device need a `component` each"

    def _double_meanings(self, own_map: MqttMap) -> Iterator[Misfit]:
        """What lies at one path is one metric."""
        meanings: dict[tuple[str, str, str], str] = {}
        for message in own_map.messages:
            for value in message.values:
                if any(name not in self.probes for name in value.probes):
                    continue
                key = message.topic, value.path_with(self.probes), value.component
                metric = meanings.setdefault(key, value.metric)
                if metric != value.metric:
                    text = f"{key[1] or 'the payload'!r} of {message.topic} is both {metric} and {value.metric}"
                    yield "kind", f"the profile means two things by one: {text}"


def plain_id(probe_id: str) -> str:
    """Letters and digits only: `28-0316.A1` and `280316a1` are one."""
    return "".join(letter for letter in probe_id.casefold() if letter.isalnum())
