"""One simulated sensor on the broker: its birth message, its values and its last will."""

from zoneinfo import ZoneInfo

from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttSource
from simulator.centre import Centre
from simulator.wire.mqtt import ON_MAINS, Publish, SensorFirmware


class MqttSensor:
    """A sensor that publishes its availability when that changes, as the broker does for it."""

    def __init__(self, device: Device, source: MqttSource) -> None:
        self.device = device
        self._firmware = SensorFirmware(device, source)
        self._on_mains = self._firmware.dialect in ON_MAINS
        self._online: bool | None = None

    def messages(self, centre: Centre, at: int, zone: ZoneInfo) -> list[Publish]:
        """What reaches the broker at `at` (UTC milliseconds): nothing without mains or when dead."""
        if not centre.answers(self.device):
            return []
        online = centre.has_mains() or not self._on_mains
        messages: list[Publish] = []
        if online is not self._online:
            messages += self._firmware.availability(online=online)
            self._online = online
        if online:
            values = centre.values(self.device.id)
            messages += self._firmware.messages(values, at, zone)
        return messages

    def announce_again(self) -> None:
        """The broker is new or was away: publish the availability with the next messages."""
        self._online = None


def mqtt_sensors(site: Site) -> list[MqttSensor]:
    """All simulated sensors of a site."""
    return [
        MqttSensor(device, source)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, MqttSource)
    ]
