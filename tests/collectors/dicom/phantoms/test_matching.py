"""A phantom is what the site file names, and nothing that is only like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.matching import phantom_of
from core.schema.dicom import Phantom

WATER = Phantom(kind="ct_water", patient_ids=["QA-WATER", " "], protocols=["Daily Water"])
SPINE = Phantom(kind="dxa_spine", patient_ids=["SPINE^PHANTOM"])


def dataset(**attributes: str) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


@pytest.mark.parametrize("patient", ["QA-WATER", "qa-water", " Qa-Water  ", "QA-WATER\0"])
def test_a_patient_id_is_compared_whole_without_blanks_and_case(patient: str) -> None:
    assert phantom_of([SPINE, WATER], dataset(PatientID=patient)) is WATER


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"PatientID": ""},
        {"PatientID": "  "},
        {"PatientID": "QA-WATER-2"},
        {"PatientID": "QA WATER"},
        {"PatientID": "1QA-WATER"},
        {"PatientName": "QA-WATER"},
        {"ProtocolName": "QA-WATER"},
        {"PatientID": "Daily Water"},
        {"SeriesDescription": "Daily Water"},
        {"ProtocolName": "Daily Water Abdomen"},
    ],
    ids=str,
)
def test_what_is_only_like_it_is_a_patient(attributes: dict[str, str]) -> None:
    assert phantom_of([WATER, SPINE], dataset(**attributes)) is None


def test_a_protocol_names_a_phantom_whoever_the_patient_is() -> None:
    image = dataset(PatientID="20261128", ProtocolName="daily water")
    assert phantom_of([WATER], image) is WATER


def test_an_identity_of_several_values_is_nobodys() -> None:
    image = Dataset()
    image.PatientID = ["QA-WATER", "QA-WATER"]
    assert phantom_of([WATER], image) is None


@given(st.text(max_size=64))
def test_no_other_text_is_a_phantom(text: str) -> None:
    image = Dataset()
    image.PatientID = text.replace("\\", "")
    known = text.replace("\\", "").strip(" \0").casefold() == "qa-water"
    assert (phantom_of([WATER], image) is WATER) == known


def test_a_phantom_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing else tells a phantom"):
        Phantom(kind="ct_water", patient_ids=[" "])
