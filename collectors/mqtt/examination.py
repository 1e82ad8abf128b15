"""Tries the broker and each device on it, for the doctor.

One round would not tell: a device speaks when it likes, so who has been silent for a short while may
have been heard before.
"""

from collections.abc import Iterator, Mapping, Sequence

from collectors.base import Now
from collectors.mqtt.probe import Key, listen
from core.errors import SourceError
from core.finding import Finding, Findings
from core.readings import Reading
from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttSource
from core.text import times

LISTEN_S = 3.0


async def examine(site: Site, now: Now, stored: Sequence[Reading]) -> list[Finding]:
    """A finding of the broker, then one of each device that publishes there."""
    broker = site.file.broker
    if broker is None:
        return []
    findings = Findings(f"broker {broker.host}:{broker.port}")
    try:
        online = await listen(site, broker, now, LISTEN_S)
    except SourceError as error:
        findings.fail(str(error).removeprefix(f"{findings.what}: "))
        return findings
    findings.ok("lets us in")
    last_ups = {
        (reading.device, reading.component): reading for reading in stored if reading.metric == "up"
    }
    for device, source in _published(site):
        key = (device.id, source.up_component)
        findings += _device(key, source, online, last_ups.get(key), now())
    return findings


def _published(site: Site) -> Iterator[tuple[Device, MqttSource]]:
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, MqttSource):
                yield device, source


def _device(
    key: Key, source: MqttSource, online: Mapping[Key, bool], last_up: Reading | None, now: int
) -> list[Finding]:
    findings = Findings(f"{key[0]} mqtt {source.topic}")
    is_online = online.get(key)
    if is_online:
        findings.ok("was heard just now")
    elif is_online is False:
        findings.fail("the broker says that it is offline: is it switched on, and near enough?")
    elif last_up is None:
        findings.warn(
            f"not heard within {LISTEN_S:g} s, nor before: it may speak seldom, or `topic` is not its"
            " own (in Tasmota: Configuration, MQTT, Topic)"
        )
    elif last_up.value and now - last_up.at <= source.silent_after:
        findings.ok(f"was heard within {times.duration(source.silent_after)}")
    else:
        findings.fail("silent: is it switched on, and does it reach the broker?")
    return findings
