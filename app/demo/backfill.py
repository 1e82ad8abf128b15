"""History for a demo: the answers of the simulated centre, through the parsers of live answers.

One process simulates; where there are two cores, a second one parses and stores meanwhile.
"""

import fcntl
import gc
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, Protocol

from app.demo.examinations import HeaderHistory, write_examinations
from collectors.base import reachability
from collectors.logfile.parse import parse as parse_log
from collectors.logfile.record_times import RecordTimes
from collectors.mqtt.parse import parse as parse_mqtt
from collectors.mqtt.topic_map import TopicMap
from collectors.snmp.parse import parse as parse_snmp
from core.errors import ScanwardError
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.dicom import DicomSource
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from core.time.clock import MINUTE
from simulator.centre import Centre
from simulator.history import LogText, MqttPublish, RawAnswer, SnmpAnswers, StudySent, history
from storage.series import SeriesWriter

STEP = 10 * MINUTE
BATCHES_PER_COMMIT = 2000
ANSWERS_AT_ONCE = 500  # through the pipe
Answer = SnmpAnswers | MqttPublish | LogText | Batch


class _PackedBatch(NamedTuple):
    """A batch as it goes through the pipe: pickle writes the class of a NamedTuple beside each of them."""

    readings: list[tuple[object, ...]]
    events: list[Event]
    positions: Mapping[str, str]


PIPE_BYTES = 1 << 20  # the most that Linux gives: the second process does not read while it commits


class HistoryStore(Protocol):
    """Where the history goes."""

    def add(self, answers: Iterable[Answer]) -> None:
        """Parse answers, where that is still to be done, and store their readings and events."""

    def position(self, key: str) -> str | None:
        """What was stored under `key` by a batch's positions before this history."""

    def finish(self) -> None:
        """Return when everything is stored and compacted."""


def write_history(
    site: Site,
    centre: Centre,
    end: int,
    store: HistoryStore,
    progress: Callable[[int], None],
    *,
    start: int | None = None,
    studies_from: int | None = None,
) -> None:
    """Store everything from `start`, or from where the centre stands, until `end`, UTC milliseconds.

    Studies from `studies_from`: what was begun before and is sent now. `progress` is called with the moment of each step. The centre is moved on to `end`.
    """
    with _without_garbage_collection():
        begin = centre.at if studies_from is None else studies_from
        examinations = write_examinations(site, centre, end, begin, store.position)
        headers = HeaderHistory(site, store.position)
        for at, answers in _steps(site, centre, centre.at if start is None else start, end):
            known = (
                headers.batch(answer.study, answer.header)
                if isinstance(answer, StudySent)
                else answer
                for answer in answers
            )
            store.add([*known, examinations.until(at)])
            progress(at)
        store.add([examinations.rest()])
    store.finish()


@contextmanager
def store_in_this_process(site: Site, series: Path) -> Iterator[HistoryStore]:
    """A store of this process that writes the series database at `series`."""
    with closing(SeriesWriter(series)) as writer:
        yield _LocalStore(site, writer)


