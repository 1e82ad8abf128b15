"""What was done and told before, by its words: orders and tickets from their index, events by looking through them.

Events lie in the store of series, by the million; an index there would cost every append. Of each device the
newest MOST_EVENTS of a year are looked through, and of these only warnings and worse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.readings import Event
from core.text.search_words import Term, words_in
from core.time.clock import DAY
from core.vocabulary.search import SearchKind
from core.vocabulary.severity import Severity
from core.vocabulary.tickets import TicketState
from core.vocabulary.work_orders import OrderState
from maintenance.knowledge.excerpt import excerpt, holds
from storage.records import search as search_rows
from storage.records.search_source import search_sources
from storage.series.store import SeriesStore

EVENTS_BACK = 365 * DAY
MOST_EVENTS = 2_000  # of a device, that are looked through: a few milliseconds
LOUD: tuple[Severity, ...] = ("warning", "error", "critical")


@dataclass(frozen=True, slots=True)
class WorkMatch:
    """An order or ticket that holds every word of a question."""

    kind: SearchKind
    id: int
    device: str
    at: int  # UTC ms, when it was opened
    title: str
    state: OrderState | TicketState
    excerpt: str  # of what was written in it, around the words


@dataclass(frozen=True, slots=True)
class EventMatch:
    """What a device told, and how often in the same words."""

    newest: Event
    count: int


def matching_work(
    db: Session, terms: Sequence[Term], device: str | None, count: int
) -> list[WorkMatch]:
    """Those with every word in the title first, each the newest first."""
    hits = search_rows.search(db, terms, device=device, count=count)
    written = {
        (source.kind, source.number): source
        for kind in ("order", "ticket")
        for source in search_sources(
            db.connection(), kind, [hit.row_id for hit in hits if hit.kind == kind]
        )
    }
    matches = []
    for hit in hits:
        source = written.get((hit.kind, hit.row_id))
        if source is not None:  # else it was deleted behind our back
            part = excerpt(source.shown, terms)
            matches.append(
                WorkMatch(
                    hit.kind, hit.row_id, hit.device, hit.at, source.title, source.state, part
                )
            )
    return matches


def loud_events(store: SeriesStore, device: str, now: int) -> list[Event]:
    """What can be searched of a device's events, newest first."""
    events = store.events(device, now - EVENTS_BACK, now + DAY, MOST_EVENTS)
    return [event for event in events if event.severity in LOUD]


def matching_events(events: Iterable[Event], terms: Sequence[Term], count: int) -> list[EventMatch]:
    """Those that hold every word, the same words of a device once; newest first."""
    counts: dict[tuple[str, str, str, str, str], tuple[Event, int]] = {}
    for event in sorted(events, key=lambda event: event.at):
        key = (event.device, event.kind, event.component, event.code, event.text)
        counts[key] = (event, counts[key][1] + 1 if key in counts else 1)
    matches = [
        EventMatch(event, times)
        for key, (event, times) in counts.items()
        if terms and holds([list(words_in(field)) for field in key], terms)
    ]
    return sorted(matches, key=lambda match: -match.newest.at)[:count]
