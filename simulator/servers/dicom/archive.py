"""What a small PACS knows of its series, and how it answers questions (PS3.4 annex C). In memory, pure."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

SERIES_KEYWORDS = (
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"),
    *("PatientName", "PatientID", "SeriesInstanceUID", "SeriesNumber", "SeriesDate", "SeriesTime"),
    *("Modality", "StationName", "DeviceSerialNumber", "Manufacturer", "ManufacturerModelName"),
    *("ProtocolName",),
)
LEVEL = "QueryRetrieveLevel"
RANGES = ("StudyDate", "StudyTime", "SeriesDate", "SeriesTime")
UNIQUE = ("StudyInstanceUID", "SeriesInstanceUID")
Row = Mapping[str, str]


@dataclass
class _Series:
    """The attributes of a series, and its objects by SOP instance UID."""

    attributes: dict[str, str]
    objects: set[str] = field(default_factory=set)


class ArchiveIndex:
    """The same object twice is one object. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[str, _Series] = {}

    def add(self, image: Dataset, uids: Iterable[str] = ()) -> None:
        """Note an object, or all of its series that have these UIDs. Nothing else of them is kept."""
        attributes = {name: _text(image, name) for name in SERIES_KEYWORDS}
        with self._lock:
            series = self._series.setdefault(image.SeriesInstanceUID, _Series(attributes))
            series.objects.update(uids or [str(image.SOPInstanceUID)])

    @property
    def object_count(self) -> int:
        """How many different objects it holds."""
        with self._lock:
            return sum(len(series.objects) for series in self._series.values())

    def find(self, question: Dataset) -> Iterator[Dataset]:
        """An answer for each study or series that matches, with the keys of the question."""
        keys = {keyword_for_tag(element.tag): _text_of(element.value) for element in question}
        level = keys.pop(LEVEL, "")
        with self._lock:
            rows = list(_studies(self._series) if level == "STUDY" else _rows(self._series))
        for row in rows:
            if all(_matches(name, row[name], key) for name, key in keys.items() if name in row):
                yield _answer(keys, level, row)


def _rows(series: Mapping[str, _Series]) -> Iterator[Row]:
    for own in series.values():
        yield {**own.attributes, "NumberOfSeriesRelatedInstances": str(len(own.objects))}


def _studies(series: Mapping[str, _Series]) -> Iterator[Row]:
    by_study: dict[str, list[_Series]] = {}
    for own in series.values():
        by_study.setdefault(own.attributes["StudyInstanceUID"], []).append(own)
    for members in by_study.values():
        # A report's series says SR and comes last: the first is a scanner's.
        first = members[0].attributes
        yield {
            **{name: first[name] for name in SERIES_KEYWORDS if not name.startswith("Series")},
            "ModalitiesInStudy": "\\".join(
                _distinct(own.attributes["Modality"] for own in members)
            ),
            "NumberOfStudyRelatedSeries": str(len(members)),
            "NumberOfStudyRelatedInstances": str(sum(len(own.objects) for own in members)),
        }


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _matches(name: str, value: str, key: str) -> bool:
    """Universal, list of UID, range, wild card and single value matching (PS3.4 C.2.2.2)."""
    if not key or key == "*":
        return True
    if name in UNIQUE:
        return value in key.split("\\")
    if name in RANGES and "-" in key:
        low, _, high = key.partition("-")
        return low <= value and (not high or value[: len(high)] <= high)
    if name in RANGES:
        return value.startswith(key)
    if key.endswith("*"):
        return value.startswith(key[:-1])
    return bool(set(key.split("\\")) & set(value.split("\\")))


def _answer(keys: Iterable[str], level: str, row: Row) -> Dataset:
    answer = Dataset()
    answer.QueryRetrieveLevel = level
    for name in keys:
        if name:
            setattr(answer, name, row.get(name, "").split("\\") if name in row else None)
    return answer


def _text(image: Dataset, name: str) -> str:
    return _text_of(image.get(name))


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "\\".join(map(str, value))
