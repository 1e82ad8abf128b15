"""One pretend sensor on the broker: it greets, tells its values, and leaves a last will."""

from zoneinfo import ZoneInfo

from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttSource
from simulator.centre import Centre
from simulator.wire.mqtt import ON_MAINS, Publish, Sensor


class Voice:
    """Remembers whether the sensor was last heard, as the broker does for it."""

    def __init__(self, device: Device, source: MqttSource) -> None:
        self.device = device
        self._sensor = Sensor(device, source)
        self._on_mains = self._sensor.dialect in ON_MAINS
        self._online: bool | None = None

    def say(self, centre: Centre, at: int, zone: ZoneInfo) -> list[Publish]:
        """What reaches the broker now. A sensor without mains falls silent; a dead one too."""
        if not centre.answers(self.device):
            return []
        online = centre.has_mains() or not self._on_mains
        said: list[Publish] = []
        if online is not self._online:
            said += self._sensor.availability(online=online)
            self._online = online
        if online:
            values = centre.values(self.device.id)
            said += self._sensor.messages(values, at, zone)
        return said

    def greet_again(self) -> None:
        """The broker is new or was away: it must hear who is online."""
        self._online = None


def voices(site: Site) -> list[Voice]:
    """All pretend sensors of a site."""
    return [
        Voice(device, source)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, MqttSource)
    ]
