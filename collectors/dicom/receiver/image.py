"""What the header of one image tells of the machine that made it. Pure.

Formulas, where a scanner makes no dose report:
    load_kj = kV x mAs / 1000, mAs from ExposureInuAs, else Exposure, else current x time
    one exposure is one irradiation event, else one acquisition, else one image
    CT, spiral: load = kV x mean mA x time, where time =
        travel / TableSpeed + one rotation, or with speed = pitch x collimation / RevolutionTime
        (PS3.3 C.8.15.3.2 and C.8.15.3.3), or from the first slice's AcquisitionTime to the last's + one
        rotation (ours, no source); a slice's own ExposureTime is of one rotation and is not added up
"""

from datetime import tzinfo
from typing import NamedTuple

from collectors.dicom.common.attributes import resolution
from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.dicom_times import read_date_time, read_moment

# What is no exposure of its own: computed from other images.
_COMPUTED = frozenset(("DERIVED", "SECONDARY"))
X_RAY = frozenset(("CT", "CR", "DX", "MG", "IO", "PX", "XA", "RF"))
_PAIRS = (("AcquisitionDate", "AcquisitionTime"), ("ContentDate", "ContentTime"))
_LONGEST_S = 3600.0
_MHZ = 1e6


class Frequency(NamedTuple):
    """Of a magnet, and by what its last digit counts."""

    hz: float
    resolution_hz: float


class Shot(NamedTuple):
    """The radiation of one image. What the header does not say is None."""

    kv: float | None
    ma: float | None
    mas: float | None
    scan_s: float | None
    dap_gy_cm2: float | None
    # Of CT: where the slice lies (mm), how fast the table moves (mm/s), seconds of one rotation.
    z_mm: float | None = None
    table_mm_s: float | None = None
    rotation_s: float | None = None


def acquired_at(image: Attributes, zone: tzinfo) -> int | None:
    """When the image was acquired, UTC ms; when its content was made, if only that is said."""
    at = read_date_time(image.text("AcquisitionDateTime"), zone)
    if at is not None:
        return at
    for day, time in _PAIRS:
        at = read_moment(image.text(day) or image.text("SeriesDate"), image.text(time), zone)
        if at is not None:
            return at
    return series_began_at(image, zone)


def series_began_at(image: Attributes, zone: tzinfo) -> int | None:
    """When its series began, UTC ms; the study, if only that is said."""
    for day, time in (("SeriesDate", "SeriesTime"), ("StudyDate", "StudyTime")):
        at = read_moment(image.text(day), image.text(time), zone)
        if at is not None:
            return at
    return None


def acquisition(image: Attributes) -> str | None:
    """What is the same in all images of one exposure and in no others; None if it made no exposure.

    In CT that is a series and its acquisition: all slices of a spiral. Elsewhere the moment, because
    one exposure is sent for processing and for presentation as two images.
    """
    modality = image.text("Modality")
    if modality not in X_RAY or (modality == "CT" and _is_computed(image)):
        return None
    if event := image.text("IrradiationEventUID"):
        return event
    moment = image.text("AcquisitionDateTime") or (
        image.text("AcquisitionDate") + image.text("AcquisitionTime")
    )
    if modality == "CT":
        is_axial = any("AXIAL" in option for option in image.texts("ScanOptions"))
        number = "" if is_axial else image.text("AcquisitionNumber")
        return f"{image.text('SeriesInstanceUID')} {number or moment}"
    is_timed = image.text("AcquisitionDateTime") or image.text("AcquisitionTime")
    study = image.text("StudyInstanceUID")
    return f"{study} {moment}" if is_timed else image.text("SOPInstanceUID")


def reconstructed_from(image: Attributes) -> str | None:
    """What several series of one CT exposure have in common beside its time; None if they would share its UID."""
    is_timed = image.text("AcquisitionDateTime") or image.text("AcquisitionTime")
    if image.text("Modality") != "CT" or image.text("IrradiationEventUID") or not is_timed:
        return None
    return f"{image.text('StudyInstanceUID')} {image.text('AcquisitionNumber')}"


def _is_computed(image: Attributes) -> bool:
    kinds = [kind.upper() for kind in image.texts("ImageType")]
    return bool(_COMPUTED & set(kinds[:2])) or "REFORMATTED" in kinds or "MPR" in kinds


