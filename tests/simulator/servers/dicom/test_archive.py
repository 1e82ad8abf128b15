"""The small PACS answers by the rules of C-FIND, and counts an object that comes twice once."""

import pytest
from pydicom.dataset import Dataset

from simulator.servers.dicom.archive import ArchiveIndex


def an_object(study: str, series: str, uid: str, time: str = "081500") -> Dataset:
    image = Dataset()
    image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID = study, series, uid
    image.StudyDate = image.SeriesDate = "20261102"
    image.StudyTime = image.SeriesTime = time
    image.Modality, image.StationName = "CT", "CT-1"
    return image


def a_question(level: str, **keys: str) -> Dataset:
    question = Dataset()
    question.QueryRetrieveLevel = level
    for name, value in keys.items():
        setattr(question, name, value)
    return question


@pytest.fixture
def index() -> ArchiveIndex:
    index = ArchiveIndex()
    for image in (
        an_object("1.1", "1.1.1", "1.1.1.1"),
        an_object("1.1", "1.1.1", "1.1.1.2"),
        an_object("1.1", "1.1.1", "1.1.1.2"),  # twice
        an_object("1.1", "1.1.2", "1.1.2.1"),
        an_object("1.2", "1.2.1", "1.2.1.1", time="143000.250"),
    ):
        index.add(image)
    return index


def test_an_object_that_comes_twice_is_one(index: ArchiveIndex) -> None:
    assert index.object_count == 4


def test_studies_are_counted(index: ArchiveIndex) -> None:
    keys = {"StudyInstanceUID": "", "NumberOfStudyRelatedInstances": ""}
    answers = list(index.find(a_question("STUDY", **keys)))
    assert {a.StudyInstanceUID: int(a.NumberOfStudyRelatedInstances) for a in answers} == {
        "1.1": 3,
        "1.2": 1,
    }


@pytest.mark.parametrize(
    ("date", "time", "studies"),
    [
        ("20261102", "", {"1.1", "1.2"}),
        ("20261101-20261103", "", {"1.1", "1.2"}),
        ("20261103-", "", set()),
        ("20261102", "080000-115959.999999", {"1.1"}),
        ("20261102", "143000-143000.999999", {"1.2"}),
    ],
)
def test_dates_and_times_are_ranges(
    index: ArchiveIndex, date: str, time: str, studies: set[str]
) -> None:
    keys = {"StudyInstanceUID": "", "StudyDate": date, "StudyTime": time}
    assert {a.StudyInstanceUID for a in index.find(a_question("STUDY", **keys))} == studies


def test_the_series_of_a_study_are_those_of_its_uid(index: ArchiveIndex) -> None:
    question = a_question("SERIES", StudyInstanceUID="1.1", SeriesInstanceUID="", StationName="")
    answers = list(index.find(question))
    assert {a.SeriesInstanceUID for a in answers} == {"1.1.1", "1.1.2"}
    assert {a.StationName for a in answers} == {"CT-1"}
    assert "PatientName" not in answers[0], "only what was asked for"
