"""One line of a list that leads somewhere: what stands before the link, the link, what follows."""

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from dashboard.i18n import direction
from dashboard.text import format as fmt


def row(
    key: str, title: str, page: str, query: Mapping[str, str], *, lead: str = "", tail: str = ""
) -> None:
    """`lead` and `tail` are HTML. The whole line is the link, by its stretched ::after."""
    with st.container(key=f"row-{key}", horizontal=True, vertical_alignment="center"):
        if lead:
            st.html(lead, width="content")
        st.page_link(page, label=fmt.plain(title), query_params=query)
        if tail:
            st.html(tail, width="content")


def chip(text: str, tone: str = "none") -> str:
    """A short word in a frame; `tone` is a state's colour (look.css)."""
    return f'<span class="sw-chip sw-{tone}-text">{escape(text)}</span>'


def hint(text: str) -> str:
    """Words beside."""
    return f'<span class="sw-hint">{escape(text)}</span>'


def hints(texts: Iterable[str]) -> str:
    """Several words beside; each runs as its own first letter does, whatever stands around it."""
    side = (
        "\u200f" if direction() == "rtl" else ""
    )  # of isolated texts alone no side would be known
    words = " · ".join(f"<bdi>{escape(text)}</bdi>" for text in texts)
    return f'<span class="sw-hint">{side}{words}</span>'


def empty(text: str) -> None:
    """Why there is nothing to see."""
    st.html(f'<p class="sw-hint sw-nothing">{escape(text)}</p>')


def title(text: str, tail: str = "") -> None:
    """The heading of a page; `tail` is HTML."""
    st.html(f'<div class="sw-heading"><h1>{escape(text)}</h1>{tail}</div>')


def section(text: str) -> None:
    """A heading within a page."""
    st.html(f"<h2>{escape(text)}</h2>")
