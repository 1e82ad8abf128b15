"""The content tree of a structured report: concepts by code value and scheme, never by meaning. Pure."""

from collections.abc import Iterator

from collectors.dicom.common.attributes import read_decimal
from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.ucum import to_unit

DCM = "DCM"  # the scheme of PS3.16 annex D


def code(item: Attributes, scheme: str = DCM) -> str:
    """The value of a code of this scheme; empty for one of another."""
    if item.text("CodingSchemeDesignator").upper() != scheme:
        return ""
    return item.text("CodeValue") or item.text("LongCodeValue")


class ContentItem:
    """A container of a report, and what stands directly in it."""

    def __init__(self, attributes: Attributes) -> None:
        self._children: dict[str, list[Attributes]] = {}
        for child in attributes.items("ContentSequence"):
            concept = code(child.item("ConceptNameCodeSequence"))
            if concept:
                self._children.setdefault(concept, []).append(child)

    def containers(self, concept: str) -> "Iterator[ContentItem]":
        """The children of this concept, with what stands in them."""
        return (ContentItem(child) for child in self._children.get(concept, ()))

    def numbers(self, concept: str, unit: str, unknown: set[str]) -> list[float]:
        """Its measured values in `unit`. What has another unit goes, as a code, to `unknown`."""
        return [
            value for item in self.items(concept) for value in self.values_of(item, unit, unknown)
        ]

    def items(self, concept: str) -> list[Attributes]:
        """The children of this concept, as they are."""
        return self._children.get(concept, [])

    def values_of(self, item: Attributes, unit: str, unknown: set[str]) -> list[float]:
        """The measured values of a child in `unit`."""
        values = []
        for measured in item.items("MeasuredValueSequence"):
            number = read_decimal(measured.text("NumericValue"))
            units = measured.item("MeasurementUnitsCodeSequence").text("CodeValue")
            if number is None:
                continue
            value = to_unit(number, units, unit)
            if value is None:
                unknown.add(units[:16])
            elif value >= 0:
                values.append(value)
        return values

    def number(self, concept: str, unit: str, unknown: set[str]) -> float | None:
        """Its first measured value."""
        return next(iter(self.numbers(concept, unit, unknown)), None)

    def coded(self, concept: str) -> str:
        """The value of a coded child."""
        children = self._children.get(concept, ())
        return next((code(child.item("ConceptCodeSequence")) for child in children), "")

    def text(self, concept: str) -> str:
        """Of a text that names a device: the only texts that are read."""
        children = self._children.get(concept, ())
        return next((child.text("TextValue") for child in children), "")

    def uid(self, concept: str) -> str:
        """Of a UID reference; some write it as a text."""
        children = self._children.get(concept, ())
        return next((child.text("UID") or child.text("TextValue") for child in children), "")

    def date_time(self, concept: str) -> str:
        """A date and time as it is written."""
        children = self._children.get(concept, ())
        return next((child.text("DateTime") for child in children), "")
