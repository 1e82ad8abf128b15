"""A phantom's image is judged, and any other's pixels are never even held."""

import asyncio
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from collectors.dicom.receiver.incoming import IncomingDataset
from collectors.dicom.receiver.phantom_images import PhantomImages
from core.readings import PHANTOM_UNFIT
from core.schema.profile import Profile
from tests.collectors.dicom.receiver.cast import T0, attributes, centre, scanner
from tests.collectors.dicom.receiver.listening import MemorySink
from tests.support.dicom_objects import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, ct_slice, encoded
from tests.support.phantom_images import Storage, water

METRICS = Profile.model_validate({"metrics": {"qa_water_ct_number_hu": {"title": "Water"}}})
PHANTOMS = [{"kind": "ct_water", "patient_ids": ["QA-WATER"]}]


@pytest.fixture
def images(tmp_path: Path) -> tuple[PhantomImages, MemorySink]:
    site = centre(tmp_path, phantoms=PHANTOMS)
    device = scanner("ct-1", serial="91919")
    object.__setattr__(device, "profile", METRICS)
    site.devices["ct-1"] = device
    sink = MemorySink()
    return PhantomImages(site, sink, lambda: T0 + 60_000), sink


def _image(patient: str, columns: int = 400) -> Dataset:
    image = ct_slice(PatientID=patient, ProtocolName="Head")
    image.Rows, image.Columns, image.BitsAllocated = 400, columns, 16
    image.PixelData = b"\1\0" * 400 * columns
    image["PixelData"].VR = "OW"
    return image


def _incoming(images: PhantomImages, dataset: Dataset, syntax: str = EXPLICIT) -> IncomingDataset:
    """As it comes, in parts of 16 kB."""
    incoming = IncomingDataset(syntax, lambda header: images.of(header) is not None)
    data = memoryview(encoded(dataset, syntax))
    for start in range(0, len(data), 16_384):
        incoming.add(data[start : start + 16_384])
    return incoming


def test_only_a_phantoms_pixels_are_held(images: tuple[PhantomImages, MemorySink]) -> None:
    whole = len(encoded(_image("QA-WATER")))
    assert len(_incoming(images[0], _image(" qa-water")).whole()) >= whole
    for patient in ("PID-4711", "QA-WATER-2", ""):
        dropped = _incoming(images[0], _image(patient))
        assert len(dropped.whole()) < 2000
        assert dropped.attributes().text("Modality") == "CT"
    assert len(IncomingDataset(EXPLICIT).whole()) == 0


def test_what_cannot_be_judged_is_named(images: tuple[PhantomImages, MemorySink]) -> None:
    judged, sink = images
    dataset = _image("QA-WATER")
    header = attributes(dataset)
    header_with_id = _incoming(judged, dataset).attributes()
    phantom = judged.of(header_with_id)
    assert phantom is not None
    assert judged.of(header) is None  # without phantoms asked for, the PatientID is not read at all
    judged.add("ct-1", phantom, header_with_id, _incoming(judged, dataset), T0 + 1000)
    asyncio.run(judged.judge_whole(-1))
    [event] = sink.events
    assert (event.kind, event.device, event.at) == (PHANTOM_UNFIT, "ct-1", T0)
    assert "QA-WATER" not in event.text
    assert sink.readings == []


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_a_water_phantom_is_a_reading_at_the_time_of_its_series(
    images: tuple[PhantomImages, MemorySink], syntax: str
) -> None:
    judged, sink = images
    order = ExplicitVRBigEndian if syntax == BIG_ENDIAN else ExplicitVRLittleEndian
    dataset = water(mean=3.0, noise=1.0, storage=Storage(syntax=order))
    del dataset.file_meta
    dataset["PixelData"].VR = "OB" if syntax == BIG_ENDIAN else "OW"  # its bytes are in order
    named = ct_slice(
        PatientID="QA-WATER", **{"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.3"}
    )
    for element in dataset:
        named.add(element)
    incoming = _incoming(judged, named, syntax)
    header = incoming.attributes()
    phantom = judged.of(header)
    assert phantom is not None
    for _ in range(2):  # sent twice it is one image
        judged.add("ct-1", phantom, header, incoming, T0 + 1000)
    asyncio.run(judged.judge_whole(-1))
    [reading] = sink.readings
    assert (reading.metric, reading.at) == ("qa_water_ct_number_hu", T0)
    assert reading.value == pytest.approx(3.0, abs=0.3)
