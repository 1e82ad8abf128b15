"""What the three ways to ask a PACS have in common, and how a day is divided that is too much for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from collectors.dicom.archive.attributes import Attributes
from core.errors import SourceError

FROM_NEWEST = 0  # a cursor below it is counted back from the newest change of a feed
_MINUTES = 24 * 60
# A number of answers that a limit may have made: 10, 50, 200. Asking twice for nothing is cheap.
_ROUND = 10


class AskedRows(NamedTuple):
    """Some rows, and how far the feed has been read with them; None: it is no feed."""

    rows: Sequence[Attributes]
    cursor: int | None = None


@dataclass
class Question:
    """One round: the days to be asked for, or from where on to read the feed."""

    days: Sequence[str]  # as a DA matches them: 20260303
    misdated: Sequence[str] = ()  # ranges in which no study can be, `20260307-`: only counted
    cursor: int = 0
    # Of a study's row: has anything changed since the last round, so that its series are worth asking?
    is_news: Callable[[Attributes], bool] = lambda _: True
    doubts: list[str] = field(default_factory=list)  # what did not come; the rest did


MOST_MISDATED = 1000  # studies; a PACS that does not know ranges answers all that it has


def is_within(row: Attributes, dates: str) -> bool:
    """Is the date of the study in the range, which is open on one side?"""
    day = row.get("StudyDate", "").replace(".", "")
    return day >= dates[:-1] if dates.endswith("-") else "" < day <= dates[1:]


class DeclinedPartError(SourceError):
    """It does not answer for so short a time."""


class Archive(Protocol):
    """A PACS. All of it blocks."""

    def query(self, question: Question) -> Iterator[AskedRows]:
        """Every series that is asked for, some at a time. SourceError: not all of them came."""

    def cut(self) -> None:
        """From another thread: end it."""


class Answers(NamedTuple):
    """Rows by the UID that tells them apart, and whether there may be more."""

    rows: dict[str, Attributes]
    is_limited: bool


class DayPart(NamedTuple):
    """A part of a day, minutes after its midnight."""

    first: int = 0
    end: int = _MINUTES

    @property
    def times(self) -> str:
        """As a range of TM; empty for the whole day, so that studies without an hour are in it."""
        if self == DayPart():
            return ""
        last = self.end - 1
        return f"{_hhmm(self.first)}00-{_hhmm(last)}59.999999"


def whole(
    query: Callable[[DayPart], Answers],
    doubts: list[str],
    span: DayPart | None = None,
    answers: Answers | None = None,
) -> dict[str, Attributes]:
    """All rows of the span, by halving it for as long as there may be more than came.

    What a limit hides within one minute, or of a PACS that does not look at hours, is a doubt.
    """
    span = span or DayPart()
    answers = answers or query(span)
    if not answers.is_limited and (not answers.rows or len(answers.rows) % _ROUND):
        return answers.rows
    if span.end - span.first <= 1:
        doubts.append(f"perhaps more within a minute than it answers at once ({len(answers.rows)})")
        return answers.rows
    middle = (span.first + span.end) // 2
    morning, evening = DayPart(span.first, middle), DayPart(middle, span.end)
    try:
        early, late = query(morning), query(evening)
        if early.rows.keys() & late.rows.keys():  # it does not look at hours
            if answers.is_limited:
                doubts.append(f"it answers {len(answers.rows)} at once, and not by the hour")
            return {**answers.rows, **early.rows, **late.rows}
        rest = {**whole(query, doubts, morning, early), **whole(query, doubts, evening, late)}
    except DeclinedPartError:
        if answers.is_limited:
            raise
        return answers.rows  # it answers for days and not for hours; that was all, most likely
    return {**answers.rows, **rest}


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02}{minute % 60:02}"
