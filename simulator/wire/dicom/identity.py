"""What every simulated object says of its patient, its study and its scanner.

The names and numbers of patients are plainly no one's; they are there to prove that nobody keeps them.
"""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from core.schema.site import Device
from core.time.clock import from_ms
from simulator.physics.header import Header
from simulator.physics.study import SimulatedStudy, made_uid

MODALITIES = {  # by the kind of a profile
    "ct": "CT",
    "mri": "MR",
    "mammo": "MG",
    "rf": "RF",
    "cbct": "DX",
    "dxa": "BMD",
    "us": "US",
}
# By kind; the site file names them.
PHANTOM_IDS = {"ct": "QA-WATER", "dxa": "QA-SPINE", "mri": "QA-MR", "mammo": "QA-MAMMO"}


class ScannerIdentity(NamedTuple):
    """The scanner that makes an object, and what it says of itself."""

    device: Device
    header: Header
    zone: ZoneInfo

    @property
    def modality(self) -> str:
        """DICOM's word for its kind."""
        return MODALITIES.get(self.device.profile.kind, "OT")  # codespell:ignore

    def local(self, at: int) -> datetime:
        """UTC milliseconds by the clock on its wall."""
        return from_ms(at, self.zone)


def new_object(source: ScannerIdentity, study: SimulatedStudy, sop_class: UID, uid: str) -> Dataset:
    """An object of a study with all that is the same in each of them."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid
    add_patient(dataset, study)
    dataset.StudyInstanceUID = study.uid
    dataset.StudyID = str(study.number)
    dataset.AccessionNumber = f"TEST{study.number:06d}"
    dataset.StudyDate, dataset.StudyTime = date_and_time(source.local(study.start))
    dataset.Modality = source.modality
    add_equipment(dataset, source)
    return dataset


def reports_uid(study: SimulatedStudy) -> str:
    """Of the series that holds a study's reports."""
    return made_uid(study.uid, "reports")


def add_patient(dataset: Dataset, study: SimulatedStudy) -> None:
    """Nobody, or the phantom."""
    phantom = PHANTOM_IDS.get(study.kind) if study.is_phantom else None
    dataset.PatientName = "QA^PHANTOM" if phantom else f"NOBODY^TEST-{study.number:06d}"
    dataset.PatientID = phantom or f"TEST-{study.number:06d}-NOBODY"
    dataset.PatientBirthDate = "19000101"
    dataset.PatientSex = "O"


def add_equipment(dataset: Dataset, source: ScannerIdentity) -> None:
    """By what the scanner can be known."""
    device = source.device
    dataset.Manufacturer = "SIMULATED"
    dataset.ManufacturerModelName = device.name
    dataset.StationName = station_name(device)
    dataset.DeviceSerialNumber = device.serial or ""
    dataset.SoftwareVersions = source.header.software


def station_name(device: Device) -> str:
    """The first that the site file names, or the device's own."""
    names = device.dicom.station_names
    return names[0] if names else device.id.upper()


def date_and_time(moment: datetime) -> tuple[str, str]:
    """DA and TM, to the millisecond."""
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}.{moment.microsecond // 1000:03d}"


def stamp(moment: datetime) -> str:
    """DT without a zone, as most scanners write it."""
    return "".join(date_and_time(moment))
