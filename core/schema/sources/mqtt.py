"""MQTT: where a device publishes, and which fields of its messages are metrics."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from core.schema.names import Name
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


class MqttValue(Strict):
    """Where one metric lies in a payload: `AM2301.Temperature`; empty means the payload itself.

    A list at `path` gives one reading per element, components `component`1, `component`2, ...
    `words` turns words into numbers (`{open: 1, closed: 0}`); true and false are always 1 and 0.
    """

    metric: Name
    path: str = ""
    scale: float = 1.0
    words: dict[str, float] = {}
    component: str = ""


class MqttMessage(Strict):
    """One kind of message; `{topic}` is the address that the site file gives the device."""

    topic: str
    values: list[MqttValue] = []
    at: str = ""  # path of the device's own time; empty means arrival
    online: dict[str, bool] = {}  # for availability topics: which payload means what

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.values and not self.online:
            raise ValueError("a message needs `values` or `online`")
        return self


class MqttMap(Strict, SourceMap):
    """What this kind of device publishes."""

    messages: list[MqttMessage] = []

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Of each field of each message."""
        for m, message in enumerate(self.messages):
            for v, value in enumerate(message.values):
                yield f"messages[{m}].values[{v}]", value.metric


class MqttSource(SourceEntry):
    """What the device, or a sensor put beside it, publishes on the site's broker."""

    title: ClassVar[str] = "MQTT"
    profile_map: ClassVar[type[SourceMap]] = MqttMap

    kind: Literal["mqtt"]
    topic: str  # fills {topic} in the profile's messages
    component: str = ""  # put before the components that the profile names
    silent_after: Duration = Field(default=300 * SECOND, ge=10 * SECOND)

    @property
    def part(self) -> str:
        """Where the sensor stands, if the site file says."""
        return self.component

    def reachable_within(self) -> int:
        """Its own silence, and two minutes in which that is written."""
        return self.silent_after + 2 * MINUTE

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """The site has a broker, and the profile says what is published."""
        if site.broker is None:
            yield "kind", "the site file has no `broker`"
        yield from super().check(profile, site)

    @classmethod
    def check_siblings(cls, entries: Sequence[Self]) -> Iterator[str]:
        """Two of one device would write the same components."""
        if len({entry.component for entry in entries}) < len(entries):
            yield "two mqtt sources of one device need a `component` each"
