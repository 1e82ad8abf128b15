"""What happened to a device while something was measured, as charts show it. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from core.vocabulary.severity import Severity

MarkKind = Literal["alert", "event", "order", "downtime", "service"]
MOST_MARKS = 400  # more than a chart has room for; the newest of each kind are drawn


class ChartMark(NamedTuple):
    """A span or a moment with its words. Times are UTC milliseconds."""

    kind: MarkKind
    start: int
    end: int | None  # of a moment its start; None: it still goes on
    severity: Severity
    text: str
    metric: str = ""  # which an alert watches
    link: str = ""  # a page of it


def newest_marks(marks: Iterable[ChartMark]) -> list[ChartMark]:
    """At most so many of a kind as can be drawn, oldest first."""
    by_kind: dict[str, list[ChartMark]] = {}
    for mark in sorted(marks, key=lambda mark: mark.start):
        by_kind.setdefault(mark.kind, []).append(mark)
    newest = [mark for of_kind in by_kind.values() for mark in of_kind[-MOST_MARKS:]]
    return sorted(newest, key=lambda mark: mark.start)
