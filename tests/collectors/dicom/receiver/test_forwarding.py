"""Orthanc forwards what a scanner made: real DICOM files, stored there and sent on."""

import io
import json
import urllib.request
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.collectors.dicom.receiver.listening import listening, ready
from tests.support.dicom_objects import EXPLICIT, CtEvent, ct_report, ct_slice, mr_image
from tests.support.dicom_peers import Orthanc, orthanc_server

pytestmark = pytest.mark.servers


def _file(dataset: Dataset) -> bytes:
    whole = ready(dataset, EXPLICIT)
    whole.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    whole.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    buffer = io.BytesIO()
    whole.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _forward(orthanc: Orthanc, instances: list[str]) -> dict[str, object]:
    """What Orthanc says of sending these on."""
    body = json.dumps({"Resources": instances, "Synchronous": True}).encode()
    url = f"{orthanc.url}/modalities/scanward/store"
    with urllib.request.urlopen(
        urllib.request.Request(url, body, method="POST"), timeout=90
    ) as answer:
        result: dict[str, object] = json.loads(answer.read())
    return result


def test_what_a_pacs_forwards_is_its_machines(tmp_path: Path) -> None:
    objects = [
        ct_slice(),
        ct_report([CtEvent("1.1"), CtEvent("1.2")]),
        mr_image(StationName="MR88", DeviceSerialNumber="022-041"),
        ct_slice(StationName="ELSEWHERE", DeviceSerialNumber="7"),
    ]
    with listening(tmp_path, listen={"calling": ["ORTHANC"]}) as receiver:
        modality = ["SCANWARD", "127.0.0.1", receiver.port]
        settings = {"DicomModalities": {"scanward": modality}}
        with orthanc_server(tmp_path, settings=settings) as orthanc:
            instances = [orthanc.upload(_file(each)) for each in objects]
            for _ in range(2):  # sent twice it counts once
                answer = _forward(orthanc, instances)
                assert (answer["InstancesCount"], answer["FailedInstancesCount"]) == (4, 0)
        witnesses = [exposure.witness for exposure in receiver.exposures()]
        assert sorted(witnesses) == ["header", "report", "report"]
        assert [series.images for series in receiver.series("mr-1")] == [1]
        assert (
            "ELSEWHERE (2)" in receiver.source.last_error
            or "ORTHANC (2)" in receiver.source.last_error
        )
