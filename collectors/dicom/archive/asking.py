"""What the three ways to ask a PACS have in common, and how a day is divided that is too much for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
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

    days: Sequence[date]
    cursor: int = 0
    # Of a study's row: has anything changed since the last round, so that its series are worth asking?
    is_news: Callable[[Attributes], bool] = lambda _: True
    doubts: list[str] = field(default_factory=list)  # what did not come; the rest did


class DeclinedPartError(SourceError):
    """It does not answer for so short a time."""


class Archive(Protocol):
    """A PACS. All of it blocks."""

    def ask(self, question: Question) -> Iterator[AskedRows]:
        """Every series that is asked for, some at a time. SourceError: not all of them came."""

    def cut(self) -> None:
        """From another thread: end it."""


class Answers(NamedTuple):
    """Rows by the UID that tells them apart, and whether there may be more."""

    rows: dict[str, Attributes]
    is_limited: bool


class Span(NamedTuple):
    """A part of a day, minutes after its midnight."""

    first: int = 0
    end: int = _MINUTES

    @property
    def times(self) -> str:
        """As a range of TM; empty for the whole day, so that studies without an hour are in it."""
        if self == Span():
            return ""
        last = self.end - 1
        return f"{_hhmm(self.first)}00-{_hhmm(last)}59.999999"


def whole(
    ask: Callable[[Span], Answers], doubts: list[str], span: Span | None = None
) -> dict[str, Attributes]:
    """All rows of the span, by halving it for as long as there may be more than came.

    What a limit hides within one minute is a doubt.
    """
    span = span or Span()
    answers = ask(span)
    is_suspicious = answers.is_limited or (answers.rows and len(answers.rows) % _ROUND == 0)
    if not is_suspicious:
        return answers.rows
    if span.end - span.first <= 1:
        doubts.append(f"perhaps more within a minute than it answers at once ({len(answers.rows)})")
        return answers.rows
    middle = (span.first + span.end) // 2
    rows = dict(answers.rows)
    for half in (Span(span.first, middle), Span(middle, span.end)):
        try:
            rows.update(whole(ask, doubts, half))
        except DeclinedPartError:
            if answers.is_limited:
                raise
            break  # it answers for days and not for hours; what came for the day was all, most likely
    return rows


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02}{minute % 60:02}"
