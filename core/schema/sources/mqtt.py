"""MQTT: where a device publishes, and which fields of its messages are metrics."""

from typing import Literal, Self

from pydantic import Field, model_validator

from core.schema.names import Name
from core.schema.strict_model import Strict
from core.time.clock import SECOND
from core.time.duration import Duration


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
    def _says_something(self) -> Self:
        if not self.values and not self.online:
            raise ValueError("a message needs `values` or `online`")
        return self


class MqttMap(Strict):
    """What this kind of device publishes."""

    messages: list[MqttMessage] = []


class MqttSource(Strict):
    """What the device, or a sensor put beside it, publishes on the site's broker."""

    kind: Literal["mqtt"]
    topic: str  # fills {topic} in the profile's messages
    component: str = ""  # put before the components that the profile names
    silent_after: Duration = Field(default=300 * SECOND, ge=10 * SECOND)