def shot(image: Attributes) -> Shot:
    """The radiation of an image, from wherever its header says it."""
    details = _enhanced_ct(image) or image
    ma = _micro(image, "XRayTubeCurrent", "XRayTubeCurrentInuA")
    if ma is None:
        ma = _first(details, "XRayTubeCurrentInmA")
    scan_s = _milli(_micro(image, "ExposureTime", "ExposureTimeInuS"))
    if scan_s is None:
        scan_s = _milli(_first(details, "ExposureTimeInms"))
    dap = image.number("ImageAndFluoroscopyAreaDoseProduct")  # in dGy.cm2 (PS3.3 C.8.7.2)
    return Shot(
        _positive(_first(image, "KVP") or details.number("KVP")),
        _positive(ma),
        _positive(_mas(image, details, ma, scan_s)),
        scan_s if scan_s is not None and 0 < scan_s <= _LONGEST_S else None,
        None if dap is None or dap < 0 else float(f"{dap / 10:.9g}"),
        _z(image),
        _table_speed(image),
        _positive(_first(image, "RevolutionTime")),
    )


def _mas(
    image: Attributes, details: Attributes, ma: float | None, scan_s: float | None
) -> float | None:
    micro = image.number("ExposureInuAs")
    if micro:
        return micro / 1000
    whole = image.number("Exposure") or details.number("ExposureInmAs")
    if ma and scan_s and (not whole or abs(whole - ma * scan_s) < 1):
        return ma * scan_s  # the whole number is the same, rounded
    return whole


def _z(image: Attributes) -> float | None:
    position = image.numbers("ImagePositionPatient")
    return position[2] if len(position) == 3 else image.number("SliceLocation")


def _table_speed(image: Attributes) -> float | None:
    speed = _first(image, "TableSpeed")
    if speed:
        return _positive(speed)
    pitch, width = _first(image, "SpiralPitchFactor"), _first(image, "TotalCollimationWidth")
    rotation_s = _first(image, "RevolutionTime")
    if pitch and width and rotation_s and min(pitch, width, rotation_s) > 0:
        return pitch * width / rotation_s
    return None


def frequency(image: Attributes) -> Frequency | None:
    """Of the magnet: ImagingFrequency (MHz) with its digits, else TransmitterFrequency."""
    text = image.text("ImagingFrequency")
    mhz, step = image.number("ImagingFrequency"), resolution(text)
    if mhz and step and 1 < mhz < 1000:
        return Frequency(round(mhz * _MHZ, 3), float(f"{step * _MHZ:.6g}"))
    for item in (image, _modifier(image)):
        mhz = item.number("TransmitterFrequency")
        if mhz and 1 < mhz < 1000:
            return Frequency(round(mhz * _MHZ, 3), 0.001)
    return None


def software(image: Attributes) -> str:
    """All that SoftwareVersions says, in one line."""
    return " / ".join(version for version in image.texts("SoftwareVersions") if version)[:400]


def calibrated_at(image: Attributes, zone: tzinfo) -> int | None:
    """When the detector or the machine was last calibrated, UTC ms; of several, the last."""
    for part in ("LastDetectorCalibration", "LastCalibration"):
        days, times = image.texts(f"DateOf{part}"), image.texts(f"TimeOf{part}")
        times += ["000000"] * (len(days) - len(times))
        pairs = zip(days, times, strict=False)
        moments = [read_moment(day, time or "000000", zone) for day, time in pairs]
        known = [at for at in moments if at is not None]
        if known:
            return max(known)
    return None


def _shared(image: Attributes) -> Attributes:
    return image.item("SharedFunctionalGroupsSequence")


def _modifier(image: Attributes) -> Attributes:
    return _shared(image).item("MRImagingModifierSequence")


def _enhanced_ct(image: Attributes) -> Attributes | None:
    """The exposure of an enhanced CT, of its shared functional groups."""
    exposures = _shared(image).items("CTExposureSequence")
    return exposures[0] if exposures else None


def _first(image: Attributes, keyword: str) -> float | None:
    """From the header itself, else from the shared functional groups of an enhanced CT."""
    number = image.number(keyword)
    if number is not None:
        return number
    shared = _shared(image)
    for group in (
        "CTXRayDetailsSequence",
        "CTAcquisitionDetailsSequence",
        "CTTableDynamicsSequence",
    ):
        number = shared.item(group).number(keyword)
        if number is not None:
            return number
    return None


def _micro(image: Attributes, whole: str, micro: str) -> float | None:
    """The finer of two attributes: whole units, or millionths beside thousandths."""
    fine = image.number(micro)
    return fine / 1000 if fine else image.number(whole)


def _milli(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None
