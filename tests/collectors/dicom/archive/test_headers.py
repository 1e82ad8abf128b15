"""Exposures read out of the PACS by WADO-RS: what a scanner did that makes no dose reports."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from collectors.dicom.archive import headers, rest
from core.errors import StoreError
from core.time.clock import DAY, HOUR, MINUTE
from storage.examinations.entries import ExposureEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.archive.house import FIRST, NOW, PacsHouse
from tests.collectors.dicom.archive.made_objects import MadeSeries, as_file
from tests.collectors.dicom.archive.test_web import WebPacs, listening
from tests.support.dicom_objects import ct_report, ct_slice, header, mr_image
from tests.support.dicom_peers import Orthanc

pytestmark = pytest.mark.servers

PATIENT = b"Musterfrau"
TRAVEL_MM = 80.0  # two seconds at 40 mm/s and one rotation of half a second: 2.5 s, 60 kJ


def spiral(study: str, series: str, slices: int = 5) -> list[Dataset]:
    """Of CT-1, on the first day."""
    images = []
    for index in range(slices):
        image = ct_slice(index * TRAVEL_MM / (slices - 1), DeviceSerialNumber="22041")
        image.StudyInstanceUID, image.SeriesInstanceUID = study, series
        image.SOPInstanceUID = f"{series}.{index + 1}"
        image.StudyDate = image.SeriesDate = image.AcquisitionDate = f"{FIRST:%Y%m%d}"
        images.append(image)
    return images


def uploaded(orthanc: Orthanc, images: Sequence[Dataset]) -> None:
    for image in images:
        orthanc.upload(as_file(image))


def totals(house: PacsHouse) -> tuple[float, float, float]:
    """Of the CT: exposures, seconds, kJ."""
    exposures, seconds = (
        max(house.store.series("ct-1", metric).values(), default=0.0)
        for metric in ("exposures_count", "scan_seconds")
    )
    return exposures, seconds, sum(house.store.series("ct-1", "scan_load_kj").values())


def test_a_real_pacs_tells_what_its_scanners_exposed(orthanc: Orthanc, tmp_path: Path) -> None:
    uploaded(orthanc, spiral("1.2.1", "1.2.1.1"))
    uploaded(orthanc, spiral("1.2.1", "1.2.1.2", 3))  # the same scan, reconstructed once more
    image = mr_image(StationName="MRC", DeviceSerialNumber="")
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = f"{FIRST:%Y%m%d}"
    uploaded(orthanc, [image])
    web = f"via: orthanc, url: '{orthanc.url}', wado_url: '{orthanc.dicom_web}'"
    house = PacsHouse(tmp_path, web)
    assert house.poll().error is None
    assert totals(house) == (1, 2.5, 60)
    assert house.counts()["ct-1", f"{FIRST:%Y-%m-%d}"] == (1, 2, 8)
    assert list(house.store.series("mr-1", "imaging_frequency_hz").values()) == [14_903_456.0]
    before = house.store.corrections
    for restart in (False, True):
        if restart:
            house.restart()
        house.poll(NOW + HOUR)
        assert (totals(house), house.store.corrections) == ((1, 2.5, 60), before)
    # Another reconstruction comes when the process that read the first two is gone.
    uploaded(orthanc, spiral("1.2.1", "1.2.1.3", 2))
    uploaded(orthanc, spiral("1.2.2", "1.2.2.1"))
    house.restart()
    assert house.poll(NOW + 2 * HOUR).error is None
    assert totals(house) == (2, 5.0, 120)
    for path in (tmp_path / "var").rglob("*"):
        assert path.is_dir() or PATIENT not in path.read_bytes()


@dataclass
class MetadataPacs(WebPacs):
    """Has the metadata of its series too, with the habits that a test gives it."""

    images: dict[str, list[Dataset]] = field(default_factory=dict)  # by series
    ill: Callable[[bytes], tuple[int, bytes]] = lambda body: (200, body)

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        *_, series, last = target.partition("?")[0].split("/")
        if last != "metadata":
            return super().answer(target, authorization)
        self.asked.append(target)
        content = [image.to_json_dict() for image in self.images[series]]
        status, body = self.ill(json.dumps(content).encode())
        return status, {}, body

    @property
    def read(self) -> list[str]:
        """The series whose metadata was asked for."""
        return [target.split("/")[-2] for target in self.asked if target.endswith("/metadata")]


@contextmanager
def with_headers(pacs: WebPacs, folder: Path) -> Iterator[PacsHouse]:
    def change(text: str) -> str:
        return re.sub(r"url: '([^']+)'", r"url: '\1', wado_url: '\1'", text)

    with listening(pacs, folder, change=change) as house:
        yield house


def made_pacs(studies: int = 1, slices: int = 3) -> MetadataPacs:
    began = FIRST.replace(tzinfo=None, hour=14, minute=30)
    made = [
        MadeSeries("ct-1", study, 1, began + timedelta(minutes=study), slices)
        for study in range(studies)
    ]
    pacs = MetadataPacs(made)
    for own in made:
        name = f"{own.study_uid}.1"
        pacs.images[name] = spiral(own.study_uid, name, slices)
    return pacs


@pytest.mark.parametrize(
    ("ill", "words"),
    [
        (lambda _: (500, b"Zahra"), "answers with the status 500"),
        (lambda _: (404, b""), "answers with the status 404"),
        (lambda body: (200, body[:200]), "metadata that is no JSON of DICOM"),
        (lambda _: (200, b"[" * 100_000), "metadata that is no JSON of DICOM"),
        (lambda _: (200, b"[1, 2]"), "metadata that is no JSON of DICOM"),
        (lambda _: (200, b"<html>Zahra</html>"), "metadata that is no JSON of DICOM"),
        (lambda body: (200, body + b" " * 300_000), "more than 0 MB at once"),
    ],
)
def test_what_fails_is_named_tried_again_later_and_counted_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ill: Callable[[bytes], tuple[int, bytes]],
    words: str,
) -> None:
    monkeypatch.setattr(rest, "LARGEST", 200_000)
    pacs = made_pacs()
    pacs.ill = ill
    with with_headers(pacs, tmp_path) as house:
        answer = house.poll()
        assert answer.is_up
        assert words in str(answer.error)
        assert "Zahra" not in str(answer.error)
        assert house.counts() == {("ct-1", f"{FIRST:%Y-%m-%d}"): (1, 1, 3)}
        pacs.ill = lambda body: (200, body)
        assert house.poll(NOW + 5 * MINUTE).error is None
        assert totals(house) == (0, 0, 0)  # it is not its turn yet
        house.restart()
        assert house.poll(NOW + 15 * MINUTE).error is None
        assert totals(house) == (1, 2.5, 60)
        house.poll(NOW + 30 * MINUTE)
        assert len(pacs.read) == 2


def test_an_answer_that_drips_without_end_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs = made_pacs()

    def drip(body: bytes) -> tuple[int, bytes]:
        monkeypatch.setattr(rest, "_MOST_TIMEOUTS", -1)
        return 200, body

    pacs.ill = drip
    with with_headers(pacs, tmp_path) as house:
        assert "no answer from" in str(house.poll().error)


def test_a_round_reads_so_many_series_the_newest_first_and_an_ill_server_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "MOST_SERIES", 4)
    pacs = made_pacs(studies=6, slices=2)
    newest = [f"{own.study_uid}.1" for own in reversed(pacs.made)]
    with with_headers(pacs, tmp_path) as house:
        pacs.ill = lambda _: (503, b"")
        house.poll()
        assert pacs.read == newest[:2]
        pacs.ill = lambda body: (200, body)
        house.poll(NOW + MINUTE)
        assert pacs.read[2:] == newest[2:]
        house.poll(NOW + DAY)
        assert sorted(pacs.read[6:]) == sorted(newest[:2])
        assert totals(house)[0] == 6


def test_where_a_dose_report_tells_of_a_study_its_headers_are_not_asked_for(tmp_path: Path) -> None:
    pacs = made_pacs(studies=2)
    with with_headers(pacs, tmp_path) as house:
        hashed = UidHasher(house.site.uid_key_path).hash
        first, second = (hashed(own.study_uid) for own in pacs.made)
        with closing(Ledger(house.site.examinations_path)) as ledger:
            ledger.record([ExposureEntry("ct-1", first, b"e1", NOW - HOUR, "report")])
            ledger.record([ExposureEntry("ct-1", second, b"e2", NOW - HOUR, "header")])
        assert house.poll().error is None
        assert pacs.read == []  # the second one's images are forwarded to us


def test_a_series_that_grows_is_read_once_more_and_nothing_counts_twice(tmp_path: Path) -> None:
    pacs = made_pacs(slices=2)
    with with_headers(pacs, tmp_path) as house:
        house.poll()
        assert totals(house) == (1, 2.5, 60)
        own = pacs.made[0]
        pacs.made = [replace(own, images=5)]
        pacs.images[f"{own.study_uid}.1"] = spiral(own.study_uid, f"{own.study_uid}.1", 5)
        house.restart()
        house.poll(NOW + HOUR)
        assert totals(house) == (1, 2.5, 60)
        assert house.counts()["ct-1", f"{FIRST:%Y-%m-%d}"] == (1, 1, 5)
        assert len(pacs.read) == 2


def test_a_full_disk_loses_no_reading_of_a_header(tmp_path: Path) -> None:
    pacs = made_pacs()
    with with_headers(pacs, tmp_path) as house:
        house.store.refuses = StoreError("disk full")
        with pytest.raises(StoreError):
            house.poll()
        house.store.refuses = None
        house.restart()
        assert house.poll(NOW + HOUR).error is None
        assert totals(house) == (1, 2.5, 60)


def test_reports_and_objects_without_a_series_say_nothing_and_are_not_asked_for_for_ever(
    tmp_path: Path,
) -> None:
    pacs = made_pacs()
    own = pacs.made[0]
    broken = header("1.2.840.10008.5.1.4.1.1.2", "CT")
    del broken.StudyInstanceUID
    pacs.images[f"{own.study_uid}.1"] = [broken, ct_report([])]
    with with_headers(pacs, tmp_path) as house:
        assert house.poll().error is None
        house.poll(NOW + HOUR)
        assert len(pacs.read) == 1
        assert totals(house) == (0, 0, 0)
