"""C-FIND against PACS that are not as they should be: a limit, no room, an abort in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt

from core.errors import StoreError
from core.time.clock import HOUR, MINUTE, to_ms
from storage.examinations.entries import ExposureEntry, StepEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.archive.house import FIRST, NOW, PacsHouse
from tests.collectors.dicom.archive.made_objects import ROOT, MadeSeries, counts, some_days
from tests.support.dicom_peers import own_node

if TYPE_CHECKING:
    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.events import Event

pytestmark = pytest.mark.servers

FIRST_NINE = to_ms(FIRST.replace(hour=9))
STUDY_ROOT = "1.2.840.10008.5.1.4.1.2.2.1"


@dataclass
class FakePacs:
    """Answers studies and series of what it holds, with the habits that a test gives it."""

    made: list[MadeSeries]
    most: int = 10_000  # rows
    at_limit: int = 0x0000  # the status behind the last row that it answers at its limit
    aborts_after: int = 10_000  # rows
    has_series_level: bool = True
    counts_studies: bool = True
    knows_hours: bool = True
    rows: int = 0
    questions: list[str] = field(default_factory=list)

    def answer(self, event: "Event") -> Iterator[tuple[int, Dataset | None]]:
        query = event.identifier
        level = query.QueryRetrieveLevel
        self.questions.append(level)
        if level == "STUDY" and query.StudyTime and not self.knows_hours:
            yield 0xA900, None
            return
        if level == "SERIES" and not self.has_series_level:
            yield 0xA900, None
            return
        matches = self._series(query) if level == "SERIES" else self._studies(query)
        for index, match in enumerate(matches):
            if index == self.most:
                if self.at_limit:
                    yield self.at_limit, None
                return
            self.rows += 1
            if self.rows > self.aborts_after:
                event.assoc.abort()
                return
            yield 0xFF00, match

    def _studies(self, query: Dataset) -> Iterator[Dataset]:
        for uid in sorted({own.study_uid for own in self.made}):
            own = [each for each in self.made if each.study_uid == uid]
            first = min(each.began for each in own)
            clock = f"{first:%H%M%S}"
            span = query.StudyTime.split("-") if query.StudyTime else ("000000", "235959.999999")
            if not _is_of(f"{first:%Y%m%d}", query.StudyDate) or not span[0] <= clock <= span[1]:
                continue
            match = Dataset()
            match.StudyInstanceUID, match.PatientName = uid, "Ahmadi^Zahra"
            match.StudyDate, match.StudyTime = f"{first:%Y%m%d}", clock
            if self.counts_studies:
                match.NumberOfStudyRelatedSeries = len(own)
                match.NumberOfStudyRelatedInstances = sum(each.images for each in own)
            match.ModalitiesInStudy = ["CT" if own[0].device == "ct-1" else "MR", "SR"]
            yield match

    def _series(self, query: Dataset) -> Iterator[Dataset]:
        for own in self.made:
            if own.study_uid == query.StudyInstanceUID:
                match = Dataset()
                match.StudyInstanceUID = own.study_uid
                match.SeriesInstanceUID = f"{own.study_uid}.{own.number}"
                match.SeriesDate, match.SeriesTime = f"{own.began:%Y%m%d}", f"{own.began:%H%M%S}"
                match.PerformedStationAETitle = {"ct-1": "CT99", "mr-1": "mr1b"}[own.device]
                match.NumberOfSeriesRelatedInstances = own.images
                yield match


def _is_of(day: str, dates: str) -> bool:
    first, is_range, last = dates.partition("-")
    return (first or day) <= day <= (last or day) if is_range else day == dates


@contextmanager
def listening(pacs: FakePacs, folder: Path, more: str = "") -> Iterator[PacsHouse]:
    def offer(entity: "ApplicationEntity") -> None:
        entity.add_supported_context(STUDY_ROOT)

    with own_node([(evt.EVT_C_FIND, pacs.answer)], change=offer) as port:
        yield PacsHouse(folder, f"via: find, host: 127.0.0.1, port: {port}, ae_title: NODE{more}")


def busy_days() -> list[MadeSeries]:
    made = some_days(FIRST.replace(tzinfo=None), 2, 17)
    return [own for own in made if own.device in ("ct-1", "mr-1")]


@pytest.mark.parametrize("status", [0x0000, 0xA700, 0xFE00])
def test_a_pacs_with_a_limit_of_answers_loses_nothing(tmp_path: Path, status: int) -> None:
    pacs = FakePacs(busy_days(), most=10, at_limit=status)
    with listening(pacs, tmp_path) as house:
        answer = house.poll()
        assert answer.error is None
        assert house.counts() == counts(pacs.made)


def test_a_limit_within_a_minute_is_a_doubt(tmp_path: Path) -> None:
    began = FIRST.replace(tzinfo=None, hour=9)
    pacs = FakePacs([MadeSeries("ct-1", n, 1, began, 1) for n in range(25)], most=10)
    with listening(pacs, tmp_path) as house:
        assert "more within a minute than it answers at once (10)" in str(house.poll().error)
        assert house.counts()["ct-1", "2026-03-02"] == (10, 10, 10)


def test_one_that_answers_for_days_and_not_for_hours_is_believed_at_a_round_number(
    tmp_path: Path,
) -> None:
    began = FIRST.replace(tzinfo=None, hour=9)
    pacs = FakePacs([MadeSeries("ct-1", n, 1, began, 1) for n in range(20)], knows_hours=False)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


def test_one_that_has_no_room_at_all_is_no_day_without_examinations(tmp_path: Path) -> None:
    pacs = FakePacs(busy_days(), most=0, at_limit=0xA700)
    with listening(pacs, tmp_path) as house:
        answer = house.peer
        with pytest.raises(Exception, match="no room or time for the question"):
            house.poll()
        assert answer is house.peer
        assert house.store.readings == {}
        assert house.store.positions == {}


def test_what_came_before_an_abort_stays_and_the_rest_comes_in_the_next_round(
    tmp_path: Path,
) -> None:
    pacs = FakePacs(busy_days(), aborts_after=50)
    with listening(pacs, tmp_path) as house:
        answer = house.poll()
        assert answer.is_up
        assert "abort" in str(answer.error)
        half = house.counts()
        assert half
        # Nobody has asked about the rest of the days, so no hour is said to be empty.
        assert 0 not in house.store.series("ct-1", "scan_load_pct").values()
        pacs.aborts_after = 1_000_000
        asked = len(pacs.questions)
        assert house.poll(NOW + 1).error is None
        assert half != house.counts() == counts(pacs.made)
        series = pacs.questions[asked:].count("SERIES")
        assert series < len({own.study for own in pacs.made})  # not asked twice


def test_series_are_asked_only_of_studies_that_have_changed(tmp_path: Path) -> None:
    pacs = FakePacs(busy_days())
    with listening(pacs, tmp_path) as house:
        house.poll()
        del pacs.questions[:]
        house.poll(NOW + HOUR // 2)
        assert set(pacs.questions) == {"STUDY"}
        assert len(pacs.questions) <= 2 + 4  # today and yesterday, perhaps in halves
        late = MadeSeries("mr-1", 1, 9, FIRST.replace(tzinfo=None, hour=11), 5)
        pacs.made.append(late)
        house.poll(NOW + 2 * HOUR)
        assert pacs.questions.count("SERIES") == 1
        assert house.counts()["mr-1", "2026-03-02"] == counts(pacs.made)["mr-1", "2026-03-02"]


def test_a_pacs_without_series_level_counts_by_modality(tmp_path: Path) -> None:
    pacs = FakePacs(busy_days(), has_series_level=False)
    with listening(pacs, tmp_path) as house:
        assert "set `level: study`" in str(house.poll().error)
    (tmp_path / "study").mkdir()
    more = ", level: study, modalities: {CT: ct-1, MR: mr-1}"
    with listening(pacs, tmp_path / "study", more) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


def test_with_a_full_disk_the_position_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs = FakePacs(busy_days())
    with listening(pacs, tmp_path) as house:
        house.store.refuses = StoreError("disk full")
        answer = house.peer
        with pytest.raises(StoreError):
            house.poll()
        assert answer is house.peer
        house.store.refuses = None
        assert house.store.positions == {}
        house.poll()
        assert house.counts() == counts(pacs.made)


def test_no_patient_data_is_anywhere(tmp_path: Path) -> None:
    pacs = FakePacs(busy_days())
    with listening(pacs, tmp_path) as house:
        house.poll()
    for path in (tmp_path / "var").rglob("*"):
        content = path.read_bytes()
        assert b"Ahmadi" not in content
        assert b"1.2.826.0.1.3680043.9.7777" not in content


def test_what_was_exposed_and_never_arrived_is_counted_in_minutes(tmp_path: Path) -> None:
    pacs = FakePacs([MadeSeries("ct-1", 1, 1, FIRST.replace(tzinfo=None, hour=9), 5)])
    began, ended = FIRST_NINE, FIRST_NINE + 20 * MINUTE
    with listening(pacs, tmp_path) as house:

        def waited(now: int) -> float | None:
            house.poll(now)
            return house.store.series("ct-1", "unarchived_min").get(now)

        assert waited(ended) is None  # nothing but the PACS tells of this CT
        hasher = UidHasher(tmp_path / "var" / "dicom-uid.key")
        ledger = Ledger(house.site.examinations_path)
        arrived, lost = (hasher.hash(f"{ROOT}.{study}") for study in (1, 2))
        ledger.record(
            [
                ExposureEntry("ct-1", arrived, b"e1", began, "report"),
                StepEntry("ct-1", lost, b"p2", "discontinued", began, ended),
            ]
        )
        assert waited(ended + 1) == 0  # who broke off has no images
        ledger.record([ExposureEntry("ct-1", lost, b"e2", ended, "report")])
        assert waited(ended + 90 * MINUTE) == 90
        pacs.made.append(MadeSeries("ct-1", 2, 1, FIRST.replace(tzinfo=None, hour=9), 5))
        assert waited(ended + 91 * MINUTE) == 0
        ledger.close()


def test_studies_of_a_clock_that_is_wrong_are_counted_and_named(tmp_path: Path) -> None:
    began = FIRST.replace(tzinfo=None, hour=9)
    years = (2026, 2036, 1970, 1404)
    made = [MadeSeries("ct-1", year, 1, began.replace(year=year), 1) for year in years]
    with listening(FakePacs(made), tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == {("ct-1", "2026-03-02"): (1, 1, 1)}
        [event] = [own for own in house.store.events if own.kind == "undated_images"]
    assert event.text == "Series in doubt: 2 dated before 1990, 1 dated in the future"


def test_a_long_first_round_is_seen_while_it_goes_on(tmp_path: Path) -> None:
    pacs = FakePacs(busy_days())
    with listening(pacs, tmp_path) as house:
        house.peer.meanwhile_s = 0.05
        house.poll()
        ups = [value for (_, metric, _), value in house.store.readings.items() if metric == "up"]
        assert ups == [1.0]
        assert house.store.batches > 3  # of each device, while the next studies were asked for
        assert house.counts() == counts(pacs.made)
