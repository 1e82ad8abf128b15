"""From the wire to a reading: only a phantom's pixels are ever looked at."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from collectors.dicom.phantoms.gathering import QUIET
from collectors.dicom.receiver import source, sources
from core.readings import PHANTOM_UNFIT, Reading
from core.schema.load import load_site
from tests.collectors.dicom.receiver.cast import T0
from tests.collectors.dicom.receiver.listening import MemorySink, send, wait_for
from tests.support.dicom_objects import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from tests.support.phantom_images import water
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

WATER = "qa_water_ct_number_hu"
SITE = """
id: herat
name: Herat
zone: Asia/Kabul
storage: {{folder: {folder}}}
dicom:
  listen: {{port: {port}}}
  phantoms: [{{kind: ct_water, patient_ids: [QA-WATER]}}]
devices:
  - {{id: ct-1, name: CT, profile: toshiba-aquilion-cx, dicom: {{ae_titles: [CT1], station_names: [CT99]}}}}
"""


class Centre:
    """A receiver that runs, its clock, and what it stored."""

    def __init__(self, folder: Path) -> None:
        self.now = T0
        self.port = free_port()
        self.sink = MemorySink()
        (folder / "site.yaml").write_text(SITE.format(folder=folder, port=self.port))
        [self.source] = sources(load_site(folder / "site.yaml"), self.sink, lambda: self.now)

    def water(self) -> list[Reading]:
        return [reading for reading in self.sink.readings if reading.metric == WATER]

    def wait_until_quiet(self) -> None:
        """The series is whole, and the receiver has looked."""
        self.now += 2 * QUIET


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    monkeypatch.setattr(source, "PUBLISH_EVERY_S", 0.1)
    made = Centre(tmp_path)
    with running(made):
        yield made


@contextmanager
def running(centre: Centre) -> Iterator[None]:
    stop = threading.Event()

    async def run() -> None:
        task = asyncio.create_task(centre.source.run())
        while not stop.is_set():
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        wait_for(lambda: bool(centre.source.last_error) or _is_open(centre.port))
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def slices(*means: float, patient: str = "QA-WATER") -> list[Dataset]:
    """One series, made at T0 by the site's clock, of the station CT99."""
    series, study = generate_uid(), generate_uid()
    made = []
    for number, mean in enumerate(means):
        image = water(mean, shape=(220, 220), seed=number)
        image.PatientID, image.StationName = patient, "CT99"
        image.SeriesInstanceUID, image.StudyInstanceUID = series, study
        image.SeriesDate, image.SeriesTime = "20260301", "143000"
        image.InstanceNumber = str(number)
        made.append(image)
    return made


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_a_water_phantom_is_a_reading_of_the_moment_it_was_scanned(
    centre: Centre, syntax: str
) -> None:
    images = slices(-30, 2, 30)
    if syntax == BIG_ENDIAN:
        for image in images:
            image.PixelData = image.pixel_array.astype(">u2").tobytes()
            image["PixelData"].VR = "OW"
    assert send(centre.port, *images, images[1], syntax=syntax) == [0] * 4
    centre.wait_until_quiet()
    wait_for(lambda: bool(centre.water()))
    [reading] = centre.water()
    assert (reading.device, reading.at, reading.component) == ("ct-1", T0, "120kV-B30s")
    assert reading.value == pytest.approx(2, abs=0.3)


def test_a_patient_s_pixels_are_not_measured(centre: Centre) -> None:
    assert send(centre.port, *slices(2, patient="20260301-7"), *slices(3)) == [0, 0]
    centre.wait_until_quiet()
    wait_for(lambda: bool(centre.water()))
    assert [round(reading.value) for reading in centre.water()] == [3]


def test_a_phantom_that_cannot_be_measured_is_an_event_that_says_why(centre: Centre) -> None:
    [image] = slices(2)
    del image.RescaleSlope
    assert send(centre.port, image) == [0]
    centre.wait_until_quiet()
    wait_for(lambda: any(event.kind == PHANTOM_UNFIT for event in centre.sink.events))
    [event] = [event for event in centre.sink.events if event.kind == PHANTOM_UNFIT]
    assert "no Hounsfield units" in event.text
    assert centre.water() == []


def test_what_was_measured_waits_for_a_full_disk(centre: Centre) -> None:
    assert send(centre.port, *slices(2)) == [0]
    centre.sink.refuses = True
    centre.wait_until_quiet()
    wait_for(lambda: not centre.source._phantoms._gatherer.byte_count)  # type: ignore[attr-defined]
    assert centre.water() == []
    centre.sink.refuses = False
    wait_for(lambda: bool(centre.water()))
    assert len(centre.water()) == 1