@contextmanager
def store_in_second_process(site: Site, site_path: Path, series: Path) -> Iterator[HistoryStore]:
    """A new store, of a second process that does the same meanwhile; it reads the site's file itself.

    What stops it there is a ScanwardError here, with its words.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    words, trouble = context.Pipe(duplex=False)
    with suppress(OSError):  # an administrator may allow less
        fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    ends = receiver, trouble, site_path, series
    process = context.Process(target=_receive, args=ends, daemon=True)
    process.start()
    receiver.close()
    trouble.close()
    try:
        with suppress(BrokenPipeError):  # it has ended, and says why
            yield _PipedStore(site, sender)
        process.join()
        if process.exitcode:
            raise ScanwardError(_last_words(words, process.exitcode))
    finally:
        process.kill()
        process.join()
        sender.close()
        words.close()


def _last_words(words: Connection, exit_code: int) -> str:
    with suppress(EOFError, OSError):
        return str(words.recv())
    return f"the process that stores the history ended: {exit_code}"


class _LocalStore:
    """Parses and stores, and compacts what has become enough for that."""

    def __init__(self, site: Site, writer: SeriesWriter) -> None:
        self._site, self._topic_map = site, TopicMap.of(site)
        self._writer = writer
        self._waiting: list[Batch] = []

    def add(self, answers: Iterable[Answer]) -> None:
        self._waiting += [_parsed(self._site, self._topic_map, answer) for answer in answers]
        if len(self._waiting) >= BATCHES_PER_COMMIT:
            self._writer.append(self._waiting)
            self._waiting.clear()
            while self._writer.compact():
                pass

    def position(self, key: str) -> str | None:
        return self._writer.position(key)

    def finish(self) -> None:
        self._writer.append(self._waiting)
        while self._writer.compact(everything=True):
            pass


class _PipedStore:
    """Sends the answers to `_receive`; those of brokers unparsed, so that both have as much to do."""

    def __init__(self, site: Site, sender: Connection) -> None:
        self._site, self._topic_map = site, TopicMap.of(site)
        self._sender = sender
        self._waiting: list[Answer | _PackedBatch] = []

    def add(self, answers: Iterable[Answer]) -> None:
        self._waiting += [
            answer
            if isinstance(answer, MqttPublish)
            else _packed(_parsed(self._site, self._topic_map, answer))
            for answer in answers
        ]
        if len(self._waiting) >= ANSWERS_AT_ONCE:
            self._sender.send(self._waiting)
            self._waiting = []

    def position(self, key: str) -> str | None:
        return None  # its store is new

    def finish(self) -> None:
        self._sender.send(self._waiting)
        self._sender.close()


def _receive(receiver: Connection, trouble: Connection, site_path: Path, series: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-c: who sends ends, and then this does
    try:
        with (
            store_in_this_process(load_site(site_path), series) as store,
            _without_garbage_collection(),
        ):
            while True:
                try:
                    answers = receiver.recv()
                except EOFError:  # the sender has finished
                    break
                store.add(map(_unpacked, answers))
            store.finish()
    except ScanwardError as error:
        trouble.send(str(error))
        sys.exit(1)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Readings are many and hold no cycles: to look for some would take a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _steps(
    site: Site, centre: Centre, start: int, end: int
) -> Iterator[tuple[int, list[RawAnswer | Batch]]]:
    """Each moment with everything that the devices answered then."""
    groups = groupby(history(site, centre, start, end, STEP), key=lambda answer: answer.at)
    group = next(groups, None)
    for at in range(start, end, STEP):
        answers: list[RawAnswer | Batch] = [_reachability(site, centre, at)]
        if group is not None and group[0] == at:
            answers += group[1]
            group = next(groups, None)
        yield at, answers


def _parsed(site: Site, topic_map: TopicMap, answer: Answer) -> Batch:
    match answer:
        case Batch():
            return answer
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
            times = RecordTimes(log.format_of(device.profile).times, log.zone or site.zone)
            return parse_log(device, log, text.splitlines(), times, at)


def _packed(batch: Batch) -> _PackedBatch:
    return _PackedBatch([tuple(row) for row in batch.readings], batch.events, batch.positions)


def _unpacked(answer: Answer | _PackedBatch) -> Answer:
    if not isinstance(answer, _PackedBatch):
        return answer
    return Batch([Reading._make(row) for row in answer.readings], answer.events, answer.positions)


def _reachability(site: Site, centre: Centre, at: int) -> Batch:
    """`up` of every source in that step: live, each source says so itself."""
    batch = Batch()
    for device in site.devices.values():
        answers = centre.answers(device)
        for source in device.sources:
            # In a failure of the mains only what is fed by the UPS reaches the network.
            is_up = answers and (centre.has_mains() or not isinstance(source, MqttSource))
            if isinstance(source, DicomSource):
                is_up = centre.reaches_network(device)
            batch.readings.extend(reachability(device, source.kind, at, up=is_up))
    return batch
