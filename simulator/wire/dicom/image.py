"""The images of a study: small, black, and with the headers of their modality."""

from collections.abc import Callable, Iterator

from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    DigitalXRayImageStorageForPresentation,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from simulator.physics.study import ROTATION_S, SimulatedSeries, SimulatedStudy, made_uid
from simulator.wire.dicom.identity import ScannerIdentity, date_and_time, new_object
from simulator.wire.dicom.phantom import add_phantom, has_phantom_image

SIDE = 4  # pixels
KERNEL, COIL = "B30s", "HEAD"

SOP_CLASSES = {  # by the kind of a profile
    "ct": CTImageStorage,
    "mri": MRImageStorage,
    "mammo": DigitalMammographyXRayImageStorageForPresentation,
    "rf": XRayRadiofluoroscopicImageStorage,
    "cbct": DigitalXRayImageStorageForPresentation,
    "us": UltrasoundImageStorage,
}
IMAGE_CLASSES = (
    *SOP_CLASSES.values(),
    DigitalMammographyXRayImageStorageForProcessing,
    SecondaryCaptureImageStorage,
)


def images(
    source: ScannerIdentity, study: SimulatedStudy, series: SimulatedSeries
) -> Iterator[Dataset]:
    """Each image of a series in turn. It is one object that changes: use it before the next."""
    sop_class = SOP_CLASSES.get(study.kind, SecondaryCaptureImageStorage)
    if study.is_phantom and study.kind == "mammo":
        sop_class = DigitalMammographyXRayImageStorageForProcessing
    image = new_object(source, study, sop_class, made_uid(series.uid, 1))
    _add_series(image, source, series)
    HEADERS.get(study.kind, _nothing)(image, source, series)
    if study.is_phantom and has_phantom_image(study.kind):
        add_phantom(image, study.kind, source.header.values, series.start)
    else:
        _add_pixels(image)
    for number in range(1, series.images + 1):
        uid = UID(made_uid(series.uid, number))
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = uid
        image.InstanceNumber = number
        share = (series.end - series.start) * number // series.images
        made = source.local(series.start + share)
        image.AcquisitionDate, image.AcquisitionTime = date_and_time(made)
        image.ContentDate, image.ContentTime = image.AcquisitionDate, image.AcquisitionTime
        yield image


def _add_series(image: Dataset, source: ScannerIdentity, series: SimulatedSeries) -> None:
    image.SeriesInstanceUID = series.uid
    image.SeriesNumber = series.number
    image.AcquisitionNumber = series.number
    image.SeriesDate, image.SeriesTime = date_and_time(source.local(series.start))
    image.ProtocolName = "Test protocol"


def _add_pixels(image: Dataset) -> None:
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = SIDE
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
    image.PixelRepresentation = 0
    image.PixelData = bytes(SIDE * SIDE * 2)


def _nothing(image: Dataset, source: ScannerIdentity, series: SimulatedSeries) -> None:
    """Of a secondary capture or an ultrasound nothing is said."""


def _ct(image: Dataset, source: ScannerIdentity, series: SimulatedSeries) -> None:
    image.KVP = f"{series.kilovolt:.0f}"
    image.XRayTubeCurrent = round(series.milliampere)
    image.ExposureTime = round(series.seconds * 1000)
    image.RevolutionTime = ROTATION_S
    image.SpiralPitchFactor = 1.0
    image.ConvolutionKernel = KERNEL
    image.SliceThickness = "5"
    image.RescaleIntercept, image.RescaleSlope = "-1024", "1"


def _mri(image: Dataset, source: ScannerIdentity, series: SimulatedSeries) -> None:
    megahertz = source.header.values["imaging_frequency_hz"] / 1e6
    image.ImagingFrequency = f"{megahertz:.6f}"
    image.ReceiveCoilName = COIL
    image.MagneticFieldStrength = f"{megahertz / 42.577:.2f}"


def _projection(image: Dataset, source: ScannerIdentity, series: SimulatedSeries) -> None:
    image.KVP = f"{series.kilovolt:.0f}"
    image.XRayTubeCurrent = round(series.milliampere)
    image.ExposureTime = round(series.seconds * 1000)
    image.ExposureInuAs = round(series.milliampere * series.seconds * 1000)
    image.DetectorTemperature = f"{source.header.values['detector_temp_c']:.1f}"
    if "compression_force_n" in source.header.values:
        image.CompressionForce = f"{source.header.values['compression_force_n']:.0f}"


HEADERS: dict[str, Callable[[Dataset, ScannerIdentity, SimulatedSeries], None]] = {
    "ct": _ct,
    "mri": _mri,
    "mammo": _projection,
    "rf": _projection,
    "cbct": _projection,
}
