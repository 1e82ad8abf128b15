"""What the supplier wants to know from who stands at the device: asked, and what was answered."""

from html import escape

import streamlit as st

from core.schema.site import Site
from dashboard import forms, i18n
from dashboard.components.shared.list_row import chip
from dashboard.http.answer_page import answer_address
from dashboard.i18n import joined, t
from dashboard.queries import identity
from dashboard.queries import questions as question_queries
from dashboard.queries.tickets import TicketDetails
from dashboard.text import format as fmt
from maintenance.tickets import questions
from storage.records import SupplierAnswer, SupplierQuestion

OWN = ""  # instead of the key of one of the list


def questions_section(details: TicketDetails, language: str, now: int, site: Site) -> None:
    """All of a ticket, a form for the next, and the link for who answers; `language` is the supplier's."""
    ticket = details.ticket
    rows = question_queries.of_ticket(ticket.id)
    if rows:
        lines = "".join(_line(question, now, site) for question in rows)
        st.html(f'<ul class="sw-steps">{lines}</ul>')
    if ticket.state == "closed":
        return
    # The link is the right to answer: it is shown to who may give it away.
    if identity.may("work on a ticket") and any(not question.answers for question in rows):
        st.caption(t("question.hand_out"))
        st.code(answer_address(site, ticket.id, ticket.answer_links_revoked), language=None)
        forms.button(
            f"revoke-answers-{ticket.id}", t("question.revoke"), lambda: _revoked(ticket.id),
            right="work on a ticket",
        )  # fmt: skip
    listed = {row.id: row for row in question_queries.listed(ticket.device)}
    name = f"ask-{ticket.id}"
    with forms.popover(name, t("question.ask")), st.form(forms.once(name), border=False):
        key = st.selectbox(
            t("question.which"),
            [*listed, OWN],
            format_func=lambda key: (
                listed[key].in_language(i18n.language()) if key else t("question.own")
            ),
        )
        line = st.text_input(t("question.line"), max_chars=questions.LONGEST_LINE)
        if forms.submit(t("question.ask"), "work on a ticket"):
            forms.do(
                name,
                lambda: (
                    _added(ticket.id, key, language)
                    if key
                    else _own_added(ticket.id, line, language)
                ),
            )


def _added(ticket_id: int, key: str, language: str) -> str:
    with forms.writing() as tx:
        questions.add_question(tx, ticket_id, key, language)
    return t("question.asked")


def _own_added(ticket_id: int, line: str, language: str) -> str:
    with forms.writing() as tx:
        questions.add_own_question(tx, ticket_id, line, language)
    return t("question.asked")


def _revoked(ticket_id: int) -> str:
    with forms.writing() as tx:
        questions.revoke_answer_links(tx, ticket_id)
    return t("question.revoked")


def _line(question: SupplierQuestion, now: int, site: Site) -> str:
    about = joined((question.who, fmt.moment(question.at, now, site)))
    state = "" if question.answers else chip(t("question.waiting"), "warning")
    answers = "".join(
        _answer(answer, now, site, is_last=answer is question.answers[-1])
        for answer in question.answers
    )
    return (
        f'<li><span><b dir="auto">{escape(question.words(i18n.language()))}</b> {state} '
        f'<span class="sw-hint">{escape(about)}</span>{answers}</span></li>'
    )


def _answer(answer: SupplierAnswer, now: int, site: Site, *, is_last: bool) -> str:
    """Struck through if it was corrected."""
    text = escape(answer.text) if is_last else f"<s>{escape(answer.text)}</s>"
    about = escape(joined((answer.who, fmt.moment(answer.at, now, site))))
    return f'<p dir="auto">{text}</p><span class="sw-hint">{about}</span>'
