"""C-FIND: the studies of a day, then the series of each that has changed; over one association a round."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from collectors.dicom.archive.asking import (
    MOST_MISDATED,
    Answers,
    AskedRows,
    DayPart,
    DeclinedPartError,
    Question,
    is_within,
    whole,
)
from collectors.dicom.archive.attributes import SERIES, STUDY, Attributes
from collectors.dicom.common.association import OpenAssociation, associated
from collectors.dicom.common.failures import DeclinedError
from collectors.dicom.common.line import Line
from collectors.dicom.common.peer import Peer
from core.schema.sources.pacs import PacsSource

STUDY_ROOT = "1.2.840.10008.5.1.4.1.2.2.1"  # Study Root Query/Retrieve, FIND


class FindArchive:
    """A PACS that answers C-FIND."""

    def __init__(self, entry: PacsSource, calling: str) -> None:
        assert entry.host is not None
        assert entry.ae_title is not None
        titles = (entry.ae_title, entry.calling or calling)
        self._peer = Peer(entry.host, entry.port, *titles, entry.timeout / 1000, entry.tls)
        self._has_series_level = entry.level == "series"
        self._line = Line()

    def cut(self) -> None:
        """From another thread: end the association."""
        self._line.cut()

    def query(self, question: Question) -> Iterator[AskedRows]:
        """A study at a time; a day whose studies did not come is not passed over."""
        with associated(self._peer, [STUDY_ROOT], self._line) as association:
            for day in question.days:
                studies = whole(partial(self._studies, association, day), question.doubts)
                for uid, study in studies.items():
                    if not question.is_news(study):
                        continue
                    if self._has_series_level:
                        yield AskedRows(self._series(association, uid, study, question))
                    else:
                        yield AskedRows([study])
            for dates in question.misdated:
                yield AskedRows(self._misdated(association, dates))

    def _misdated(self, association: OpenAssociation, dates: str) -> list[Attributes]:
        query = _query("STUDY", STUDY)
        query.StudyDate = dates
        rows: list[Attributes] = []
        with suppress(DeclinedError):  # it does not know ranges
            for match in association.find(query, STUDY_ROOT):
                row = _attributes(match, STUDY)
                if len(rows) < MOST_MISDATED and is_within(row, dates):
                    rows.append(row)
        return rows

    def _studies(self, association: OpenAssociation, day: str, span: DayPart) -> Answers:
        query = _query("STUDY", STUDY)
        query.StudyDate = day
        query.StudyTime = span.times
        rows: dict[str, Attributes] = {}
        try:
            for match in association.find(query, STUDY_ROOT):
                row = _attributes(match, STUDY)
                rows[row.get("StudyInstanceUID", f"without a UID {len(rows)}")] = row
        except DeclinedError as error:
            if not rows and span.end - span.first <= 1:
                raise DeclinedPartError(str(error)) from None
            return Answers(rows, is_limited=True)
        return Answers(rows, is_limited=False)

    def _series(
        self, association: OpenAssociation, uid: str, study: Attributes, question: Question
    ) -> list[Attributes]:
        query = _query("SERIES", SERIES)
        query.StudyInstanceUID = uid
        try:
            matches = list(association.find(query, STUDY_ROOT))
        except DeclinedError as error:
            question.doubts.append(
                f"{error}, asked for the series of a study; if it never answers for series, set `level: study`"
            )
            return []
        rows = [{**study, **_attributes(match, SERIES)} for match in matches]
        return [self._with_images(association, row) for row in rows]

    def _with_images(self, association: OpenAssociation, row: Attributes) -> Attributes:
        """Where it does not say how many images a series has (dcmqrscp), they are counted."""
        if "NumberOfSeriesRelatedInstances" in row or "SeriesInstanceUID" not in row:
            return row
        query = _query("IMAGE", ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"))
        query.StudyInstanceUID = row["StudyInstanceUID"]
        query.SeriesInstanceUID = row["SeriesInstanceUID"]
        try:
            images = sum(1 for _ in association.find(query, STUDY_ROOT))
        except DeclinedError:
            return row
        return {**row, "NumberOfSeriesRelatedInstances": str(images)}


def _query(level: str, keys: Iterable[str]) -> Dataset:
    query = Dataset()
    query.QueryRetrieveLevel = level
    for keyword in keys:
        setattr(query, keyword, "")
    return query


def _attributes(match: Dataset, keys: Iterable[str]) -> Attributes:
    """Only what was asked for is read, whatever else a PACS sends along; what is empty is absent."""
    values = {keyword: _text(match, keyword) for keyword in keys}
    return {keyword: text for keyword, text in values.items() if text}


def _text(match: Dataset, keyword: str) -> str:
    try:
        value = match.get(keyword)
    except Exception:  # noqa: BLE001  pydicom raises what its converters do; its text may quote the value
        return ""
    parts = value if isinstance(value, MultiValue) else [value]
    return "\\".join(str(part) for part in parts if part is not None).strip("\0 ")
