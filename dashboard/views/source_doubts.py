"""What is doubtful about a source that answers: its clock, its probes, the keys that it uses. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from core.readings import DEVICE_CLOCK, NOT_UNDERSTOOD, UNDERSTOOD, UNKNOWN_PROBE, Event


class SourceDoubt(NamedTuple):
    """One doubt about the source whose `up` has this component."""

    component: str
    kind: str
    detail: str  # keys, a probe, or how far the clock is off


def source_doubts(events: Iterable[Event]) -> list[SourceDoubt]:
    """The doubts that still hold. `events` come newest first: a later one ends an earlier."""
    newest: dict[tuple[str, str, str], SourceDoubt | None] = {}
    for event in events:
        detail = event.code if event.kind == DEVICE_CLOCK else event.text.partition(": ")[2]
        kind = NOT_UNDERSTOOD if event.kind == UNDERSTOOD else event.kind
        is_over = event.kind == UNDERSTOOD or (kind == DEVICE_CLOCK and not event.code)
        # Of each probe by itself; of clock and keys only the last word counts.
        subject = detail if kind == UNKNOWN_PROBE else ""
        doubt = None if is_over else SourceDoubt(event.component, kind, detail)
        newest.setdefault((event.component, kind, subject), doubt)
    return [doubt for doubt in newest.values() if doubt is not None]
