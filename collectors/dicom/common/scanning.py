"""When a scanner was running, and when somebody lay on its table, out of its series. Pure.

A PACS mostly says when a series began and not when it ended. Then it is taken to end when the next of
the same study begins, if that is soon; the last of a study has no length. So both are rather too short.
"""

from collections.abc import Sequence
from itertools import pairwise

from core.time.clock import MINUTE
from core.time.covered_hours import Interval, union
from storage.examinations.entries import SeriesEntry, StepEntry

# Our defaults, no source: a series without an end that lasts longer is not believed, nor one with;
# who lies longer between two series of a study has been off the table.
LONGEST_UNTIL_NEXT = 10 * MINUTE
LONGEST_SERIES = 120 * MINUTE
LONGEST_PAUSE = 15 * MINUTE
LONGEST_STEP = 240 * MINUTE


def scanning(series: Sequence[SeriesEntry]) -> list[Interval]:
    """When series ran, in order, without overlap."""
    by_study: dict[bytes, list[SeriesEntry]] = {}
    for own in series:
        by_study.setdefault(own.study, []).append(own)
    spans: list[Interval] = []
    for entries in by_study.values():
        entries.sort(key=lambda own: own.began_at)
        followed = pairwise([*entries, entries[-1]])
        spans += [_span(own, following.began_at) for own, following in followed]
    return union(spans)


def occupied(series: Sequence[SeriesEntry], steps: Sequence[StepEntry]) -> list[Interval]:
    """When somebody lay on the table: of each study its series and the short pauses between them."""
    by_study: dict[bytes, list[SeriesEntry]] = {}
    for own in series:
        by_study.setdefault(own.study, []).append(own)
    spans = [
        (step.began_at, step.ended_at)
        for step in steps
        if step.ended_at is not None and step.ended_at - step.began_at <= LONGEST_STEP
    ]
    for entries in by_study.values():
        own_spans = scanning(entries)
        moments = sorted({*(at for span in own_spans for at in span), *_begins(entries)})
        spans += own_spans
        spans += [pair for pair in pairwise(moments) if pair[1] - pair[0] <= LONGEST_PAUSE]
    return union(spans)


def _begins(entries: Sequence[SeriesEntry]) -> list[int]:
    return [own.began_at for own in entries]


def _span(own: SeriesEntry, next_began: int) -> Interval:
    if own.began_at < own.ended_at <= own.began_at + LONGEST_SERIES:
        return own.began_at, own.ended_at
    if next_began - own.began_at <= LONGEST_UNTIL_NEXT:
        return own.began_at, next_began
    return own.began_at, own.began_at
