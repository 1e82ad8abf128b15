"""The scanners of these tests, and what their objects are read with."""

from pathlib import Path

from pydicom.dataset import Dataset

from collectors.dicom.common.dataset import Attributes, read_dataset
from core.schema.dicom import DicomIdentity
from core.schema.profile import Profile
from core.schema.site import Device, Site, SiteFile
from tests.support.dicom_objects import EXPLICIT, encoded

T0 = 1_772_359_200_000  # 2026-03-01T10:00:00Z, 14:30 in Herat
HEADER_METRICS = (
    "imaging_frequency_hz",
    "imaging_frequency_resolution_hz",
    "detector_temp_c",
    "compression_force_n",
    "image_transfer_delay_s",
)
USE_METRICS = (
    "exposures_count",
    "scan_seconds",
    "series_count",
    "examination_count",
    "scan_load_kj",
)
PROFILE = Profile.model_validate(
    {"metrics": {name: {"title": name} for name in (*HEADER_METRICS, *USE_METRICS)}}
)


def scanner(name: str, *, station: str = "", serial: str = "", title: str = "") -> Device:
    """A device that DICOM knows by these names."""
    identity = DicomIdentity(
        ae_titles=[title] if title else [], station_names=[station] if station else []
    )
    return Device(name, name, "", serial, "test", PROFILE, (), (), dicom=identity)


def centre(folder: Path, **dicom: object) -> Site:
    """CT-1 (serial 91919, station CT99), MR-1 and DX-1."""
    devices = [
        scanner("ct-1", station="CT99", serial="91919", title="CT1"),
        scanner("mr-1", station="MR88", serial="22041", title="MR1"),
        scanner("dx-1", station="DX77", title="DX1"),
    ]
    file = SiteFile.model_validate(
        {
            "id": "herat",
            "name": "Herat",
            "zone": "Asia/Kabul",
            "storage": {"folder": str(folder)},
            "dicom": dicom,
            "devices": [],
        }
    )
    return Site(file, {device.id: device for device in devices})


def attributes(dataset: Dataset) -> Attributes:
    """As it comes over the line."""
    return read_dataset(encoded(dataset), EXPLICIT)
