"""Metadata by WADO-RS gives the same as the object itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydicom.dataset import Dataset

from collectors.dicom.common.dataset import Attributes, read_dataset
from collectors.dicom.common.json_dataset import JsonAttributes
from collectors.dicom.receiver.read_object import ObjectReader
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.receiver.cast import T0, scanner
from tests.support.dicom_objects import (
    EXPLICIT,
    CtEvent,
    ct_report,
    ct_slice,
    encoded,
    mr_image,
    x_ray_image,
)


def _metadata(dataset: Dataset) -> Mapping[str, object]:
    members: dict[str, object] = json.loads(json.dumps(dataset.to_json_dict()))
    return members


@pytest.mark.parametrize(
    "dataset",
    [
        ct_slice(12.5),
        mr_image(DetectorTemperature="32.09", TimezoneOffsetFromUTC="+0430"),
        x_ray_image(CompressionForce="120", DateOfLastCalibration=["20260101", "20260201"]),
        ct_report([CtEvent("1.1"), CtEvent("1.2", (480, "ms"), dlp=(0.3, "Gy.cm"))]),
    ],
)
def test_metadata_gives_the_same_entries_readings_and_positions(
    dataset: Dataset, tmp_path: Path
) -> None:
    def read(attributes: Attributes) -> object:
        reader = ObjectReader(
            UidHasher(tmp_path / "key"), ZoneInfo("Asia/Kabul"), dict[str, str]().get
        )
        return reader.read(str(dataset.SOPClassUID), attributes, scanner("ct-1"), T0 + 60_000)

    assert read(JsonAttributes(_metadata(dataset))) == read(
        read_dataset(encoded(dataset), EXPLICIT)
    )


def test_only_what_is_allowed_is_there() -> None:
    attributes = JsonAttributes(_metadata(ct_slice(PatientName="Musterfrau^Erika")))
    assert "Musterfrau" not in repr(attributes._members)
    assert attributes.texts("PatientID") == []


@pytest.mark.parametrize(
    "member",
    [None, [], {}, {"Value": None}, {"Value": "120"}, {"Value": [None]}, {"Value": [{}]}, {"Value": [True]},
     {"vr": "DS", "BulkDataURI": "http://x/"}, {"Value": ["n/a"]}, {"Value": [[120]]}],
)  # fmt: skip
def test_what_is_no_value_is_a_gap(member: object) -> None:
    attributes = JsonAttributes({"00180060": member, "0040A730": member})
    assert attributes.number("KVP") is None
    assert attributes.item("ContentSequence").text("ValueType") == ""


def test_numbers_may_be_numbers_or_texts() -> None:
    for value in (120, 120.0, "120", " 1.2e2"):
        assert JsonAttributes({"00180060": {"Value": [value]}}).number("KVP") == 120
