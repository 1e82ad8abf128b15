"""Cases with vendors: opened, written to, moved on."""

from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from dashboard.http.api.alert_writes import NothingBody
from dashboard.http.api.items import ApiItem
from dashboard.http.api.order_writes import Line, LongText
from dashboard.http.api.parameters import Number, NumberQuery, Parameters
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.tickets import MessageItem
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from maintenance.tickets.lifecycle import move, open_ticket, write
from maintenance.tickets.questions import revoke_answer_links
from storage.records import Alert, Ticket, WorkOrder
from storage.records.transaction import Transaction


class NewTicketBody(RequestBody):
    """A draft of a case with one vendor about one device."""

    device: Line
    vendor: Line
    subject: Line
    text: LongText = ""
    clinical_state: ClinicalState = "working"
    alert: Number | None = None
    order: Number | None = None


class NewMessageBody(RequestBody):
    """`out` is sent to the vendor, `in` came from there by another way, a `note` stays in the house."""

    text: LongText
    direction: MessageDirection


class MoveBody(RequestBody):
    """The state that it comes into."""

    state: TicketState
    note: LongText = ""


class TicketStateItem(ApiItem):
    """A case, and how it stands."""

    id: int
    device: str
    vendor_id: str
    subject: str
    state: TicketState


def open_case(tx: Transaction, _query: Parameters, body: NewTicketBody) -> TicketStateItem:
    """Open it. An alert or an order that it names must be there."""
    if body.alert is not None:
        existing(tx.db.get(Alert, body.alert), "alert", body.alert)
    if body.order is not None:
        existing(tx.db.get(WorkOrder, body.order), "order", body.order)
    row = open_ticket(
        tx,
        body.device,
        body.vendor,
        body.subject,
        body.text,
        clinical_state=body.clinical_state,
        alert_id=body.alert,
        order_id=body.order,
    )
    return TicketStateItem.model_validate(row)


def write_message(tx: Transaction, query: NumberQuery, body: NewMessageBody) -> MessageItem:
    """One more message of its thread."""
    existing(tx.db.get(Ticket, query.number), "ticket", query.number)
    return MessageItem.model_validate(write(tx, query.number, body.text, body.direction))


def move_on(tx: Transaction, query: NumberQuery, body: MoveBody) -> TicketStateItem:
    """Into another state."""
    existing(tx.db.get(Ticket, query.number), "ticket", query.number)
    return TicketStateItem.model_validate(move(tx, query.number, body.state, body.note))


def revoke_links(tx: Transaction, query: NumberQuery, _body: NothingBody) -> TicketStateItem:
    """The links by which people at the device answer lead nowhere any more."""
    existing(tx.db.get(Ticket, query.number), "ticket", query.number)
    return TicketStateItem.model_validate(revoke_answer_links(tx, query.number))


ENDPOINTS = [
    WriteEndpoint(
        "/tickets", "Open a case", "work on a ticket", Parameters, NewTicketBody, TicketStateItem,
        open_case, status=201,
    ),
    WriteEndpoint(
        "/tickets/{number}/messages", "Write to the thread", "work on a ticket", NumberQuery,
        NewMessageBody, MessageItem, write_message, status=201,
    ),
    WriteEndpoint(
        "/tickets/{number}/state", "Move a case on", "work on a ticket", NumberQuery, MoveBody,
        TicketStateItem, move_on,
    ),
    WriteEndpoint(
        "/tickets/{number}/answer-links/revocation", "Take the links for answers back",
        "work on a ticket", NumberQuery, NothingBody, TicketStateItem, revoke_links,
    ),
]  # fmt: skip
