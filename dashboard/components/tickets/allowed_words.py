"""What would be taken out of a ticket's bundle, shown before it is sealed, and the words that stay."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.errors import RefusedError
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.tickets import TicketDetails
from maintenance.bundle.privacy.preview import CutText
from maintenance.tickets import allowed_words


def words_section(details: TicketDetails) -> None:
    """The texts with what goes struck through, and the words of it that may stay."""
    number = details.ticket.id
    has_machines = st.toggle(t("words.machines"), key=f"words-machines-{number}")
    try:
        preview = ticket_queries.bundle_preview(number, has_machines=has_machines)
    except RefusedError:
        return  # its device is gone: who asks for the bundle is told so
    st.html(_texts([*preview.written, *preview.machines]))
    if not preview.keepable:
        return
    name = f"words-{number}"
    with st.form(forms.once(name), border=False):
        words = st.multiselect(
            t("words.keep"), preview.keepable, preview.allowed, help=t("words.help"),
            placeholder=t("words.none_kept"),
        )  # fmt: skip
        if forms.submit(t("words.save"), "keep a word for a supplier", primary=False):
            forms.do(name, lambda: _saved(number, words))


def _saved(ticket_id: int, words: Sequence[str]) -> str:
    with forms.writing() as tx:
        allowed_words.keep_words(tx, ticket_id, words)
    return t("words.saved")


def _texts(cut: Sequence[CutText]) -> str:
    if not cut:
        return f'<p class="sw-hint">{escape(t("words.whole"))}</p>'
    texts = "".join(
        f'<li dir="auto">{"".join(_stretch(*stretch) for stretch in text.stretches)}</li>'
        for text in cut
    )
    return f'<p class="sw-hint">{escape(t("words.about"))}</p><ul class="sw-cut">{texts}</ul>'


def _stretch(text: str, is_removed: bool) -> str:
    return f"<del>{escape(text)}</del>" if is_removed else escape(text)
