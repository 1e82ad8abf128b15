"""From the answers of a PACS to the ledger. Blocks; used by one thread at a time."""

from collections.abc import Sequence

from collectors.dicom.archive.asking import Archive, Question
from collectors.dicom.archive.attributes import Attributes, number
from collectors.dicom.archive.parse import IntakeTally, SeriesParser
from collectors.dicom.archive.strangers import STRANGER, UnknownSenders
from collectors.dicom.common.identity import DeviceNames
from collectors.dicom.common.work_readings import COMPONENT
from core.readings import Reading
from core.schema.site import Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, MINUTE
from storage.examinations.entries import OtherSeriesEntry, SeriesEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher

UNARCHIVED = "unarchived_min"
# Since when a study without images in the PACS is waited for. What has not come by then is lost or was
# never sent, and must not hide the next. Scanward's default, no source.
_WAITED_FOR = DAY
_MOST_STUDIES = 100_000  # remembered, so that only what has changed is asked for
_AT_ONCE = 500  # series in one commit


class IntakeRound:
    """One round, as far as it has come."""

    def __init__(self, at: int, oldest: int) -> None:
        self.at = at
        self.oldest = oldest  # what was before is not of interest
        self.tally = IntakeTally()
        self.cursor: int | None = None
        self.unarchived: list[Reading] = []
        self.is_answered = False


class Intake:
    """What one PACS tells the ledger."""

    def __init__(self, site: Site, entry: PacsSource) -> None:
        hasher = UidHasher(site.uid_key_path)
        names = DeviceNames(site)
        self.ledger = Ledger(site.examinations_path)
        self._parser = SeriesParser(names, entry.modalities, hasher.hash, site.zone)
        self._studies: dict[str, tuple[int | None, int | None]] = {}
        self._devices = set(self.ledger.devices())
        self.strangers = UnknownSenders({own for own in self._devices if STRANGER in own})
        self._site = site

    def forget_strangers(self) -> None:
        """All is asked once more, and who was a stranger may be known now."""
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
        try:
            for rows, cursor in archive.query(question):
                round_.is_answered = True
                waiting += rows
                if cursor is not None or len(waiting) >= _AT_ONCE:
                    self._keep(waiting, round_)
                    waiting.clear()
                    round_.cursor = cursor if cursor is not None else round_.cursor
            round_.is_answered = True
        finally:
            self._keep(waiting, round_)

    def end_round(self, start: int, round_: IntakeRound) -> None:
        """All since `start` was asked about: of every device of which a PACS has ever had a series."""
        self.ledger.cover(sorted(self._devices & self._site.devices.keys()), start, round_.at)
        for device in self._site.devices.values():
            if UNARCHIVED in device.profile.metrics:
                waiting = self.ledger.waiting(device.id, round_.at - _WAITED_FOR)
                if waiting is not None:
                    value = round(max(round_.at - min(waiting, default=round_.at), 0) / MINUTE, 1)
                    reading = Reading(device.id, UNARCHIVED, value, round_.at, COMPONENT)
                    round_.unarchived.append(reading)

    def _keep(self, rows: Sequence[Attributes], round_: IntakeRound) -> None:
        entries: list[SeriesEntry | OtherSeriesEntry] = []
        for row in rows:
            entries += self._parser.entries(row, round_.at, round_.oldest, round_.tally)
        entries = [self.strangers.bounded(entry) for entry in entries]
        if entries:
            self.ledger.record(entries, are_archived=True)
        self._devices.update(entry.device for entry in entries)
        if len(self._studies) > _MOST_STUDIES:
            self._studies.clear()
        self._studies.update((row.get("StudyInstanceUID", ""), _counts(row)) for row in rows)


def _counts(study: Attributes) -> tuple[int | None, int | None]:
    return (
        number(study.get("NumberOfStudyRelatedSeries")),
        number(study.get("NumberOfStudyRelatedInstances")),
    )
