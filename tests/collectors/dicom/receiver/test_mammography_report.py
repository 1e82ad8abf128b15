"""Dose reports of a mammograph, made after TID 10001, 10003 and 10005 of PS3.16: no sample of one is public."""

from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence

from collectors.dicom.common.dataset import Attributes, read_dataset
from collectors.dicom.receiver.dose_report import DoseReport, read_dose_report
from collectors.dicom.receiver.read_object import ObjectReader
from core.readings import Reading
from core.schema.profile import Profile
from core.schema.site import Device
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.receiver.cast import T0
from tests.support.dicom_objects import (
    DOSE_SR,
    EXPLICIT,
    code_item,
    coded,
    container,
    encoded,
    moment,
    number,
    report,
    uid,
)

KABUL = ZoneInfo("Asia/Kabul")
LATERALITY = {"SCT": "272741003", "SRT": "G-C171"}
SIDES = {"SCT": {"R": "24028007", "L": "7771000"}, "SRT": {"R": "G-A100", "L": "G-A101"}}
VIEWS = {"SCT": {"CC": "399162004", "MLO": "399368009"}, "SRT": {"CC": "R-10242", "MLO": "R-10226"}}


class Exposure(NamedTuple):
    """One view of one breast: 29 kV, 63 mAs of tungsten through rhodium."""

    event: str
    side: str
    view: str
    at: str = "20260301143000"
    dose: tuple[float, str] = (1.35, "mGy")
    thickness: tuple[float, str] = (52, "mm")
    force: tuple[float, str] = (98.4, "N")
    scheme: str = "SRT"


def with_side(item: Dataset, side: str, scheme: str) -> Dataset:
    """A content item with the modifier that says which breast."""
    modifier = code_item("", SIDES[scheme][side])
    modifier.RelationshipType = "HAS CONCEPT MOD"
    modifier.ConceptNameCodeSequence = [coded(LATERALITY[scheme], "Laterality", scheme)]
    modifier.ConceptCodeSequence[0].CodingSchemeDesignator = scheme
    item.ContentSequence = DicomSequence([modifier])
    return item


def exposed(own: Exposure) -> Dataset:
    """TID 10003 with its mammography rows; the filter's thickness is in mm, too, and is none of a breast."""
    filters = container(
        "113771",
        code_item("113757", "C-167F9"),
        number("113758", 0.05, "mm"),
        number("113773", 0.05, "mm"),
    )
    return container(
        "113706",
        code_item("113764", "113622"),
        uid("113769", own.event),
        moment("111526", own.at),
        with_side(code_item("123014", "T-04000"), own.side, own.scheme),
        code_item("111031", VIEWS[own.scheme][own.view]),
        number("113733", 29, "kV"),
        number("113734", 100, "mA"),
        number("113824", 630, "ms"),
        number("113736", 63000, "uA.s"),
        code_item("111632", "C-164F9"),
        number("111634", 0.52, "mm"),
        number("111631", *own.dose),
        filters,
        number("111633", *own.thickness),
        number("111647", *own.force),
    )


def of_breast(side: str, dose: float, unit: str = "mGy") -> Dataset:
    """TID 10005: the accumulated average glandular dose of one side."""
    total = with_side(number("111637", dose, unit), side, "SRT")
    return container("113702", total)


FOUR = [
    Exposure("3.1", "R", "CC"),
    Exposure("3.2", "L", "CC", "20260301143100", (0.0142, "dGy"), (5.1, "cm"), (9.9, "daN"), "SCT"),
    Exposure("3.3", "R", "MLO", "20260301143200", (1610, "uGy")),
    Exposure("3.4", "L", "MLO", "20260301143300", (1.7, "mGy"), (0, "mm"), (0, "N"), "SCT"),
]


@pytest.fixture
def hasher(tmp_path: Path) -> UidHasher:
    return UidHasher(tmp_path / "key")


def attributes(*items: Dataset) -> Attributes:
    return read_dataset(encoded(report(items)), EXPLICIT)


def read(hasher: UidHasher, *items: Dataset) -> DoseReport:
    return read_dose_report(attributes(*items), "mg-1", hasher, T0, KABUL)


def test_each_view_has_its_dose_thickness_and_force_in_the_unit_that_it_states(
    hasher: UidHasher,
) -> None:
    answer = read(hasher, *map(exposed, FOUR))
    assert [view._replace(at=0)[1:] for view in answer.views] == [
        ("RCC", 52, 98.4, 1.35),
        ("LCC", 51, 99, 1.42),
        ("RMLO", 52, 98.4, 1.61),
        ("LMLO", None, None, 1.7),  # zero is nothing compressed
    ]
    assert [(view.at - T0) // 60_000 for view in answer.views] == [0, 1, 2, 3]
    assert [exposure.tube_load_kj for exposure in answer.exposures] == [1.827] * 4  # 29 kV x 63 mAs
    assert [exposure.scan_s for exposure in answer.exposures] == [0.63] * 4
    assert answer.doubts == []


def test_totals_are_compared_side_by_side(hasher: UidHasher) -> None:
    right, left = of_breast("R", 2.96), of_breast("L", 0.0312, "dGy")
    assert read(hasher, right, left, *map(exposed, FOUR)).doubts == []
    assert read(hasher, of_breast("R", 4.0), left, *map(exposed, FOUR)).doubts == [
        "its total average glandular dose is 4 mGy, its events add up to 2.96"
    ]


def test_an_unknown_unit_or_view_is_no_guess(hasher: UidHasher) -> None:
    odd = Exposure("3.1", "R", "CC", dose=(1.4, "rad"), thickness=(2, "[in_i]"))
    event = exposed(odd)
    event.ContentSequence[4].ConceptCodeSequence[0].CodeValue = "99-own"
    answer = read(hasher, event)
    assert [view[1:] for view in answer.views] == [("R", None, 98.4, None)]
    assert answer.doubts == [
        "unit '[in_i]' is not known, its values are left out",
        "unit 'rad' is not known, its values are left out",
    ]


def test_a_radiograph_or_an_event_without_a_uid_has_no_view(hasher: UidHasher) -> None:
    nameless = exposed(FOUR[0])
    del nameless.ContentSequence[1]
    plain = container("113706", uid("113769", "2.1"), number("113733", 70, "kV"))
    assert read(hasher, nameless, plain).views == []


def test_they_become_readings_of_each_view_and_the_same_ones_when_sent_twice(
    hasher: UidHasher,
) -> None:
    metrics = ("compression_thickness_mm", "compression_force_n", "average_glandular_dose_mgy")
    profile = Profile.model_validate({"metrics": {name: {"title": name} for name in metrics}})
    device = Device("mg-1", "mg-1", "", "", "test", profile, (), ())
    reader = ObjectReader(hasher, KABUL, dict[str, str]().get)

    def readings() -> list[Reading]:
        return list(
            reader.read(DOSE_SR, attributes(*map(exposed, FOUR)), device, T0 + 300_000).readings
        )

    first = readings()
    assert {
        (own.component, own.value) for own in first if own.metric == "average_glandular_dose_mgy"
    } == {("RCC", 1.35), ("LCC", 1.42), ("RMLO", 1.61), ("LMLO", 1.7)}
    assert [own.value for own in first if own.metric == "compression_force_n"] == [98.4, 99, 98.4]
    assert {own.component for own in first if own.metric != "average_glandular_dose_mgy"} == {
        "dicom"
    }
    assert readings() == first
