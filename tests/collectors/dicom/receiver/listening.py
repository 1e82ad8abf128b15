"""A receiver in this process, what it has stored, and peers that send to it."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association

from collectors.dicom.receiver.source import ReceiverSource
from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.schema.site import Site
from storage.examinations.entries import ExposureEntry, SeriesEntry, StepEntry
from storage.examinations.ledger import Ledger
from tests.collectors.dicom.receiver.cast import T0, centre
from tests.support.dicom_objects import EXPLICIT
from tests.support.ports import free_port


class MemorySink:
    """The series store, in memory; `refuses` is a full disk, `hangs` one that is waited for."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.events: list[Event] = []
        self.positions: dict[str, str] = {}
        self.refuses = False
        self.hangs = False
        self.waiting = 0

    async def append(self, batch: Batch) -> None:
        if self.refuses:
            raise StoreError("no space left on the disk")
        self.waiting += 1
        while self.hangs:
            await asyncio.sleep(0.01)
        self.waiting -= 1
        self.readings += batch.readings
        self.events += batch.events
        self.positions.update(batch.positions)

    def position(self, key: str) -> str | None:
        return self.positions.get(key)


class Listening:
    """A receiver that is running, and the ledger that it writes."""

    def __init__(self, site: Site, port: int, now: int) -> None:
        self.site = site
        self.port = port
        self.now = now
        self.sink = MemorySink()
        self.source = ReceiverSource(site, self.sink, lambda: self.now)

    def readings(self, metric: str) -> list[Reading]:
        return [reading for reading in self.sink.readings if reading.metric == metric]

    def exposures(self, device: str = "ct-1") -> list[ExposureEntry]:
        return self._work(device)[0]

    def series(self, device: str = "ct-1") -> list[SeriesEntry]:
        return self._work(device)[1]

    def steps(self, device: str = "ct-1") -> list[StepEntry]:
        return self._work(device)[2]

    def _work(self, device: str) -> tuple[list[ExposureEntry], list[SeriesEntry], list[StepEntry]]:
        ledger = Ledger(self.site.examinations_path)
        try:
            work = ledger.work(device, 0)
            return work.exposures, work.series, work.steps
        finally:
            ledger.close()


@contextmanager
def listening(
    folder: Path,
    *,
    now: int = T0 + 60_000,
    listen: dict[str, object] | None = None,
    **dicom: object,
) -> Iterator[Listening]:
    """A receiver on a free port, until the block ends."""
    port = free_port()
    settings = {"port": port, **(listen or {})}
    receiver = Listening(centre(folder, listen=settings, **dicom), port, now)
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_run(receiver.source, stop)))
    thread.start()
    try:
        _wait_until_open(port)
        yield receiver
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


async def _run(source: ReceiverSource, stop: threading.Event) -> None:
    running = asyncio.create_task(source.run())
    while not stop.is_set() and not running.done():
        await asyncio.sleep(0.02)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def sending(
    port: int,
    sop_classes: Sequence[str],
    *,
    syntax: str = EXPLICIT,
    calling: str = "CT1",
    called: str = "SCANWARD",
) -> Iterator[Association]:
    """An association of a scanner, or whatever became of it."""
    entity = ApplicationEntity(calling)
    for sop_class in sop_classes:
        entity.add_requested_context(sop_class, syntax)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 60
    association = entity.associate("127.0.0.1", port, ae_title=called)
    if not association.is_established:
        yield association
        return
    held = _hold_reactor(association)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        association._reactor_checkpoint = held
        held.set()


class _NeverSet(threading.Event):
    """pynetdicom lets its own loop go on after each question."""

    def set(self) -> None:
        """Not now."""


def _hold_reactor(association: Association) -> threading.Event:
    """pynetdicom's own loop may take an answer that comes at once from who waits for it: it stands still
    until what this returns is set.
    """
    checkpoint = association._reactor_checkpoint
    checkpoint.clear()
    wait_for(lambda: association._is_paused)
    time.sleep(0.01)  # it may have been about to look once more
    wait_for(lambda: association._is_paused)
    association._reactor_checkpoint = _NeverSet()
    return checkpoint


def send(port: int, *objects: Dataset, syntax: str = EXPLICIT, calling: str = "CT1") -> list[int]:
    """The status of each object, all sent in one association."""
    classes = list(dict.fromkeys(str(each.SOPClassUID) for each in objects))
    with sending(port, classes, syntax=syntax, calling=calling) as association:
        assert association.is_established
        return [int(association.send_c_store(ready(each, syntax)).Status) for each in objects]


def ready(dataset: Dataset, syntax: str) -> Dataset:
    """With the file meta that pynetdicom wants to see."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    return dataset
