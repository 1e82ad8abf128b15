"""Asks one PACS, and brings what it answers into the ledger of the scanners.

A round asks about today and yesterday, and once an hour about the days of `recheck`; Orthanc's feed is read
on from where it ended. The ledger knows each series once, so a round that broke off is simply asked again.
Its position is saved last: with a full disk it stays where it was.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from collectors.base import Now, Sink, reachability
from collectors.dicom.archive.asking import Archive, Question
from collectors.dicom.archive.intake import Intake, IntakeRound
from collectors.dicom.archive.progress import (
    Progress,
    days,
    is_recheck,
    misdated,
    names_digest,
    progress_of,
)
from collectors.dicom.archive.strangers import doubt_event
from collectors.dicom.common.publish import publish
from collectors.polling.daemon_thread import run_in_daemon_thread
from collectors.polling.loop import PollAnswer
from core.errors import SourceError, StoreError
from core.readings import Batch, Event
from core.schema.site import Device, Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import SECOND

if TYPE_CHECKING:
    from collectors.dicom.archive.headers import HeaderReader


class ArchivePeer:
    """A PACS that the loop polls."""

    meanwhile_s = 30.0  # of a round that takes long

    def __init__(
        self,
        site: Site,
        device: Device,
        entry: PacsSource,
        sink: Sink,
        now: Now,
        archive: Callable[[], Archive],
    ) -> None:
        self.name = (
            f"{device.id} pacs {entry.url or f'{entry.ae_title} at {entry.host}:{entry.port}'}"
        )
        self.every_s = entry.every / SECOND
        self.timeout_s = entry.timeout / SECOND
        self._site = site
        self._device = device
        self._entry = entry
        self._sink = sink
        self._now = now
        self._make_archive = archive
        self._names = names_digest(site, entry)
        self._key = f"pacs {device.id} {entry.via} {entry.url or entry.host}"
        self._intake: Intake | None = None
        self._headers: HeaderReader | None = None

    async def poll(self, at: int) -> PollAnswer:
        """One round. SourceError if nothing came of it."""
        zone = self._site.zone
        before = progress_of(self._sink.position(self._key), self._names, self._entry, zone, at)
        try:
            intake = self._intake
            if intake is None:
                intake = self._intake = Intake(self._site, self._entry)
                if not before.completed_at:
                    intake.forget_strangers()
            question = Question(
                days(before, self._entry, zone, at),
                misdated(before, zone, at),
                before.cursor,
                intake.is_news,
            )
            oldest = max(at - self._entry.history, intake.ledger.pruned_before())
            intake_round = IntakeRound(at, oldest)
            error = await self._fetched(question, intake, intake_round)
            whole = error is None and not question.doubts
            if whole:
                await asyncio.to_thread(intake.end_round, before.began, intake_round)
            if error is None:
                await self._read_headers(intake, question, at)
            await publish(self._site, intake.ledger, self._sink, at)
        except StoreError as store_error:
            return PollAnswer(is_up=True, error=SourceError(f"nothing is kept: {store_error}"))
        if error is not None and not intake_round.is_answered:
            raise error
        error = error or (SourceError("; ".join(question.doubts[:3])) if question.doubts else None)
        after = before
        if intake_round.cursor is not None:
            after = after._replace(cursor=intake_round.cursor)
        if whole:
            rechecked = (
                at if not before.completed_at or is_recheck(before, at) else before.rechecked
            )
            after = after._replace(completed_at=at, rechecked=rechecked)
        return PollAnswer(True, self._batch(intake, intake_round, after), error=error)

    async def _fetched(
        self, question: Question, intake: Intake, intake_round: IntakeRound
    ) -> SourceError | None:
        """Everything that comes is in the ledger; why not all came."""
        archive = self._make_archive()
        work = partial(intake.take, archive, question, intake_round)
        try:
            fetched = run_in_daemon_thread(work, self.name)
            while not fetched.done():
                await asyncio.wait([fetched], timeout=self.meanwhile_s)
                if intake_round.is_answered and not fetched.done():
                    await self._meanwhile(intake, intake_round)
            fetched.result()
        except SourceError as error:
            return error
        finally:
            archive.cut()
        return None

    async def _read_headers(self, intake: Intake, question: Question, at: int) -> None:
        """Noted as read once all is stored. What fails is a doubt: the counts have come, and count."""
        if self._entry.wado_url is None:
            return
        if self._headers is None:
            from collectors.dicom.archive.headers import HeaderReader

            self._headers = HeaderReader(self._site, self._entry, self._sink.position)
        from collectors.dicom.archive.wado import WadoClient

        reader, client = self._headers, WadoClient(self._entry)
        work = partial(reader.read, client, intake.ledger, at)
        try:
            outcome = await run_in_daemon_thread(work, f"{self.name} headers")
            if outcome.batch:
                await self._sink.append(outcome.batch)
            await asyncio.to_thread(intake.ledger.note_headers, outcome.reads)
        except SourceError as error:
            reader.forget_unsaved()
            question.doubts.append(str(error))
        except StoreError:
            reader.forget_unsaved()
            raise
        else:
            question.doubts += outcome.doubts
        finally:
            client.cut()

    async def _meanwhile(self, intake: Intake, intake_round: IntakeRound) -> None:
        """The first round over a long history takes minutes by C-FIND: it is up, and what has come is seen."""
        at = max(self._now(), intake_round.at)
        state = reachability(self._device, self._entry.up_component, at, up=True)
        await self._sink.append(Batch(state))
        await publish(self._site, intake.ledger, self._sink, at)

    def _batch(self, intake: Intake, intake_round: IntakeRound, after: Progress) -> Batch:
        place = (self._device.id, intake_round.at, self._entry.up_component)
        events: list[Event] = [
            *intake.strangers.news(intake_round.tally, *place),
            *doubt_event(intake_round.tally, *place),
        ]
        return Batch(intake_round.unarchived, events, positions={self._key: after.position})
