"""From what a PACS answers of a series to an entry of the ledger. Pure.

No time is invented. A series without a believable date of its own has its step's or its study's; if only
the hour is unknown it counts for its day, at noon; without any believable date it is left out, and the
word says why: the day on which it came or was asked for says nothing of when it was made.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from collectors.dicom.archive.attributes import (
    LAST_DATE,
    LAST_TIME,
    NO_IMAGES,
    SENT_BY,
    Attributes,
    number,
)
from collectors.dicom.archive.moments import OLDEST, believable, moment
from collectors.dicom.common.identity import DeviceNames, SenderNames
from core.time.clock import HOUR
from storage.examinations.entries import OtherSeriesEntry, SeriesEntry

Doubt = Literal[
    "without a date", "dated in the future", "dated before 1990", "without an hour", "without a UID"
]
NOON = "120000"
_MOST_SERIES = 200  # of a study that is only counted: more is no number of series


@dataclass
class IntakeTally:
    """What one round of asking brought."""

    series: Counter[str] = field(default_factory=Counter)  # by device or label
    doubts: Counter[Doubt] = field(default_factory=Counter)


@dataclass(frozen=True)
class SeriesParser:
    """Makes entries of one site's ledger. A series of nobody has the sender's label as its device."""

    names: DeviceNames
    by_modality: Mapping[str, str]
    hashed: Callable[[str], bytes]  # a UID as the ledger keeps it
    zone: ZoneInfo

    def entries(
        self, row: Attributes, now: int, oldest: int, tally: IntakeTally
    ) -> list[SeriesEntry] | list[OtherSeriesEntry]:
        """The series of a row, or as many as its study has; none if it is left out or before `oldest`."""
        study, own = row.get("StudyInstanceUID", ""), row.get("SeriesInstanceUID", "")
        if not study.strip():
            tally.doubts["without a UID"] += 1
            return []
        began = self._began(row, now, tally)
        if began is None or began < oldest:
            return []
        device = self._device(row)
        study_hash = self.hashed(study)
        if own.strip() and row.get("Modality", "").strip().upper() in NO_IMAGES:
            return [OtherSeriesEntry(device, study_hash, self.hashed(own), began)]
        if own.strip():
            images = number(row.get("NumberOfSeriesRelatedInstances")) or 0
            ended = self._ended(row, began, now)
            entries = [SeriesEntry(device, study_hash, self.hashed(own), began, ended, images)]
        else:
            entries = self._of_study(row, device, study, began)
        tally.series[device] += len(entries)
        return entries

    def _of_study(self, row: Attributes, device: str, study: str, began: int) -> list[SeriesEntry]:
        """A PACS that answers for studies alone: as many series as it says, the images with the first."""
        count = number(row.get("NumberOfStudyRelatedSeries"))
        images = number(row.get("NumberOfStudyRelatedInstances")) or 0
        study_hash = self.hashed(study)
        return [
            SeriesEntry(
                *(device, study_hash, self.hashed(f"{study.strip()}#{index}"), began, began),
                0 if index else images,
            )
            for index in range(min(max(count or 1, 1), _MOST_SERIES))
        ]

    def _began(self, row: Attributes, now: int, tally: IntakeTally) -> int | None:
        moments = [
            self._moment(row, f"{what}Date", f"{what}Time")
            for what in ("Series", "PerformedProcedureStepStart", "Study")
        ]
        good = [at for at in moments if at is not None and believable(at, now)]
        if good:
            return good[0]
        for what in ("Series", "Study"):
            noon = moment(row.get(f"{what}Date", ""), NOON, "", self.zone)
            if noon is not None and believable(noon, now + 12 * HOUR):  # today's may be to come
                tally.doubts["without an hour"] += 1
                return noon
        dated = [at for at in moments if at is not None]
        if not dated:
            tally.doubts["without a date"] += 1
        else:
            tally.doubts["dated before 1990" if dated[0] < OLDEST else "dated in the future"] += 1
        return None

    def _ended(self, row: Attributes, began: int, now: int) -> int:
        last = self._moment(row, LAST_DATE, LAST_TIME)
        return last if last is not None and began <= last and believable(last, now) else began

    def _moment(self, row: Attributes, date: str, time: str) -> int | None:
        offset = row.get("TimezoneOffsetFromUTC", "")
        return moment(row.get(date, ""), row.get(time, ""), offset, self.zone)

    def _device(self, row: Attributes) -> str:
        """A device of the site, or by what a person finds who it is."""
        titles = tuple(row.get("PerformedStationAETitle", "").split("\\"))
        sender = SenderNames(titles, row.get("StationName", ""), row.get("DeviceSerialNumber", ""))
        carrier = SenderNames((row.get(SENT_BY, ""),))  # perhaps only passed it on
        modalities = (
            *row.get("Modality", "").split("\\"),
            *row.get("ModalitiesInStudy", "").split("\\"),
        )
        of_modality = (self.by_modality.get(modality.strip()) for modality in modalities)
        known = (self.names.device(sender), self.names.device(carrier), *of_modality)
        label = sender.label or carrier.label or "no name"
        return next((device for device in known if device), label)
