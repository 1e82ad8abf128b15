"""Objects as scanners send them, made here: dose reports, images' headers, and patients who never were."""

import io
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from pydicom.dataset import Dataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import generate_uid

DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"
CT, ENHANCED_CT, MR, DX, MG = (
    f"1.2.840.10008.5.1.4.1.1.{suffix}" for suffix in ("2", "2.1", "4", "1.1", "1.2")
)
IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (
    f"1.2.840.10008.1.2{suffix}" for suffix in ("", ".1", ".1.99", ".2")
)
DATE, TIME = "20260301", "143000"  # in Herat: cast.T0, 10:00 UTC


class Patient(NamedTuple):
    """Somebody who never was."""

    name: str
    id: str
    birth_date: str = "19710203"


NOBODY = Patient("Musterfrau^Erika", "PID-4711")


class Tube(NamedTuple):
    """One X-ray source of a CT's irradiation event."""

    kv: float
    ma: float


class CtEvent(NamedTuple):
    """One irradiation event of a CT."""

    uid: str
    exposure_time: tuple[float, str] = (5.0, "s")
    tubes: tuple[Tube, ...] = (Tube(120, 200),)
    ctdi_vol: tuple[float, str] = (10.0, "mGy")
    dlp: tuple[float, str] = (300.0, "mGy.cm")


def encoded(dataset: Dataset, transfer_syntax: str = EXPLICIT) -> bytes:
    """A dataset as it goes over the line."""
    buffer = io.BytesIO()
    file = DicomFileLike(buffer)
    file.is_implicit_VR = transfer_syntax == IMPLICIT
    file.is_little_endian = transfer_syntax != BIG_ENDIAN
    write_dataset(file, dataset)
    if transfer_syntax != DEFLATED:
        return buffer.getvalue()
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(buffer.getvalue()) + deflater.flush()


def header(sop_class: str, modality: str, patient: Patient = NOBODY) -> Dataset:
    """What every object has."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = generate_uid()
    dataset.Modality = modality
    dataset.StudyDate = dataset.SeriesDate = DATE
    dataset.AcquisitionDate = dataset.ContentDate = DATE
    dataset.StudyTime = dataset.SeriesTime = TIME
    dataset.AcquisitionTime = dataset.ContentTime = TIME
    dataset.StationName = "CT99"
    dataset.DeviceSerialNumber = "91919"
    dataset.SoftwareVersions = ["VA40A", "SL12"]
    dataset.PatientName = patient.name
    dataset.PatientID = patient.id
    dataset.PatientBirthDate = patient.birth_date
    dataset.AccessionNumber = f"A-{patient.id}"
    return dataset


def ct_slice(position_mm: float = 0.0, /, **changes: object) -> Dataset:
    """A slice of a spiral at 120 kV and 200 mA, half a second a rotation, 40 mm/s."""
    dataset = header(CT, "CT")
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.KVP = "120"
    dataset.XRayTubeCurrent = "200"
    dataset.ExposureTime = "500"
    dataset.RevolutionTime = 0.5
    dataset.SpiralPitchFactor = 1.0
    dataset.TotalCollimationWidth = 20.0
    dataset.AcquisitionNumber = "1"
    dataset.ImagePositionPatient = ["0", "0", f"{position_mm:g}"]
    return _changed(dataset, changes)


def mr_image(**changes: object) -> Dataset:
    """An image of the 0.35 T magnet."""
    return _changed(header(MR, "MR"), {"ImagingFrequency": "14.903456", **changes})


def x_ray_image(sop_class: str = DX, modality: str = "DX", /, **changes: object) -> Dataset:
    """A radiograph: 70 kV, 1.04 mAs in 6 ms."""
    dataset = header(sop_class, modality)
    dataset.KVP = "70"
    dataset.XRayTubeCurrent = "189"
    dataset.ExposureTime = "6"
    dataset.Exposure = "1"
    dataset.ExposureInuAs = "1040"
    return _changed(dataset, changes)


def _changed(dataset: Dataset, changes: dict[str, object]) -> Dataset:
    for keyword, value in changes.items():
        if value is None:
            dataset.pop(keyword, None)
        else:
            setattr(dataset, keyword, value)
    return dataset


def ct_report(
    events: Sequence[CtEvent],
    *,
    dlp_total: float | None = None,
    patient: Patient = NOBODY,
    study: str = "",
) -> Dataset:
    """A dose report of a CT (TID 10011)."""
    dlp = sum(event.dlp[0] for event in events) if dlp_total is None else dlp_total
    accumulated = container(
        "113811",
        number("113812", len(events), "{events}"),
        number("113813", dlp, "mGy.cm"),
    )
    return report([accumulated, *map(_ct_acquisition, events)], patient=patient, study=study)


def report(items: Sequence[Dataset], *, patient: Patient = NOBODY, study: str = "") -> Dataset:
    """A dose report of these items, which names its device and somebody who was there."""
    dataset = header(DOSE_SR, "SR", patient)
    if study:
        dataset.StudyInstanceUID = study
    dataset.update(container("113701"))
    dataset.ContentSequence = DicomSequence(
        [
            text("121013", "CT99"),
            text("121016", "91919"),
            person("113870", patient.name),
            text("121106", f"comment on {patient.name} {patient.id}"),
            *items,
        ]
    )
    return dataset


def _ct_acquisition(event: CtEvent) -> Dataset:
    tubes = [
        container("113831", number("113733", tube.kv, "kV"), number("113734", tube.ma, "mA"))
        for tube in event.tubes
    ]
    return container(
        "113819",
        uid("113769", event.uid),
        container("113822", number("113824", *event.exposure_time), *tubes),
        container("113829", number("113830", *event.ctdi_vol), number("113838", *event.dlp)),
    )


def coded(value: str, meaning: str = "", scheme: str = "DCM") -> Dataset:
    """A code; its meaning is in whatever words the maker liked."""
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning or f"word for {value}"
    return item


def container(concept: str, *items: Dataset) -> Dataset:
    """A content item that holds others."""
    item = _item("CONTAINER", concept)
    if items:
        item.ContentSequence = DicomSequence(items)
    return item


def number(concept: str, value: object, unit: str, *more: object) -> Dataset:
    """A measured value, or several."""
    item = _item("NUM", concept)
    measured = []
    for each in (value, *more):
        entry = Dataset()
        entry.NumericValue = str(each)
        entry.MeasurementUnitsCodeSequence = [coded(unit, scheme="UCUM")]
        measured.append(entry)
    item.MeasuredValueSequence = DicomSequence(measured)
    return item


def text(concept: str, value: str) -> Dataset:
    """A text."""
    item = _item("TEXT", concept)
    item.TextValue = value
    return item


def uid(concept: str, value: str) -> Dataset:
    """A UID reference."""
    item = _item("UIDREF", concept)
    item.UID = value
    return item


def moment(concept: str, value: str) -> Dataset:
    """A date and time."""
    item = _item("DATETIME", concept)
    item.DateTime = value
    return item


def code_item(concept: str, value: str) -> Dataset:
    """A coded value."""
    item = _item("CODE", concept)
    item.ConceptCodeSequence = [coded(value)]
    return item


def person(concept: str, name: str) -> Dataset:
    """Somebody."""
    item = _item("PNAME", concept)
    item.PersonName = name
    return item


def _item(value_type: str, concept: str) -> Dataset:
    item = Dataset()
    item.RelationshipType = "CONTAINS"
    item.ValueType = value_type
    item.ConceptNameCodeSequence = [coded(concept)]
    return item
