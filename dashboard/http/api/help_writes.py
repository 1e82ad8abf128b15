"""Remote help: who of a vendor's is let in, and is out again. Nothing is opened by it."""

from typing import Annotated

from pydantic import Field

from core.time.clock import HOUR, MINUTE
from dashboard.http.api.order_writes import Line, LongText
from dashboard.http.api.parameters import NumberQuery
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.tickets import RemoteSessionItem
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from maintenance.tickets.remote_help import LONGEST, begin_session, end_session
from storage.records import RemoteSession, Ticket
from storage.records.transaction import Transaction


class LetInBody(RequestBody):
    """Who comes in, by which way, to what; whose token it is allows it. It ends itself after `minutes`."""

    person: Line
    requested_by: LongText = ""
    way: LongText = ""
    opened: LongText = ""
    minutes: Annotated[int, Field(ge=1, le=LONGEST // MINUTE)] = HOUR // MINUTE


class LetOutBody(RequestBody):
    """What they did and changed."""

    done: LongText


def let_in(tx: Transaction, query: NumberQuery, body: LetInBody) -> RemoteSessionItem:
    """Write down that they are in."""
    existing(tx.db.get(Ticket, query.number), "ticket", query.number)
    session = begin_session(
        tx,
        query.number,
        body.person,
        tx.by,
        body.way,
        requested_by=body.requested_by,
        opened=body.opened,
        planned=body.minutes * MINUTE,
    )
    return RemoteSessionItem.model_validate(session)


def let_out(tx: Transaction, query: NumberQuery, body: LetOutBody) -> RemoteSessionItem:
    """Write down that they are out."""
    existing(tx.db.get(RemoteSession, query.number), "remote session", query.number)
    return RemoteSessionItem.model_validate(end_session(tx, query.number, body.done))


ENDPOINTS = [
    WriteEndpoint(
        "/tickets/{number}/sessions", "Let somebody in from outside", "let a supplier in",
        NumberQuery, LetInBody, RemoteSessionItem, let_in, status=201,
    ),
    WriteEndpoint(
        "/sessions/{number}/end", "They are out again", "let a supplier in", NumberQuery,
        LetOutBody, RemoteSessionItem, let_out,
    ),
]  # fmt: skip
