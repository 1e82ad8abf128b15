"""What is asked of a PACS, and nothing else: keyword, tag, and whether it is of the study. Pure."""

from collections.abc import Iterable, Mapping

Attributes = Mapping[str, str]  # by keyword; what did not come is absent

STUDY: Mapping[str, str] = {
    "StudyInstanceUID": "0020000D",
    "StudyDate": "00080020",
    "StudyTime": "00080030",
    "ModalitiesInStudy": "00080061",
    "NumberOfStudyRelatedSeries": "00201206",
    "NumberOfStudyRelatedInstances": "00201208",
    "TimezoneOffsetFromUTC": "00080201",
}
SERIES: Mapping[str, str] = {
    "SeriesInstanceUID": "0020000E",
    "Modality": "00080060",
    "SeriesDate": "00080021",
    "SeriesTime": "00080031",
    "PerformedProcedureStepStartDate": "00400244",
    "PerformedProcedureStepStartTime": "00400245",
    "PerformedProcedureStepEndDate": "00400250",
    "PerformedProcedureStepEndTime": "00400251",
    "PerformedStationAETitle": "00400241",
    "StationName": "00081010",
    "DeviceSerialNumber": "00181000",
    "NumberOfSeriesRelatedInstances": "00201209",
    "TimezoneOffsetFromUTC": "00080201",
}
# Series that are no images of a scan (PS3.3 C.7.3.1.1.1): reports, states of a screen, plans, what is drawn on images.
NO_IMAGES = frozenset(
    ("SR", "PR", "KO", "DOC", "AU", "PLAN", "REG", "FID", "SEG", "RWV", "ANN", "ASMT", "SMR", "TEXTUREMAP",
     "RTDOSE", "RTPLAN", "RTRECORD", "RTSTRUCT")
)  # fmt: skip
# Beside DICOM's: who sent the first image to Orthanc, and when its last image was made, if it knows.
SENT_BY, LAST_DATE, LAST_TIME = "RemoteAET", "InstanceCreationDate", "InstanceCreationTime"


def number(text: str | None) -> int | None:
    """Of an IS; None if it is none."""
    try:
        value = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return value if value >= 0 else None


def first(values: Iterable[str]) -> str:
    """Of what may have several values, the first that is not empty."""
    return next((value for value in values if value.strip()), "")
