"""Tries the broker and each device on it, for the doctor.

One round would not tell: a device speaks when it likes, so who has been silent for a short while may
have been heard before.
"""

from collections.abc import Iterator, Sequence

from collectors.base import Now
from collectors.device_clock import describe
from collectors.mqtt.probe import Key, Overheard, listen
from core.errors import SourceError
from core.finding import Finding, Findings
from core.readings import NOT_UNDERSTOOD, UNDERSTOOD, Event, Reading
from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttMap, MqttSource
from core.text import times

LISTEN_S = 3.0


async def examine(site: Site, now: Now, stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of the broker, then one of each device that publishes there."""
    broker = site.file.broker
    if broker is None:
        return []
    findings = Findings(f"broker {broker.host}:{broker.port}")
    try:
        sources = await listen(site, broker, now, LISTEN_S)
    except SourceError as error:
        findings.fail(str(error).removeprefix(f"{findings.what}: "))
        return findings
    findings.ok("lets us in")
    readings = [entry for entry in stored if isinstance(entry, Reading)]
    news = [entry for entry in stored if isinstance(entry, Event)]
    last_ups = {
        (reading.device, reading.component): reading
        for reading in readings
        if reading.metric == "up"
    }
    for device, source in _published(site):
        key = (device.id, source.up_component)
        overheard = sources.get(key, Overheard())
        doubts = _content(key, device, source, overheard)
        doubts += _stored_clock(key, source, overheard, readings)
        unknown = _stored_news(key, source, overheard, news)
        life = _device(key, source, overheard.is_online, last_ups.get(key), now())
        is_all = not (unknown or (overheard.is_online and doubts))
        # That it was heard is not all there is to say.
        findings += [finding for finding in life if is_all or finding.outcome == "failed"]
        doubts += unknown
        findings += doubts
    return findings


def _published(site: Site) -> Iterator[tuple[Device, MqttSource]]:
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, MqttSource):
                yield device, source


def _content(key: Key, device: Device, source: MqttSource, overheard: Overheard) -> list[Finding]:
    """What of it cannot be used, and why."""
    findings = Findings(f"{key[0]} mqtt {source.topic}")
    for error in overheard.errors:
        findings.warn(f"sends what cannot be read: {error}")
    if overheard.unmatched and not overheard.matched:
        names = ", ".join(overheard.keys) or "none"
        findings.warn(
            f"speaks, but says nothing that its profile knows, 0 readings: its keys are {names}; write a profile of"
            " your own with their paths (docs/profiles.md)"
        )
    if overheard.probes:
        names = ", ".join(MqttMap.of(device.profile).probes)
        shown = ", ".join(overheard.probes.values())
        findings.warn(
            f"has probes that the site file does not name, and they are not read: {shown}; write the id"
            f" of each under `probes` ({names or 'the profile names none'})"
        )
    if overheard.offset:
        findings.warn(
            f"{describe(overheard.offset)}, or the message waited: set the device's time, zone and time"
            " server; until then its readings carry their arrival"
        )
    return findings


def _stored_clock(
    key: Key, source: MqttSource, overheard: Overheard, stored: Sequence[Reading]
) -> list[Finding]:
    """Who was not overheard may have shown its clock before."""
    findings = Findings(f"{key[0]} mqtt {source.topic}")
    newest = max(
        (reading for reading in stored if _is_of(reading, key, source)),
        key=lambda reading: reading.at,
        default=None,
    )
    if newest is not None and newest.quality == "clock" and not overheard.offset:
        findings.warn(
            "its clock was wrong when it last spoke: set its time, zone and time server; until then its"
            " readings carry their arrival"
        )
    return findings


def _stored_news(
    key: Key, source: MqttSource, overheard: Overheard, events: Sequence[Event]
) -> list[Finding]:
    """Who was not overheard may have said before what its profile does not know."""
    findings = Findings(f"{key[0]} mqtt {source.topic}")
    own = (event for event in events if (event.device, event.component) == key)
    last = next((event for event in own if event.kind in (NOT_UNDERSTOOD, UNDERSTOOD)), None)
    is_overheard = overheard.matched or overheard.unmatched
    if last is not None and last.kind == NOT_UNDERSTOOD and not is_overheard:
        names = last.text.partition(": ")[2] or "none"
        findings.warn(
            f"spoke before, but said nothing that its profile knows, 0 readings: its {names}; write a profile"
            " of your own with their paths (docs/profiles.md)"
        )
    return findings


def _is_of(reading: Reading, key: Key, source: MqttSource) -> bool:
    is_own = reading.component == source.component or reading.component.startswith(
        f"{source.component}-" if source.component else ""
    )
    return reading.device == key[0] and is_own and reading.metric not in ("up", "response_ms")


def _device(
    key: Key, source: MqttSource, is_online: bool | None, last_up: Reading | None, now: int
) -> list[Finding]:
    findings = Findings(f"{key[0]} mqtt {source.topic}")
    if is_online:
        findings.ok("was heard just now")
    elif is_online is False:
        findings.fail("the broker says that it is offline: is it switched on, and near enough?")
    elif last_up is None:
        findings.warn(
            f"not heard within {LISTEN_S:g} s, nor before: it may speak seldom, or `topic` is not its"
            " own (in Tasmota: Configuration, MQTT, Topic)"
        )
    elif last_up.value and now - last_up.at <= source.missed_after:
        findings.ok(f"was heard within {times.duration(source.missed_after)}")
    else:
        findings.fail("silent: is it switched on, and does it reach the broker?")
    return findings
