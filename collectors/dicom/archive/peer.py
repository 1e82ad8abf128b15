"""Asks one PACS, and brings what it answers into the ledger of the scanners.

A round asks about today and yesterday, and once an hour about the days of `recheck`; Orthanc's feed is read
on from where it ended. The ledger knows each series once, so a round that broke off is simply asked again.
Its position is saved last: with a full disk it stays where it was.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from collectors.base import Sink
from collectors.dicom.archive.asking import Archive, Question
from collectors.dicom.archive.attributes import Attributes, number
from collectors.dicom.archive.parse import SeriesParser, Tally
from collectors.dicom.archive.progress import Progress, days, is_recheck, names_digest, progress_of
from collectors.dicom.archive.strangers import STRANGER, Strangers, doubt_event
from collectors.dicom.common.identity import DeviceNames
from collectors.dicom.common.publish import publish
from collectors.polling.daemon_thread import run_in_daemon_thread
from collectors.polling.loop import PollAnswer
from core.errors import SourceError, StoreError
from core.readings import Batch, Event
from core.schema.site import Device, Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import SECOND
from storage.examinations.entries import SeriesEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher

_MOST_STUDIES = 100_000  # remembered, so that only what has changed is asked for
_AT_ONCE = 500  # series in one commit


class ArchivePeer:
    """A PACS that the loop polls."""

    def __init__(
        self,
        site: Site,
        device: Device,
        entry: PacsSource,
        sink: Sink,
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
        self._make_archive = archive
        self._names = names_digest(site, entry)
        self._key = f"pacs {device.id} {entry.via} {entry.url or entry.host}"
        self._intake: Intake | None = None

    async def poll(self, at: int) -> PollAnswer:
        """One round. SourceError if nothing came of it."""
        zone = self._site.zone
        before = progress_of(self._sink.position(self._key), self._names, self._entry, zone, at)
        try:
            intake = self._intake = self._intake or Intake(self._site, self._entry)
            if not before.asked:
                intake.begin_anew()
            question = Question(days(before, self._entry, zone, at), before.cursor, intake.is_news)
            intake_round = IntakeRound(at, at - self._entry.history)
            error = await self._asked(question, intake, intake_round)
            whole = error is None and not question.doubts
            if whole:
                await asyncio.to_thread(intake.cover, before.began, at)
            await publish(self._site, intake.ledger, self._sink, at)
        except StoreError as store_error:
            return PollAnswer(is_up=True, error=SourceError(f"nothing is kept: {store_error}"))
        if error is not None and not intake_round.is_answered:
            raise error
        error = error or (SourceError("; ".join(question.doubts[:3])) if question.doubts else None)
        after = before._replace(cursor=max(intake_round.cursor, 0) or before.cursor)
        if whole:
            rechecked = at if not before.asked or is_recheck(before, at) else before.rechecked
            after = after._replace(asked=at, rechecked=rechecked)
        return PollAnswer(True, self._batch(intake, intake_round, after), error=error)

    async def _asked(
        self, question: Question, intake: "Intake", intake_round: "IntakeRound"
    ) -> SourceError | None:
        """Everything that comes is in the ledger; why not all came."""
        archive = self._make_archive()
        work = partial(intake.take, archive, question, intake_round)
        try:
            await run_in_daemon_thread(work, self.name)
        except SourceError as error:
            return error
        finally:
            archive.cut()
        return None

    def _batch(self, intake: "Intake", intake_round: "IntakeRound", after: Progress) -> Batch:
        place = (self._device.id, intake_round.at, self._entry.up_component)
        events: list[Event] = [
            *intake.strangers.news(intake_round.tally, *place),
            *doubt_event(intake_round.tally, *place),
        ]
        return Batch(events=events, positions={self._key: after.position})


class IntakeRound:
    """One round, as far as it has come."""

    def __init__(self, at: int, oldest: int) -> None:
        self.at = at
        self.oldest = oldest  # what was before is not of interest
        self.tally = Tally()
        self.cursor = 0
        self.is_answered = False


class Intake:
    """From answers to the ledger. Blocks; used by one thread at a time."""

    def __init__(self, site: Site, entry: PacsSource) -> None:
        hasher = UidHasher(site.file.storage.folder / "dicom-uid.key")
        names = DeviceNames(site)
        self.ledger = Ledger(site.examinations_path)
        self._parser = SeriesParser(names, entry.modalities, hasher.hash, site.zone)
        self._studies: dict[str, tuple[int | None, int | None]] = {}
        self._devices = set(self.ledger.devices())
        self.strangers = Strangers({own for own in self._devices if STRANGER in own})
        self._site = site

    def begin_anew(self) -> None:
        """All is asked once more; who was a stranger may be known now."""
        self._studies.clear()
        for label in self.strangers.labels:
            self.ledger.forget(label)
        self.strangers.labels.clear()

    def is_news(self, study: Attributes) -> bool:
        """Has its number of series or images changed, or is it not told?"""
        counts = _counts(study)
        return None in counts or self._studies.get(study.get("StudyInstanceUID", "")) != counts

    def take(self, archive: Archive, question: Question, round_: IntakeRound) -> None:
        """Everything that comes, in the ledger. SourceError, StoreError: what came before is there."""
        waiting: list[Attributes] = []
        for rows, cursor in archive.ask(question):
            round_.is_answered = True
            waiting += rows
            if cursor is not None or len(waiting) >= _AT_ONCE:
                self._keep(waiting, round_)
                waiting.clear()
                round_.cursor = cursor or 0
        self._keep(waiting, round_)
        round_.is_answered = True

    def cover(self, start: int, end: int) -> None:
        """Of every device of the site of which this or another PACS has ever had a series."""
        self.ledger.cover(sorted(self._devices & self._site.devices.keys()), start, end)

    def _keep(self, rows: Sequence[Attributes], round_: IntakeRound) -> None:
        entries: list[SeriesEntry] = []
        for row in rows:
            entries += self._parser.entries(row, round_.at, round_.oldest, round_.tally)
        entries = [self.strangers.bounded(entry) for entry in entries]
        if entries:
            self.ledger.record(entries)
        self._devices.update(entry.device for entry in entries)
        if len(self._studies) > _MOST_STUDIES:
            self._studies.clear()
        self._studies.update((row.get("StudyInstanceUID", ""), _counts(row)) for row in rows)


def _counts(study: Attributes) -> tuple[int | None, int | None]:
    return (
        number(study.get("NumberOfStudyRelatedSeries")),
        number(study.get("NumberOfStudyRelatedInstances")),
    )
