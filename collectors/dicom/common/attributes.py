"""The attributes that Scanward ever reads, and their values. All else of a dataset is passed over.

Nothing of the patient's module stands here. `PatientID` and `ProtocolName` are in PHANTOM_ONLY: they are
compared with what the site file names as phantoms, and only where it names any.
"""

import re
from collections.abc import Mapping, Sequence

# keyword: (tag, VR). The VR is what Implicit VR Little Endian does not say.
ALLOWED: Mapping[str, tuple[int, str]] = {
    "ImageType": (0x00080008, "CS"),
    "SOPClassUID": (0x00080016, "UI"),
    "SOPInstanceUID": (0x00080018, "UI"),
    "StudyDate": (0x00080020, "DA"),
    "SeriesDate": (0x00080021, "DA"),
    "AcquisitionDate": (0x00080022, "DA"),
    "ContentDate": (0x00080023, "DA"),
    "AcquisitionDateTime": (0x0008002A, "DT"),
    "StudyTime": (0x00080030, "TM"),
    "SeriesTime": (0x00080031, "TM"),
    "AcquisitionTime": (0x00080032, "TM"),
    "ContentTime": (0x00080033, "TM"),
    "Modality": (0x00080060, "CS"),
    "CodeValue": (0x00080100, "SH"),
    "CodingSchemeDesignator": (0x00080102, "SH"),
    "LongCodeValue": (0x00080119, "UC"),
    "URNCodeValue": (0x00080120, "UR"),
    "TimezoneOffsetFromUTC": (0x00080201, "SH"),
    "StationName": (0x00081010, "SH"),
    "ReferencedImageSequence": (0x00081140, "SQ"),
    "ReferencedSOPInstanceUID": (0x00081155, "UI"),
    "IrradiationEventUID": (0x00083010, "UI"),
    "ScanOptions": (0x00180022, "CS"),
    "KVP": (0x00180060, "DS"),
    "ImagingFrequency": (0x00180084, "DS"),
    "DeviceSerialNumber": (0x00181000, "LO"),
    "SoftwareVersions": (0x00181020, "LO"),
    "ExposureTime": (0x00181150, "IS"),
    "XRayTubeCurrent": (0x00181151, "IS"),
    "Exposure": (0x00181152, "IS"),
    "ExposureInuAs": (0x00181153, "IS"),
    "ImageAndFluoroscopyAreaDoseProduct": (0x0018115E, "DS"),
    "CompressionForce": (0x001811A2, "DS"),
    "DateOfLastCalibration": (0x00181200, "DA"),
    "TimeOfLastCalibration": (0x00181201, "TM"),
    "DetectorTemperature": (0x00187001, "DS"),
    "DateOfLastDetectorCalibration": (0x0018700C, "DA"),
    "TimeOfLastDetectorCalibration": (0x0018700E, "TM"),
    "ExposureTimeInuS": (0x00188150, "DS"),
    "XRayTubeCurrentInuA": (0x00188151, "DS"),
    "TransmitterFrequency": (0x00189098, "FD"),
    "AcquisitionType": (0x00189302, "CS"),
    "RevolutionTime": (0x00189305, "FD"),
    "TotalCollimationWidth": (0x00189307, "FD"),
    "TableSpeed": (0x00189309, "FD"),
    "SpiralPitchFactor": (0x00189311, "FD"),
    "StudyInstanceUID": (0x0020000D, "UI"),
    "SeriesInstanceUID": (0x0020000E, "UI"),
    "AcquisitionNumber": (0x00200012, "IS"),
    "SliceLocation": (0x00201041, "DS"),
    "ImagePositionPatient": (0x00200032, "DS"),
    "ValueType": (0x0040A040, "CS"),
    "ConceptNameCodeSequence": (0x0040A043, "SQ"),
    "MeasurementUnitsCodeSequence": (0x004008EA, "SQ"),
    "ConceptCodeSequence": (0x0040A168, "SQ"),
    "MeasuredValueSequence": (0x0040A300, "SQ"),
    "NumericValue": (0x0040A30A, "DS"),
    "DateTime": (0x0040A120, "DT"),
    "UID": (0x0040A124, "UI"),
    "TextValue": (0x0040A160, "UT"),  # only of DEVICE_TEXTS in a dose report (dose_report.py)
    "ContentSequence": (0x0040A730, "SQ"),
    "PerformedStationAETitle": (0x00400241, "AE"),
    "PerformedStationName": (0x00400242, "SH"),
    "PerformedProcedureStepStartDate": (0x00400244, "DA"),
    "PerformedProcedureStepStartTime": (0x00400245, "TM"),
    "PerformedProcedureStepEndDate": (0x00400250, "DA"),
    "PerformedProcedureStepEndTime": (0x00400251, "TM"),
    "PerformedProcedureStepStatus": (0x00400252, "CS"),
    "ScheduledStepAttributesSequence": (0x00400270, "SQ"),
    "PerformedSeriesSequence": (0x00400340, "SQ"),
    "SharedFunctionalGroupsSequence": (0x52009229, "SQ"),
    "CTExposureSequence": (0x00189321, "SQ"),
    "CTXRayDetailsSequence": (0x00189325, "SQ"),
    "CTAcquisitionTypeSequence": (0x00189301, "SQ"),
    "CTAcquisitionDetailsSequence": (0x00189304, "SQ"),
    "CTTableDynamicsSequence": (0x00189308, "SQ"),
    "MRImagingModifierSequence": (0x00189006, "SQ"),
    "ExposureTimeInms": (0x00189328, "FD"),
    "XRayTubeCurrentInmA": (0x00189330, "FD"),
    "ExposureInmAs": (0x00189332, "FD"),
}  # fmt: skip
PHANTOM_ONLY: Mapping[str, tuple[int, str]] = {
    "PatientID": (0x00100020, "LO"),
    "ProtocolName": (0x00181030, "LO"),
}
SPECIFIC_CHARACTER_SET = 0x00080005
PIXEL_DATA = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))

_BLANK = " \t\r\n\0"
# A decimal comma is wrong and seen; `1,234` may be a thousand and is refused.
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_WITH_COMMA = re.compile(r"([+-]?\d+),(\d{1,2}|\d{4,})")
_LONGEST = 32  # characters of a number; DS may have 16


def read_decimals(text: str) -> list[float | None]:
    """The numbers of a DS or IS; None for each value that is empty or no number."""
    return [read_decimal(value) for value in text.split("\\")]


def read_decimal(text: str) -> float | None:
    """The number in a single value, however it is padded."""
    plain = text.strip(_BLANK)
    if len(plain) > _LONGEST:
        return None
    if comma := _WITH_COMMA.fullmatch(plain):
        plain = f"{comma[1]}.{comma[2]}"
    if not _DECIMAL.fullmatch(plain) or not plain.isascii():
        return None
    number = float(plain)
    return number if abs(number) < 1e15 else None


def resolution(text: str) -> float | None:
    """By what the last digit of a decimal counts: 1e-06 of `63.687936`, 0.0001 of `6.36978e+01`."""
    mantissa, _, exponent = text.strip(_BLANK).lower().partition("e")
    digits = mantissa.partition(".")[2]
    if read_decimal(text) is None:
        return None
    return float(f"1e{int(exponent or 0) - len(digits)}")


def first_text(values: Sequence[str]) -> str:
    """The first value that is not empty."""
    return next((value for value in values if value), "")
