"""History for a demo: what the pretend centre would have said, through the parsers that read live."""

from collections.abc import Callable, Iterator

from collectors.base import reachability
from collectors.logfile.parse import parse as parse_log
from collectors.mqtt.bindings import Bindings
from collectors.mqtt.parse import parse as parse_mqtt
from collectors.snmp.parse import parse as parse_snmp
from core.clock import MINUTE
from core.site import LogSource, MqttSource, Site, SnmpSource
from core.words import Batch
from simulator.centre import Centre
from simulator.history import Answer, LogText, MqttPublish, SnmpAnswers, history
from storage.series import SeriesWriter

STEP = 10 * MINUTE
BATCHES_PER_COMMIT = 2000


def write_history(
    site: Site, centre: Centre, end: int, writer: SeriesWriter, progress: Callable[[int], None]
) -> None:
    """Store everything from where the centre stands until `end`; `progress` hears each moment."""
    batches: list[Batch] = []
    told = centre.at
    for at, batch in _batches(site, centre, end):
        batches.append(batch)
        if len(batches) >= BATCHES_PER_COMMIT:
            writer.append(batches)
            batches.clear()
        if at > told:
            told = at
            progress(at)
    writer.append(batches)
    while writer.seal(everything=True):
        pass


def _batches(site: Site, centre: Centre, end: int) -> Iterator[tuple[int, Batch]]:
    bindings = Bindings.of(site)
    last = -1
    for answer in history(site, centre, centre.at, end, STEP):
        if answer.at > last:
            last = answer.at
            yield last, _all_reached(site, centre, last)
        yield answer.at, _parsed(site, bindings, answer)


def _parsed(site: Site, bindings: Bindings, answer: Answer) -> Batch:
    match answer:
        case MqttPublish(topic, payload, at):
            return parse_mqtt(bindings, topic, payload, at)
        case SnmpAnswers(device_id, index, at, answers):
            device = site.devices[device_id]
            source = device.sources[index]
            assert isinstance(source, SnmpSource)
            return parse_snmp(device, source, answers, at)
        case LogText(device_id, index, text, at):
            device = site.devices[device_id]
            log = device.sources[index]
            assert isinstance(log, LogSource)
            return parse_log(device, log, text.splitlines(), log.zone or site.zone, at)


def _all_reached(site: Site, centre: Centre, at: int) -> Batch:
    """Who answered in that step: live, each source says so itself."""
    batch = Batch()
    for device in site.devices.values():
        answers = centre.answers(device)
        for source in device.sources:
            # In a failure of the mains only what speaks through the UPS is heard.
            heard = answers and (centre.has_mains() or not isinstance(source, MqttSource))
            batch.readings.extend(reachability(device, source.kind, at, up=heard))
    return batch
