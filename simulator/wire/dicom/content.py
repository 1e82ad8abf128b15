"""Content items of structured reports (PS3.3 C.17.3)."""

from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence

Code = tuple[str, str, str]  # value, scheme, meaning


def coded(code: Code) -> Dataset:
    """One item of a code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def item(value_type: str, name: Code, relation: str = "CONTAINS") -> Dataset:
    """A content item without its value."""
    content = Dataset()
    content.RelationshipType = relation
    content.ValueType = value_type
    content.ConceptNameCodeSequence = DicomSequence([coded(name)])
    return content


def number(name: Code, value: float, unit: str) -> Dataset:
    """A measured value; `unit` is its UCUM code."""
    content = item("NUM", name)
    measured = Dataset()
    measured.NumericValue = f"{value:.6g}"
    measured.MeasurementUnitsCodeSequence = DicomSequence([coded((unit, "UCUM", unit))])
    content.MeasuredValueSequence = DicomSequence([measured])
    return content


def chosen(name: Code, value: Code, relation: str = "CONTAINS") -> Dataset:
    """A value out of a list."""
    content = item("CODE", name, relation)
    content.ConceptCodeSequence = DicomSequence([coded(value)])
    return content


def unique(name: Code, uid: str) -> Dataset:
    """A UID."""
    content = item("UIDREF", name)
    content.UID = uid
    return content


def moment(name: Code, stamp: str) -> Dataset:
    """A date and time."""
    content = item("DATETIME", name)
    content.DateTime = stamp
    return content


def words(name: Code, text: str) -> Dataset:
    """Free text."""
    content = item("TEXT", name)
    content.TextValue = text
    return content


def container(name: Code, contents: Sequence[Dataset]) -> Dataset:
    """What holds others."""
    content = item("CONTAINER", name)
    content.ContinuityOfContent = "SEPARATE"
    content.ContentSequence = DicomSequence(contents)
    return content
