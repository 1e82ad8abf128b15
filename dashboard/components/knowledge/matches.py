"""What a search has brought to light: orders and tickets that lead there, events with how often."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from core.text.search_words import Term
from core.vocabulary.search import SearchKind
from dashboard.components.fleet.badge import badge
from dashboard.components.shared.list_row import chip, hints
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.text.labels import ORDER_STATES, SEARCH_KINDS, TICKET_STATES
from maintenance.knowledge.excerpt import segments
from maintenance.knowledge.search import EventMatch, WorkMatch

PAGES: dict[SearchKind, str] = {"order": "app_pages/order.py", "ticket": "app_pages/ticket.py"}
STATES = {str(state): words for state, words in (*ORDER_STATES.items(), *TICKET_STATES.items())}


def work_match(match: WorkMatch, terms: Sequence[Term], now: int, site: Site) -> None:
    """An order or ticket: its title leads there, below it the part that was asked for."""
    kind = chip(t(SEARCH_KINDS[match.kind], number=match.id), "none")
    texts = [
        t(STATES[match.state]), fmt.device(match.device, site), fmt.moment(match.at, now, site)
    ]  # fmt: skip
    with st.container(key=f"match-{match.kind}-{match.id}"):
        name = f"row-match-{match.kind}-{match.id}"
        with st.container(key=name, horizontal=True, vertical_alignment="center"):
            st.html(kind, width="content")
            st.page_link(
                PAGES[match.kind], label=_marked_label(t_data(match.title), terms),
                query_params={str(match.kind): str(match.id)},
            )  # fmt: skip
            st.html(hints(texts), width="content")
        if match.excerpt:
            st.html(f'<p class="sw-excerpt"><bdi>{marked(match.excerpt, terms)}</bdi></p>')


def event_matches(
    matches: Sequence[EventMatch], terms: Sequence[Term], now: int, site: Site
) -> str:
    """Each with the device that it leads to, as HTML."""
    lines = []
    for match in matches:
        event = match.newest
        texts = [fmt.device(event.device, site), event.component, event.code]
        if match.count > 1:
            texts.append(t("search.times", count=match.count))
        lines.append(
            f'<li><span class="sw-when">{escape(fmt.moment(event.at, now, site))}</span>'
            f"{badge(event.severity)}"
            f'<bdi class="sw-what">{marked(event.text, terms)}</bdi>'
            f"{hints(text for text in texts if text)}</li>"
        )
    return f'<ul class="sw-events">{"".join(lines)}</ul>'


def marked(text: str, terms: Sequence[Term]) -> str:
    """HTML with what was asked for marked."""
    parts = segments(text, terms)
    return "".join(
        f"<mark>{escape(part.text)}</mark>" if part.is_match else escape(part.text)
        for part in parts
    )


def _marked_label(text: str, terms: Sequence[Term]) -> str:
    """The same where Streamlit reads Markdown."""
    return "".join(
        f":yellow-background[{fmt.plain(part.text)}]" if part.is_match else fmt.plain(part.text)
        for part in segments(text, terms)
    )
