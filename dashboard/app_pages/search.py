"""What was done and told before, by its words: `/search?words=tube+arc`."""

from functools import partial

import streamlit as st

from dashboard import forms
from dashboard.components.knowledge.matches import event_matches, work_match
from dashboard.components.shared.device_choice import device_choice
from dashboard.components.shared.list_row import empty, hint, section, title
from dashboard.i18n import t
from dashboard.queries import knowledge, stores
from dashboard.queries.knowledge import SearchResult
from maintenance.knowledge.search import MOST_EVENTS

MOST_WORK = 30  # orders and tickets that are shown; another word narrows them down
MOST_SHOWN_EVENTS = 20


def results(result: SearchResult) -> None:
    """Orders and tickets, then events; or that there is nothing."""
    now, site = stores.now(), stores.site()
    if result.work:
        section(t("search.work"))
    for match in result.work[:MOST_WORK]:
        work_match(match, result.terms, now, site)
    if len(result.work) > MOST_WORK:
        empty(t("search.more", count=MOST_WORK))
    if result.events:
        section(t("search.events"))
        st.html(event_matches(result.events, result.terms, now, site))
        st.html(hint(t("search.events_hint", count=MOST_EVENTS)))
    if result.events is None:
        empty(t("search.events_unread"))
    if not result.work and not result.events:
        empty(t("search.none"))


title(t("search.title"))
with st.container(key="filter", horizontal=True, vertical_alignment="center"):
    words = st.text_input(
        t("search.words"), placeholder=t("search.words"), label_visibility="collapsed", width=420,
        key="words", bind="query-params", max_chars=1_000,
    )  # fmt: skip
    device = device_choice("search-device")
query = partial(knowledge.search, words, device, work=MOST_WORK + 1, events=MOST_SHOWN_EVENTS)
result = forms.read(query)
if result is not None and result.terms:
    results(result)
elif result is not None:
    empty(t("search.nothing_yet" if knowledge.is_empty() else "search.hint"))
