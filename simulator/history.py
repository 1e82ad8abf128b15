"""Weeks of the pretend centre in seconds: the raw answers that its devices would have given.

Nothing here touches a socket or a file; who calls it feeds the answers to the same parsers that
read live ones.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from core.schema.site import Device, Site
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from core.time.clock import DAY, HOUR, MINUTE
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.servers.mqtt_sensor import Voice
from simulator.wire.logs import log_text
from simulator.wire.snmp import snmp_answers


class SnmpAnswers(NamedTuple):
    """One poll of one agent: instance OID to a number or the bytes of a text."""

    device_id: str
    source_index: int
    at: int
    answers: dict[str, object]


class MqttPublish(NamedTuple):
    """One message as the broker would have passed it on."""

    topic: str
    payload: bytes
    at: int


class LogText(NamedTuple):
    """Whole records that a log file gained, in the order they have in the file."""

    device_id: str
    source_index: int
    text: str
    at: int


Answer = SnmpAnswers | MqttPublish | LogText


def history(
    site: Site,
    centre: Centre,
    start: int,
    end: int,
    step_ms: int,
    only: Collection[str] | None = None,
) -> Iterator[Answer]:
    """Every answer from `start` up to `end`, in time order. Moves the centre to `end`.

    With `only`, what these devices answer; another process may ask a twin for the others.
    """
    live_step, centre.step_ms = centre.step_ms, step_ms
    telling = [d for d in site.devices.values() if only is None or d.id in only]
    silent = [d.id for d in site.devices.values() if only is not None and d.id not in only]
    tellers = [_Teller(device, site) for device in telling]
    try:
        for at in range(start, end, step_ms):
            centre.advance(at)
            for teller in tellers:
                yield from teller.tell(centre, at)
            for device_id in silent:
                centre.log_records(device_id)  # what nobody asks for is not to pile up
    finally:
        centre.step_ms = live_step


def demo_stories(start: int, end: int) -> list[Fault]:
    """What goes wrong in the history that a demo begins with; `end` is now.

    A helium leak and a tube that cools ever more slowly go on after `end`; a failure of the mains
    and one of the chiller are over. A minute after `end` water reaches the sensor of the server
    room, so that whoever looks sees an alert come.
    """
    mains = end - 6 * DAY
    chiller = end - 11 * DAY
    stories = [
        Fault("tube_cooling", end - 25 * DAY, device="ct-2", amount=0.15),
        Fault("helium_leak", end - 14 * DAY, device="mri-2"),
        Fault("chiller_failure", chiller, chiller + HOUR + 10 * MINUTE, device="chiller-1"),
        Fault("mains_failure", mains, mains + 38 * MINUTE),
        Fault("water_leak", end + MINUTE, end + 20 * MINUTE, device="room-server"),
    ]
    return [story for story in stories if story.end is None or story.end > start]


class _Teller:
    """Everything that one device says in one step."""

    def __init__(self, device: Device, site: Site) -> None:
        self._device, self._zone = device, site.zone
        self._sources = list(enumerate(device.sources))
        self._voices = {
            index: Voice(device, source)
            for index, source in self._sources
            if isinstance(source, MqttSource)
        }

    def tell(self, centre: Centre, at: int) -> Iterator[Answer]:
        device = self._device
        records = centre.log_records(device.id)
        if not centre.answers(device):
            return
        for index, source in self._sources:
            if isinstance(source, SnmpSource):
                raw = snmp_answers(device, source, centre.values(device.id), at)
                yield SnmpAnswers(device.id, index, at, {oid: r.value for oid, r in raw.items()})
            elif isinstance(source, MqttSource):
                for message in self._voices[index].say(centre, at, self._zone):
                    yield MqttPublish(message.topic, message.payload, at)
            elif isinstance(source, LogSource) and records:
                yield LogText(device.id, index, log_text(device, source, records, self._zone), at)
