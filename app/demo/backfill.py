"""History for a demo: what the pretend centre would have said, through the parsers that read live."""

import signal
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from collectors.base import reachability
from collectors.logfile.parse import parse as parse_log
from collectors.mqtt.parse import parse as parse_mqtt
from collectors.mqtt.topic_map import TopicMap
from collectors.snmp.parse import parse as parse_snmp
from core.errors import ScanwardError
from core.readings import Batch
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from core.time.clock import MINUTE
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.history import Answer, LogText, MqttPublish, SnmpAnswers, history
from storage.series import SeriesWriter

STEP = 10 * MINUTE
BATCHES_PER_COMMIT = 2000
SHARE = 4  # this process also stores, so it tells of every fourth device only
AT_ONCE = 36  # steps that go through the pipe together


@dataclass(frozen=True)
class Twin:
    """How another process makes the same centre."""

    site_path: Path
    seed: int
    start: int
    faults: tuple[Fault, ...]


def write_history(
    site: Site,
    centre: Centre,
    end: int,
    writer: SeriesWriter,
    progress: Callable[[int], None],
    twin: Twin | None = None,
) -> None:
    """Store everything from where the centre stands until `end`; `progress` hears each moment.

    With `twin`, another process tells and parses what most of the devices say: the same readings in
    the same order of time, in two thirds of the time on two cores.
    """
    waiting: list[Batch] = []
    for at, batches in _both(site, centre, end, twin) if twin else _steps(site, centre, end, None):
        waiting += batches
        if len(waiting) >= BATCHES_PER_COMMIT:
            writer.append(waiting)
            waiting.clear()
        progress(at)
    writer.append(waiting)
    while writer.seal(everything=True):
        pass


def _steps(
    site: Site, centre: Centre, end: int, only: Collection[str] | None
) -> Iterator[tuple[int, list[Batch]]]:
    """Each moment with what was said in it."""
    topic_map = TopicMap.of(site)
    start = centre.at
    groups = groupby(history(site, centre, start, end, STEP, only), key=lambda answer: answer.at)
    told = next(groups, None)
    for at in range(start, end, STEP):
        batches = [_all_reached(site, centre, at, only)]
        if told is not None and told[0] == at:
            batches += [_parsed(site, topic_map, answer) for answer in told[1]]
            told = next(groups, None)
        yield at, batches


def _both(site: Site, centre: Centre, end: int, twin: Twin) -> Iterator[tuple[int, list[Batch]]]:
    """What both processes say of each moment."""
    mine = set(list(site.devices)[::SHARE])
    others = set(site.devices) - mine
    context = get_context("spawn")
    pipe, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_tell, args=(theirs, twin, end, others), daemon=True)
    child.start()
    theirs.close()
    try:
        told: dict[int, list[Batch]] = {}
        for at, batches in _steps(site, centre, end, mine):
            while at not in told:
                told.update(pipe.recv())
            yield at, batches + told.pop(at)
    except EOFError:
        raise ScanwardError("the process that tells half of the history has ended") from None
    finally:
        child.kill()
        child.join()
        pipe.close()


def _tell(pipe: Connection, twin: Twin, end: int, only: Collection[str]) -> None:
    site = load_site(twin.site_path)
    centre = Centre(site, seed=twin.seed, start=twin.start, faults=twin.faults)
    steps = _steps(site, centre, end, only)
    while chunk := dict(islice(steps, AT_ONCE)):
        pipe.send(chunk)
    signal.pause()  # until the other has read it all


def _parsed(site: Site, topic_map: TopicMap, answer: Answer) -> Batch:
    match answer:
        case MqttPublish(topic, payload, at):
            return parse_mqtt(topic_map, topic, payload, at)
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


def _all_reached(site: Site, centre: Centre, at: int, only: Collection[str] | None) -> Batch:
    """Who answered in that step: live, each source says so itself."""
    batch = Batch()
    for device in site.devices.values():
        if only is not None and device.id not in only:
            continue
        answers = centre.answers(device)
        for source in device.sources:
            # In a failure of the mains only what speaks through the UPS is heard.
            heard = answers and (centre.has_mains() or not isinstance(source, MqttSource))
            batch.readings.extend(reachability(device, source.kind, at, up=heard))
    return batch
