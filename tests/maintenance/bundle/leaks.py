"""Looking for a planted text in every file of a bundle, names and packing included."""

import html
import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

ROOT = Path(__file__).parents[3]
DICOM = Path(os.environ.get("SCANWARD_SHARED", ROOT.parent / "shared" / "data")) / "dicom"

# Whoever or whatever examination it was. (PS3.15 Annex E, Basic Profile; the equipment's own
# identity, which the option Retain Device Identity keeps, is no patient's.)
IDENTIFYING = {
    *("PatientID", "PatientBirthDate", "AccessionNumber", "StudyID", "StudyDate", "SeriesDate"),
    *("ContentDate", "AcquisitionDate", "InstitutionName", "InstitutionAddress", "StationName"),
    *("InstitutionalDepartmentName", "StudyDescription", "ProtocolName", "PatientAge"),
    *("PerformedProcedureStepID", "PerformedProcedureStepDescription", "SOPInstanceUID"),
    *("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "RequestedProcedureID"),
    *("ScheduledProcedureStepID", "PatientComments", "OtherPatientIDs", "IssuerOfPatientID"),
}
OBSERVER = ("observer name", "physical location", "observer uid", "person name", "station ae")


def identifying_values(path: Path) -> set[str]:
    """Every value of an object that says whose it is, wherever in it it stands."""
    return {value for value in _values(pydicom.dcmread(path, force=True)) if len(value) > 2}


def _values(dataset: Dataset) -> Iterator[str]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _values(item)
        elif element.VR == "PN" or element.keyword in IDENTIFYING:
            yield from _texts(element.value)
    concept = dataset.get("ConceptNameCodeSequence")
    meaning = str(concept[0].get("CodeMeaning", "")).lower() if concept else ""
    if any(word in meaning for word in OBSERVER):
        for keyword in ("TextValue", "UID", "PersonName"):
            yield from _texts(dataset.get(keyword, ""))


def _texts(value: object) -> Iterator[str]:
    several = isinstance(value, Iterable) and not isinstance(
        value, str | pydicom.valuerep.PersonName
    )
    for one in value if several else [value]:  # type: ignore[attr-defined]
        if text := str(one).strip():
            yield text


def found(data: bytes, wanted: Iterable[str]) -> Counter[str]:
    """How often each text is in the bundle: its own bytes, every file's name and unpacked bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        places = [data, *(info.filename.encode() for info in archive.infolist())]
        bodies = [archive.read(name) for name in archive.namelist()]
        places += [*bodies, archive.comment]
    places += [html.unescape(body.decode("utf-8", "ignore")).encode() for body in bodies]
    small = [place.lower() for place in places]
    counts: Counter[str] = Counter()
    for text in wanted:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "cp1256"):
            needle = text.lower().encode(encoding, "ignore")
            if len(needle) >= 3:
                counts[text] += sum(place.count(needle) for place in small)
    return counts
