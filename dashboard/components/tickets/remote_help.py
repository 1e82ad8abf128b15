"""Remote help on a ticket: who was let in, who is in now; somebody let in, and out. On Today whoever is in."""

from html import escape

import streamlit as st

from core.schema.site import Site
from core.time.clock import HOUR
from dashboard import forms
from dashboard.components.shared.list_row import chip, hints, row, section
from dashboard.i18n import joined, t
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.tickets import TicketDetails
from dashboard.text import format as fmt
from maintenance.tickets.remote_help import BY_ITSELF, USUAL, begin_session, end_session
from storage.records import RemoteSession

LENGTHS = (HOUR // 2, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)


def remote_help(details: TicketDetails, now: int, site: Site) -> None:
    """The log of a ticket, and what can be done."""
    section(t("session.title"))
    lines = "".join(_line(session, now, site) for session in details.ticket.sessions)
    st.html(f'<ul class="sw-steps">{lines}</ul>')
    for session in details.ticket.sessions:
        if session.ended_at is None or _is_untold(session):
            _out(session)
    if {"remote_session"} & {details.ticket.state, *details.may_become}:
        _in(details.ticket.id)


def who_is_in(now: int, site: Site) -> None:
    """Everybody who is in at this moment; each leads to the ticket."""
    sessions = forms.read(ticket_queries.open_sessions) or []
    if sessions:
        section(t("session.now"))
    for session in sessions:
        ticket = session.ticket
        heading = t("session.row", who=session.person, subject=ticket.subject)
        texts = [fmt.device(ticket.device, site), session.way, _times(session, now, site)]
        row(
            f"session-{session.id}", heading, "app_pages/ticket.py", {"ticket": str(ticket.id)},
            lead=_warning(session, now), tail=hints(text for text in texts if text),
        )  # fmt: skip


def _out(session: RemoteSession) -> None:
    name = f"session-end-{session.id}"
    with st.form(forms.once(name)):
        done = st.text_area(fmt.plain(t("session.done", who=session.person)), height=80)
        if forms.submit(t("session.end"), "let a supplier in"):
            forms.do(name, lambda: _let_out(session.id, done))


def _in(ticket_id: int) -> None:
    name = f"session-{ticket_id}"
    with forms.popover(name, t("session.begin")), st.form(forms.once(name), border=False):
        st.caption(t("session.about"))
        person = st.text_input(t("session.person"))
        requested_by = st.text_input(t("session.asker"))
        way = st.text_input(t("session.way"))
        opened = st.text_input(t("session.what"))
        planned = st.selectbox(
            t("session.hours"), LENGTHS, LENGTHS.index(USUAL), format_func=fmt.span
        )
        if forms.submit(t("session.begin"), "let a supplier in"):
            forms.do(name, lambda: _let_in(ticket_id, person, way, requested_by, opened, planned))


def _let_in(
    ticket_id: int,
    person: str,
    way: str,
    requested_by: str = "",
    opened: str = "",
    planned: int = USUAL,
) -> str:
    with forms.writing() as tx:
        begin_session(
            tx,
            ticket_id,
            person,
            tx.by,
            way,
            requested_by=requested_by,
            opened=opened,
            planned=planned,
        )
    return t("session.begun", who=person)


def _let_out(session_id: int, done: str) -> str:
    with forms.writing() as tx:
        end_session(tx, session_id, done)
    return t("session.ended")


def _is_untold(session: RemoteSession) -> bool:
    """Has it ended by itself, and nobody has said what was done?"""
    return session.ended_by == BY_ITSELF and not session.done


def _line(session: RemoteSession, now: int, site: Site) -> str:
    texts = [
        t("session.asked", who=session.requested_by) if session.requested_by else "",
        t("session.allowed", who=session.allowed_by),
        session.way,
        t("session.opened", what=session.opened) if session.opened else "",
        session.done,
    ]
    about = hints(text for text in texts if text)
    return (
        f'<li><span class="sw-when">{escape(_times(session, now, site))}</span>'
        f"<span><b>{escape(session.person)}</b> {about} {_warning(session, now)}</span></li>"
    )


def _times(session: RemoteSession, now: int, site: Site) -> str:
    began = fmt.moment(session.began_at, now, site)
    length = fmt.span((session.ended_at or now) - session.began_at)
    if session.ended_at is not None:
        return t("session.took", when=began, span=length)
    texts = [t("session.on", when=began, span=length)]
    if session.planned_end is not None:
        texts.append(t("session.until", when=fmt.moment(session.planned_end, now, site)))
    return joined(texts)


def _warning(session: RemoteSession, now: int) -> str:
    """What somebody must look at."""
    if session.ended_at is None and session.planned_end is not None and session.planned_end <= now:
        return chip(t("session.over"), "error")
    return chip(t("session.by_itself"), "warning") if _is_untold(session) else ""
