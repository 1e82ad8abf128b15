"""Nothing of a patient outlives its object: not in the stores, the ledger, the logs, what detectors learned, a
bundle for a vendor, nor a core file.

Where this machine writes core files test_core_files.py shows that there would be one.
"""

import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from typer.testing import CliRunner

from app.cli.main import cli
from tests.collectors.dicom.receiver.collector_process import CollectorProcess, collector
from tests.collectors.dicom.receiver.listening import send, sending
from tests.support.dicom_objects import (
    EXPLICIT,
    IMPLICIT,
    CtEvent,
    Patient,
    ct_report,
    ct_slice,
    mr_image,
    x_ray_image,
)

__all__ = ["collector"]
pytestmark = pytest.mark.servers

SAMPLES = Path("/work/shared/data/dicom")
MPPS = "1.2.840.10008.3.1.2.3.3"
NAMES = (  # invented
    *("Quellmeister^Adelgunde", "Wrzesniewska^Bogumila", "O'Hallorahan^Siobhan"),
    *("غلام‌سرور^فریدون", "نورزایوف^شکریه", "هاشم‌خیلی^گلالی"),
    *("Подгорнова^Ефросинья", "Заболоцкий^Святослав", "Крутикова^Аграфена"),
)
CODECS = ("utf-8", "utf-16-le", "iso8859_5", "iso8859_6", "cp1251", "cp1256", "latin-1")


def _patient(number: int) -> Patient:
    return Patient(f"{NAMES[number % len(NAMES)]}{number:03d}", f"PATIENT-{number:05d}", "19330418")


def _objects(patient: Patient, number: int) -> Iterator[Dataset]:
    """Four objects of one patient, whose name stands wherever a name was ever seen."""
    images = (ct_slice(float(number)), mr_image(), x_ray_image())
    for image in images:
        image.PatientName, image.PatientID = patient.name, patient.id
        image.PatientBirthDate = patient.birth_date
        image.AccessionNumber = f"A-{patient.id}"
        image.ReferringPhysicianName = image.OperatorsName = patient.name
        image.StudyDescription = image.SeriesDescription = f"knee of {patient.name}"
        image.ProtocolName = image.ImageComments = patient.name
        block = image.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "LO", patient.name)
        block.add_new(0x11, "UN", patient.name.encode("utf-8"))
        image.add_new(0x60000022, "LO", patient.name)
        image.add_new(0x60001500, "LO", f"overlay of {patient.name}")
        image.add_new(0x60003000, "OW", patient.name.encode("utf-8").ljust(200, b"\0"))
        image.add_new(0x7FE00010, "OW", patient.name.encode("utf-8").ljust(4000, b"\0"))
    yield from images
    yield ct_report([CtEvent(f"1.{number}.1")], patient=patient)


def _strings() -> set[str]:
    """What must be nowhere: whole names and their parts, ids."""
    patients = [_patient(number) for number in range(50)]
    strings = {text for patient in patients for text in (patient.name, patient.id)}
    strings |= {part for name in NAMES for part in name.split("^")}
    return strings | {"19330418"}


def _of_samples(dataset: Dataset) -> set[str]:
    """The patient's module of a sample, and every name in it."""
    texts = {str(each.value) for each in dataset if each.tag.group == 0x0010 or each.VR == "PN"}
    texts |= {part for text in texts for part in text.replace("^", " ").split()}
    return {text for text in texts if len(text) >= 5}


def _remains(folder: Path, strings: set[str]) -> list[tuple[str, str]]:
    """Which of the strings stand in which file."""
    encoded = [(text, code) for text in strings for code in _encodings(text)]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "site.yaml"]
    contents = {path.name: path.read_bytes() for path in files}
    return [
        (name, text) for text, code in encoded for name, data in contents.items() if code in data
    ]


def _encodings(text: str) -> set[bytes]:
    codes = set()
    for codec in CODECS:
        try:
            codes.add(text.encode(codec))
        except UnicodeEncodeError:
            continue
    return codes


def test_two_hundred_objects_of_patients_leave_nothing_behind(
    collector: CollectorProcess, tmp_path: Path
) -> None:
    process, port = collector.process, collector.port
    strings = _strings()
    for number in range(50):
        syntax = IMPLICIT if number % 2 else EXPLICIT
        objects = list(_objects(_patient(number), number))
        strings |= {str(each.StudyInstanceUID) for each in objects}
        strings |= {str(each.SOPInstanceUID) for each in objects}
        assert set(send(port, *objects, syntax=syntax)) == {0}
    strings |= _send_broken_and_steps(port)
    process.send_signal(signal.SIGABRT)
    assert process.wait(20) == -signal.SIGABRT
    assert not list(tmp_path.rglob("core*"))
    _learn_and_bundle(tmp_path)
    assert (tmp_path / "storage" / "examinations.db").stat().st_size > 0
    assert (tmp_path / "log.txt").stat().st_size > 0
    assert _remains(tmp_path, strings)[:3] == []


def _learn_and_bundle(folder: Path) -> None:
    """Publish, train the detectors and make a bundle of all, as its user would; unpacked, to be looked into."""
    site, bundle = str(folder / "site.yaml"), folder / "bundle.zip"
    asked = ["bundle", "ct-1", "-o", str(bundle), "--since", "3650d", "--site", site]
    for words in (["collect", "--once", "--site", site], ["model", "train", "--site", site], asked):
        ended = CliRunner().invoke(cli, words)
        (folder / f"{words[0]}.txt").write_text(ended.output, encoding="utf-8")
        assert not isinstance(ended.exception, Exception), ended.exception
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "unpacked")
    assert (
        b"examination_count,dicom" in (folder / "unpacked" / "readings" / "ct-1.csv").read_bytes()
    )


def _send_broken_and_steps(port: int) -> set[str]:
    """What ends in an error and what comes by MPPS must be as silent."""
    patient = _patient(7)
    broken = next(_objects(patient, 7))
    del broken.SeriesInstanceUID
    assert send(port, broken) == [0xC000]
    step = Dataset()
    step.SpecificCharacterSet = "ISO_IR 192"
    step.PerformedProcedureStepStatus = "IN PROGRESS"
    step.PerformedStationAETitle = "CT1"
    step.PatientName, step.PatientID = patient.name, patient.id
    with sending(port, [MPPS]) as association:
        assert association.send_n_create(step, MPPS, "1.2.777.4711")[0].Status == 0
    return {"1.2.777.4711"}


def test_samples_of_the_field_leave_nothing_behind(
    collector: CollectorProcess, tmp_path: Path
) -> None:
    paths = [path for path in sorted(SAMPLES.glob("*.dcm")) if "Hologic" not in path.name]
    if not paths:
        pytest.skip(f"{SAMPLES} is not here")
    process, port = collector.process, collector.port
    strings: set[str] = set()
    for path in paths:
        dataset = dcmread(path)
        strings |= _of_samples(dataset)
        del dataset.file_meta
        assert send(port, dataset) == [0]
    process.send_signal(signal.SIGSEGV)
    assert process.wait(20) == -signal.SIGSEGV
    assert not list(tmp_path.rglob("core*"))
    assert len(strings) > 10
    assert _remains(tmp_path, strings)[:3] == []
