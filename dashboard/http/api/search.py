"""Search over what was done and told, and earlier repairs of a fault."""

from typing import Literal

from pydantic import Field

from core.vocabulary.search import SearchKind
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters, device_named
from dashboard.queries import knowledge
from maintenance.knowledge.search import EventMatch, WorkMatch

MOST_MATCHES = 100


class SearchQuery(Parameters):
    """Every word must occur, or its beginning; between quotes words stand side by side."""

    words: str = Field(min_length=1, description="Words in any writing, phrases between quotes.")
    device: str | None = None
    limit: int = Field(
        default=50, ge=1, le=MOST_MATCHES, description="How many of work and of events, at most."
    )


class SearchItem(ApiItem):
    """An order, a ticket, or what a device told, `count` times in the same words; `address` is its page."""

    kind: SearchKind | Literal["event"]
    id: int | None
    device: str
    at: ApiTime
    title: str
    state: str
    excerpt: str
    count: int
    address: str


def search(query: SearchQuery) -> list[SearchItem]:
    """Orders and tickets with every word in the title first, each the newest first; then events."""
    device = None if query.device is None else device_named(query.device).id
    result = knowledge.search(query.words, device, work=query.limit, events=query.limit)
    return [*map(_work_item, result.work), *map(_event_item, result.events or ())]


def _work_item(match: WorkMatch) -> SearchItem:
    return SearchItem(
        kind=match.kind, id=match.id, device=match.device, at=match.at, title=match.title,
        state=match.state, excerpt=match.excerpt, count=1,
        address=f"/{match.kind}?{match.kind}={match.id}",
    )  # fmt: skip


def _event_item(match: EventMatch) -> SearchItem:
    event = match.newest
    return SearchItem(
        kind="event", id=None, device=event.device, at=event.at, title=event.text,
        state=event.severity, excerpt="", count=match.count, address=f"/device?device={event.device}",
    )  # fmt: skip


ENDPOINTS = [
    ReadEndpoint("/search", "What holds these words", SearchQuery, SearchItem, search, is_list=True)
]
