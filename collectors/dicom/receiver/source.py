"""Listens for what scanners send, and publishes what follows from it. One for the whole site."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

from collectors.base import Now, Sink
from collectors.dicom.common.publish import publish
from collectors.dicom.common.tls import server_context
from collectors.dicom.receiver import pdu
from collectors.dicom.receiver.commit import Extract, GroupCommit
from collectors.dicom.receiver.connection import PeerConnection, PromptReader
from collectors.dicom.receiver.core_files import forbid_core_files
from collectors.dicom.receiver.read_object import ObjectReader
from collectors.dicom.receiver.service import ReceivingService
from collectors.dicom.receiver.steps import ABANDONED_AFTER, REMEMBERED, StepBook
from core.errors import SourceError, StoreError
from core.readings import STEP_ABANDONED, Event
from core.retry import Backoff, FailureStreak
from core.schema.dicom import DicomListener
from core.schema.site import Site
from core.time.clock import HOUR
from storage.examinations.entries import StepEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher

if TYPE_CHECKING:
    from collectors.dicom.receiver.phantom_images import PhantomImages

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 30.0
MOST_ASSOCIATIONS = 100
_BACKOFF = Backoff(first=2.0, longest=60.0)
_BUFFER = 2 * pdu.MOST_BYTES  # bytes that a connection reads ahead


class ReceiverSource:
    """The node that the scanners' reports, images and steps are sent to."""

    def __init__(self, site: Site, sink: Sink, now: Now) -> None:
        assert site.file.dicom.listen is not None
        self._site = site
        self._listener: DicomListener = site.file.dicom.listen
        self._sink = sink
        self._now = now
        self._phantoms = _phantom_images(site, sink, now)
        self._connections: set[asyncio.Task[Any]] = set()
        self._failures = FailureStreak()
        self._error = ""
        self._service: ReceivingService | None = None

    @property
    def name(self) -> str:
        """`dicom receiver SCANWARD at 127.0.0.1:11112`."""
        listener = self._listener
        return (
            f"dicom receiver {self._site.file.dicom.ae_title} at {listener.address}:{listener.port}"
        )

    @property
    def last_error(self) -> str:
        """Why it does not listen; else who was refused, and what belonged to nobody."""
        if self._error or self._service is None:
            return self._error
        return "; ".join(
            filter(None, (self._service.refused.summary, self._service.strangers.summary))
        )

    async def run(self) -> None:
        """Listen until cancelled; a port that is in use or a certificate that is gone is tried again."""
        forbid_core_files()
        while True:
            try:
                await self._listen()
            except (SourceError, StoreError) as error:
                if self._failures.failed():
                    log.warning("%s: %s; trying again", self.name, error)
                self._error = str(error)
                await asyncio.sleep(_BACKOFF.pause(self._failures.failures))

    async def once(self) -> None:
        """Publish what the ledger has. Scanners send when they like, not when they are asked."""
        ledger = await asyncio.to_thread(Ledger, self._site.examinations_path)
        try:
            await publish(self._site, ledger, self._sink, self._now())
        finally:
            ledger.close()

    async def _listen(self) -> None:
        ledger = await asyncio.to_thread(Ledger, self._site.examinations_path)
        try:
            commit = GroupCommit(ledger, self._sink)
            steps = await self._steps(ledger)
            self._service = ReceivingService(
                self._site,
                ObjectReader(self._hasher(), self._site.zone, self._sink.position),
                steps,
                commit,
                self._now,
                self._phantoms,
            )
            server = await self._server()
            if self._failures.recovered():
                log.info("%s: back", self.name)
            self._error = ""
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(commit.run())
                    tasks.create_task(self._publish(ledger, steps, commit))
                    if self._phantoms is not None:
                        tasks.create_task(self._phantoms.run())
            finally:
                server.close()
                for task in self._connections:
                    task.cancel()
                await asyncio.gather(*self._connections, return_exceptions=True)
        finally:
            ledger.close()

    async def _server(self) -> asyncio.Server:
        tls = None if self._listener.tls is None else server_context(self._listener.tls)
        try:
            return await asyncio.get_running_loop().create_server(
                lambda: asyncio.StreamReaderProtocol(PromptReader(_BUFFER), self._connected),
                self._listener.address,
                self._listener.port,
                ssl=tls,
                backlog=MOST_ASSOCIATIONS,
            )
        except OSError as error:
            text = (
                f"cannot listen at {self._listener.address}:{self._listener.port}: {error.strerror}"
            )
            raise SourceError(text) from None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._service is not None
        task = asyncio.current_task()
        assert task is not None
        if len(self._connections) >= MOST_ASSOCIATIONS:
            with contextlib.suppress(OSError):
                writer.write(pdu.associate_reject(pdu.TOO_MANY))
            writer.close()
            return
        self._connections.add(task)
        try:
            await PeerConnection(reader, writer, self._service).run()
        finally:
            self._connections.discard(task)

    async def _publish(self, ledger: Ledger, steps: StepBook, commit: GroupCommit) -> None:
        while True:
            try:
                abandoned = steps.abandon(self._now())
                if abandoned:
                    await commit.store(Extract(abandoned, (), [_event(step) for step in abandoned]))
                await publish(self._site, ledger, self._sink, self._now())
            except StoreError as error:  # it stays marked, and is tried again
                log.warning("%s: %s", self.name, error)
            await asyncio.sleep(PUBLISH_EVERY_S)

    async def _steps(self, ledger: Ledger) -> StepBook:
        steps = StepBook(self._hasher(), self._site.zone)
        for device in self._site.devices:
            work = await asyncio.to_thread(ledger.work, device, self._now() - REMEMBERED)
            steps.remember(work.steps)
        return steps

    def _hasher(self) -> UidHasher:
        return UidHasher(self._site.uid_key_path)


def _phantom_images(site: Site, sink: Sink, now: Now) -> "PhantomImages | None":
    if not site.file.dicom.phantoms:
        return None
    from collectors.dicom.receiver.phantom_images import PhantomImages

    return PhantomImages(site, sink, now)


def _event(step: StepEntry) -> Event:
    hours = ABANDONED_AFTER // HOUR
    text = f"an examination was begun and never ended: taken as abandoned after {hours} hours"
    return Event(
        step.device, STEP_ABANDONED, text, step.began_at + ABANDONED_AFTER, component="dicom"
    )
