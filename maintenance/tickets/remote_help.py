"""Remote help: who of a vendor's was let into a device, who asked and allowed it, until when, to what.

Scanward opens nothing and closes nothing: a VPN, a modem or a vendor's own tool is only noted. A session that
nobody ends is over at its planned end, and says so, for the way in may still be open.
"""

from dataclasses import replace

from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import DAY, HOUR
from maintenance.tickets.lifecycle import find, move
from storage.records import Records, RemoteSession, Ticket
from storage.records import tickets as ticket_rows
from storage.records.transaction import Transaction, needs, transaction

USUAL, LONGEST = HOUR, DAY  # of a session; Scanward's own
BY_ITSELF = "maintenance"  # who ends what nobody has ended


@needs("let a supplier in")
def begin_session(
    tx: Transaction,
    ticket_id: int,
    person: str,
    allowed_by: str,
    way: str = "",
    *,
    requested_by: str = "",
    opened: str = "",
    planned: int = USUAL,
) -> RemoteSession:
    """Somebody of the vendor is let in, by somebody's leave, for `planned` ms; `opened`: what they can reach."""
    person = person.strip()
    if not person or not allowed_by.strip():
        raise RefusedError("say who comes in, and who allows it")
    if not 0 < planned <= LONGEST:
        raise RefusedError("somebody is let in for up to {hours} hours", hours=LONGEST // HOUR)
    ticket = find(tx.db, ticket_id)
    if person in {session.person for session in ticket.sessions if session.ended_at is None}:
        raise RefusedError("{person} is in already", person=person)
    if ticket.state != "remote_session":
        move(replace(tx, by=allowed_by), ticket_id, "remote_session", person)
    session = RemoteSession(
        ticket=ticket,
        person=person,
        allowed_by=allowed_by,
        began_at=tx.now,
        way=way.strip(),
        requested_by=requested_by.strip() or person,
        opened=opened.strip(),
        planned_end=tx.now + planned,
    )
    tx.db.add(session)
    tx.db.flush()
    return session


@needs("let a supplier in")
def end_session(tx: Transaction, session_id: int, done: str) -> RemoteSession:
    """They are out again; `done` says what they did and changed. It may be said later of one that ended by itself."""
    session = tx.db.get(RemoteSession, session_id)
    is_untold = session is not None and session.ended_by == BY_ITSELF and not session.done
    if session is None or (session.ended_at is not None and not is_untold):
        raise RefusedError("there is no open remote session {session}", session=session_id)
    session.done = done.strip()
    if session.ended_at is None:
        session.ended_by = tx.by
        _end(tx, session, tx.now, "remote session ended")
    return session


def end_overdue_sessions(records: Records, site: Site, now: int) -> list[int]:
    """End each whose planned end is over; their numbers."""
    with records.reading() as db:
        if not any(_is_overdue(session, now) for session in ticket_rows.open_sessions(db)):
            return []
    with transaction(records, site, BY_ITSELF, now) as tx:
        overdue = [row for row in ticket_rows.open_sessions(tx.db) if _is_overdue(row, now)]
        for session in overdue:
            session.ended_by = BY_ITSELF
            end = session.planned_end or now
            _end(
                tx, session, end, "remote session was over by itself: see that the way in is closed"
            )
        return [session.id for session in overdue]


def _is_overdue(session: RemoteSession, now: int) -> bool:
    return session.planned_end is not None and session.planned_end <= now


def _end(tx: Transaction, session: RemoteSession, at: int, note: str) -> None:
    session.ended_at = at
    ticket: Ticket = session.ticket
    is_last = all(other.ended_at is not None for other in ticket.sessions)
    if ticket.state == "remote_session" and is_last:
        move(tx, ticket.id, "acknowledged", note)
