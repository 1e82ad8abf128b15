"""Weeks of the simulated centre in seconds: the raw answers that its devices would have given.

Nothing here touches a socket or a file; the caller feeds the answers to the parsers that read live
ones.
"""

from collections.abc import Iterator
from typing import NamedTuple

from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from core.time.clock import DAY, HOUR, MINUTE
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.physics.header import Header
from simulator.physics.study import SimulatedStudy
from simulator.servers.mqtt_sensor import MqttSensor
from simulator.wire.logs import log_text
from simulator.wire.snmp import SnmpObjects


class SnmpAnswers(NamedTuple):
    """One poll of one agent: a number or the bytes of a text, by instance OID; `at` in UTC ms."""

    device_id: str
    source_index: int
    at: int
    answers: dict[str, object]


class MqttPublish(NamedTuple):
    """One message as the broker would have passed it on, at `at` (UTC milliseconds)."""

    topic: str
    payload: bytes
    at: int


class LogText(NamedTuple):
    """Whole records that a log file gained until `at`, in the order they have in the file."""

    device_id: str
    source_index: int
    text: str
    at: int


class StudySent(NamedTuple):
    """A study as its scanner sent it, at `at` (UTC milliseconds), with what its headers say."""

    study: SimulatedStudy
    header: Header
    at: int


RawAnswer = SnmpAnswers | MqttPublish | LogText | StudySent


def history(site: Site, centre: Centre, start: int, end: int, step_ms: int) -> Iterator[RawAnswer]:
    """Every answer from `start` up to `end` (UTC milliseconds), in time order; moves the centre on."""
    live_step, centre.step_ms = centre.step_ms, step_ms
    device_histories = [_DeviceHistory(device, site) for device in site.devices.values()]
    try:
        for at in range(start, end, step_ms):
            centre.advance(at)
            for device_history in device_histories:
                yield from device_history.answers(centre, at)
    finally:
        centre.step_ms = live_step


def live_again(site: Site, centre: Centre, until: int, step_ms: int) -> Iterator[int]:
    """Move a new centre on to `until` (UTC milliseconds) without an answer; the moment of each step.

    Then it is as one that had answered until then: in steps of `step_ms`, the last of them shorter.
    """
    live_step, centre.step_ms = centre.step_ms, step_ms
    try:
        for at in range(centre.at, until + 1, step_ms):
            centre.advance(at)
            _forget_answers(site, centre)
            yield at
    finally:
        centre.step_ms = live_step
    centre.advance(until)
    _forget_answers(site, centre)
    for device in site.devices.values():
        centre.studies_started(device.id)
        centre.studies_sent(device.id)


def _forget_answers(site: Site, centre: Centre) -> None:
    for device in site.devices.values():
        centre.log_records(device.id)


def demo_faults(start: int, end: int) -> list[Fault]:
    """The faults of the history that a demo begins with; `start` and `end` (now) in UTC milliseconds.

    A helium leak and a tube that cools ever more slowly go on after `end`; a failure of the mains
    and one of the chiller are over. A minute after `end` water reaches the sensor of the server
    room, so that whoever looks sees an alert come. The phantoms of a CT and of the bone densitometer
    drift, days before their limits.
    """
    mains_failure, chiller_failure = end - 6 * DAY, end - 11 * DAY
    network_fault = end - 8 * DAY
    faults = [
        Fault("tube_cooling", end - 25 * DAY, device="ct-2", amount=0.175),
        Fault("helium_leak", end - 14 * DAY, device="mri-2"),
        Fault(
            "chiller_failure", chiller_failure, chiller_failure + HOUR + 30 * MINUTE, "chiller-1"
        ),
        Fault("mains_failure", mains_failure, mains_failure + 38 * MINUTE),
        Fault("ct_number_drift", end - 22 * DAY, device="ct-1"),
        Fault("bmd_drift", end - 22 * DAY, device="dxa-1"),
        Fault("network_fault", network_fault, network_fault + 14 * HOUR, "cbct-1"),
        Fault("software_update", end - 16 * DAY, device="us-1"),
        Fault("water_leak", end + MINUTE, end + 20 * MINUTE, device="room-server"),
    ]
    return [fault for fault in faults if fault.end is None or fault.end > start]


class _DeviceHistory:
    """Everything that the sources of one device answer in one step."""

    def __init__(self, device: Device, site: Site) -> None:
        self._device, self._zone = device, site.zone
        self._sources = list(enumerate(device.sources))
        self._speaks_dicom = any(isinstance(s, DicomSource) for s in device.sources)
        self._agents: dict[int, SnmpObjects] = {}
        self._sensors: dict[int, MqttSensor] = {}
        for index, source in self._sources:
            if isinstance(source, SnmpSource):
                self._agents[index] = SnmpObjects(device, source)
            elif isinstance(source, MqttSource):
                self._sensors[index] = MqttSensor(device, source)

    def answers(self, centre: Centre, at: int) -> Iterator[RawAnswer]:
        device = self._device
        records = centre.log_records(device.id)
        yield from self._studies(centre, at)
        if not centre.answers(device):
            return
        for index, source in self._sources:
            if isinstance(source, SnmpSource):
                raw = self._agents[index].answers(centre.values(device.id), at)
                yield SnmpAnswers(device.id, index, at, {oid: r.value for oid, r in raw.items()})
            elif isinstance(source, MqttSource):
                for message in self._sensors[index].messages(centre, at, self._zone):
                    yield MqttPublish(message.topic, message.payload, at)
            elif isinstance(source, LogSource) and records:
                yield LogText(device.id, index, log_text(device, source, records, self._zone), at)

    def _studies(self, centre: Centre, at: int) -> Iterator[StudySent]:
        if self._speaks_dicom:
            centre.studies_started(self._device.id)
        if self._speaks_dicom and centre.reaches_network(self._device):
            for study in centre.studies_sent(self._device.id):
                yield StudySent(study, centre.header(study), at)
