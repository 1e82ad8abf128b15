"""QIDO-RS (PS3.18 10.6): the series of a day, page by page.

A server may answer fewer than it was asked for and say so only in a header, or not at all: a page that is
empty is the end, and one that brings nothing new means that it knows no pages. Then the day is divided.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

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
from collectors.dicom.archive.rest import RestClient, StatusError
from core.errors import SourceError
from core.schema.sources.pacs import PacsSource

PAGE = 500  # rows; Orthanc's default limit is more, dcm4chee's none
_KEYS: Mapping[str, str] = {**STUDY, **SERIES}
_NOT_OFFERED = (400, 404, 405, 501)
_ACCEPT = "application/dicom+json, application/json;q=0.5"


class QidoArchive:
    """A PACS that has DICOMweb."""

    def __init__(self, entry: PacsSource) -> None:
        self._client = RestClient(entry)
        self._has_all_series = True
        self._takes_fields = True

    def cut(self) -> None:
        """From another thread: end it."""
        self._client.cut()

    def query(self, question: Question) -> Iterator[AskedRows]:
        """A page of series at a time, or the series of a study where it has no search over all."""
        try:
            for day in question.days:
                yield from self._day(day, question)
            for dates in question.misdated:
                yield AskedRows(self._misdated(dates))
        finally:
            self._client.close()

    def _misdated(self, dates: str) -> list[Attributes]:
        query = {"StudyDate": dates, "includefield": ",".join(STUDY.values())}
        try:
            answer = self._client.get("studies", accept=_ACCEPT, limit=str(MOST_MISDATED), **query)
        except StatusError:
            return []  # it does not know ranges
        rows = [row for row in _rows(answer.content) if is_within(row, dates)]
        return rows[:MOST_MISDATED]

    def _day(self, day: str, question: Question) -> Iterator[AskedRows]:
        if self._has_all_series:
            try:
                rows = whole(partial(self._paged, ("series",), SERIES, day), question.doubts)
            except StatusError as error:
                if error.status not in _NOT_OFFERED:
                    raise
                self._has_all_series = False
            else:
                yield AskedRows(list(rows.values()))
                return
        studies = whole(partial(self._paged, ("studies",), STUDY, day), question.doubts)
        for uid, study in studies.items():
            if question.is_news(study):
                answers = self._paged(("studies", uid, "series"), SERIES, None, DayPart())
                yield AskedRows([{**study, **row} for row in answers.rows.values()])

    def _paged(
        self, path: Sequence[str], keys: Mapping[str, str], day: str | None, span: DayPart
    ) -> Answers:
        query = {} if day is None else {"StudyDate": day}
        if span.times:
            query["StudyTime"] = span.times
        if self._takes_fields:
            query["includefield"] = ",".join(_KEYS.values())
        own_key = "SeriesInstanceUID" if keys is SERIES else "StudyInstanceUID"
        rows: dict[str, Attributes] = {}
        while True:
            paging = {"limit": str(PAGE), "offset": str(len(rows))}
            try:
                answer = self._client.get(*path, accept=_ACCEPT, **query, **paging)
            except StatusError as error:
                if error.status == 400 and query.pop("includefield", ""):
                    self._takes_fields = False  # some refuse what they do not know
                    continue
                if span != DayPart() and error.status in _NOT_OFFERED:
                    raise DeclinedPartError(str(error)) from None
                raise
            page = _rows(answer.content)
            known = len(rows)
            rows.update(
                {row.get(own_key, f"without a UID {index}"): row for index, row in enumerate(page)}
            )
            if not page or (known == 0 and len(page) > PAGE):  # it knows no limit, so that was all
                return Answers(rows, is_limited=False)
            if len(rows) == known:
                return Answers(rows, is_limited=answer.is_limited)


def _rows(content: object) -> list[Attributes]:
    """DICOM JSON (PS3.18 F); an empty answer, a single object and empty values are met in the field."""
    if content is None:
        return []
    objects = content if isinstance(content, list) else [content]
    items = [item for item in objects if isinstance(item, dict)]
    if len(items) < len(objects):
        raise SourceError("it answers with JSON that is no DICOM: check `url`", permanent=True)
    return [_attributes(item) for item in items]


def _attributes(item: Mapping[str, object]) -> Attributes:
    texts = {
        keyword: _text(item.get(tag) or item.get(tag.lower())) for keyword, tag in _KEYS.items()
    }
    return {keyword: text for keyword, text in texts.items() if text}


def _text(element: object) -> str:
    values = element.get("Value") if isinstance(element, dict) else None
    parts = values if isinstance(values, list) else [values]
    return "\\".join(str(part) for part in parts if isinstance(part, str | int | float)).strip(
        "\0 "
    )
