"""What was done before: search, and whether a fault was there before and its repair held."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.errors import StoreError
from core.readings import Event
from core.text.search_words import Term, terms_of
from core.time.clock import MINUTE
from dashboard.queries import stores
from maintenance.knowledge import precedents
from maintenance.knowledge.search import (
    EventMatch,
    WorkMatch,
    loud_events,
    matching_events,
    matching_work,
)
from maintenance.knowledge.seen_before import EarlierRepair
from storage.records import search as search_rows


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What holds every word that was asked for."""

    terms: Sequence[Term]
    work: Sequence[WorkMatch]
    events: Sequence[EventMatch] | None  # None: they cannot be read now


def search(words: str, device: str | None, *, work: int, events: int) -> SearchResult:
    """At most so many orders and tickets, and events; of all devices or of one. StoreError without records."""
    terms = terms_of(words)
    with stores.records().reading() as db:
        matches = matching_work(db, terms, device, work)
    minute = stores.now() // MINUTE * MINUTE
    try:
        loud = [
            event
            for name in ([device] if device else stores.site().devices)
            for event in (_loud_events(name, minute) if terms else ())
        ]
    except StoreError:
        return SearchResult(terms, matches, None)
    return SearchResult(terms, matches, matching_events(loud, terms, events))


def is_empty() -> bool:
    """Is there neither an order nor a ticket yet?"""
    with stores.records().reading() as db:
        return search_rows.is_empty(db)


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def _loud_events(device: str, minute: int) -> list[Event]:
    """Of a device; `minute` is the start of one, so that the next question shares the answer."""
    return loud_events(stores.series(), device, minute)


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def before_alert(alert_id: int) -> list[EarlierRepair]:
    """Earlier repairs of the fault that an alert is about; cached, for its device's page asks every 5 s."""
    with stores.records().reading() as db:
        return precedents.before_alert(db, stores.site(), alert_id, stores.now())


def before_order(order_id: int) -> list[EarlierRepair]:
    """The same for an order."""
    with stores.records().reading() as db:
        return precedents.before_order(db, stores.site(), order_id, stores.now())


def before_ticket(ticket_id: int) -> list[EarlierRepair]:
    """The same for a case with a vendor."""
    with stores.records().reading() as db:
        return precedents.before_ticket(db, stores.site(), ticket_id, stores.now())
