"""Cases with vendors: their thread, their clocks, and who was let into a device."""

from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.paging import ItemPage, by_number
from dashboard.http.api.parameters import DevicePageQuery, NumberQuery, Parameters, device_named
from dashboard.http.api.problems import ProblemError
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.tickets import ClockedTicket
from maintenance.tickets.sla import Clock


class TicketsQuery(DevicePageQuery):
    """Those that wait for something; closed ones too, where that is asked."""

    closed: bool = False


class ClockItem(ApiItem):
    """Covered time used so far, and when the promise is broken; null while the clock stands."""

    used_ms: int
    due_at: ApiTime | None
    is_over: bool
    is_broken: bool


class TicketItem(ApiItem):
    """One case with one vendor. Without a promise in its contract it has no clocks."""

    id: int
    device: str
    vendor_id: str
    subject: str
    opened_at: ApiTime
    opened_by: str
    state: TicketState
    clinical_state: ClinicalState
    vendor_case: str
    alert_id: int | None
    order_id: int | None
    response: ClockItem | None
    resolution: ClockItem | None


class MessageItem(ApiItem):
    """One message of the thread; a `note` stays in the house."""

    id: int
    direction: MessageDirection
    at: ApiTime
    who: str
    text: str
    is_automatic: bool
    sent_at: ApiTime | None
    failed_at: ApiTime | None
    read_at: ApiTime | None


class RemoteSessionItem(ApiItem):
    """Somebody at the vendor's was let into the device."""

    id: int
    person: str
    allowed_by: str
    began_at: ApiTime
    planned_end: ApiTime | None
    ended_at: ApiTime | None
    ended_by: str
    requested_by: str
    way: str
    opened: str
    done: str


class TicketAnswer(TicketItem):
    """A case with its thread."""

    text: str
    messages: list[MessageItem]
    sessions: list[RemoteSessionItem]
    may_become: list[TicketState]
    files: list[str]


class VendorItem(ApiItem):
    """Who sells, repairs or answers tickets."""

    id: str
    name: str
    contact: str
    email: str
    phone: str


def tickets(query: TicketsQuery) -> ItemPage[TicketItem]:
    """Tickets, newest first."""
    device = None if query.device is None else device_named(query.device).id
    rows = ticket_queries.tickets(closed=query.closed, device=device)
    page, cursor = by_number(query, rows, lambda row: row.ticket.id)
    return ItemPage([TicketItem(**_fields(row)) for row in page], cursor)


def ticket(query: NumberQuery) -> TicketAnswer:
    """One ticket with its thread."""
    details = ticket_queries.ticket_details(query.number)
    if details is None:
        raise ProblemError(404, f"there is no ticket {query.number}")
    row = details.ticket
    return TicketAnswer(
        **_fields(details.clocked),
        text=row.text,
        messages=[MessageItem.model_validate(message) for message in row.messages],
        sessions=[RemoteSessionItem.model_validate(session) for session in row.sessions],
        may_become=list(details.may_become),
        files=[file.name for file in details.files],
    )


def vendors(_query: Parameters) -> list[VendorItem]:
    """Every vendor."""
    return [VendorItem.model_validate(row) for row in ticket_queries.vendors().values()]


def _fields(row: ClockedTicket) -> dict[str, object]:
    own = TicketItem.model_fields.keys() - {"response", "resolution"}
    fields: dict[str, object] = {name: getattr(row.ticket, name) for name in own}
    return fields | {"response": _clock(row.response), "resolution": _clock(row.resolution)}


def _clock(clock: Clock | None) -> ClockItem | None:
    if clock is None:
        return None
    return ClockItem(
        used_ms=clock.used, due_at=clock.due, is_over=clock.is_over, is_broken=clock.is_broken
    )


ENDPOINTS = [
    ReadEndpoint("/tickets", "Cases with vendors", TicketsQuery, TicketItem, tickets, is_list=True),
    ReadEndpoint(
        "/tickets/{number}", "One case with its thread", NumberQuery, TicketAnswer, ticket
    ),
    ReadEndpoint("/vendors", "Vendors", Parameters, VendorItem, vendors, is_list=True),
]
