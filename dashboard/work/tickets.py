"""Cases with vendors as the pages show and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.time.clock import HOUR, iso
from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from dashboard.forms import writing
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.keys import site_key
from maintenance.bundle.make import find_fault, make, window
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets import sla
from maintenance.tickets.sla import Clock, Promise
from maintenance.work_orders import attachments as files
from storage.records import Alert, Contract, File, Ticket, Vendor, WorkOrder
from storage.records import assets as asset_rows
from storage.records import files as file_rows
from storage.records import tickets as ticket_rows
from storage.records.transaction import Transaction

BUNDLE_LARGEST = 5_000_000  # bytes: what a vendor's mail server usually takes
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Clocked:
    """A ticket with what its contract promised. Without a promise there are no clocks."""

    ticket: Ticket
    promise: Promise | None
    response: Clock | None
    resolution: Clock | None

    @property
    def urgent(self) -> tuple[Clock, int] | None:
        """The clock that runs out first and what it was promised, in ms; None: no clock runs."""
        if self.promise is None:
            return None
        pairs = (
            (self.response, self.promise.response),
            (self.resolution, self.promise.resolution),
        )
        running = [
            (clock, promised)
            for clock, promised in pairs
            if clock is not None
            and promised is not None
            and (clock.due is not None or (clock.is_broken and not clock.is_over))
        ]
        return min(running, key=lambda pair: pair[1] - pair[0].used, default=None)


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """Everything of one ticket."""

    clocked: Clocked
    vendor: Vendor
    contract: Contract | None
    files: Sequence[File]

    @property
    def ticket(self) -> Ticket:
        """The ticket itself."""
        return self.clocked.ticket

    @property
    def may_become(self) -> tuple[TicketState, ...]:
        """The states that may follow."""
        return tickets.NEXT[self.ticket.state]


def listed(*, closed: bool = False, device: str | None = None) -> list[Clocked]:
    """Tickets with their clocks, the one whose time runs out first at the top."""
    now = stores.now()
    with stores.records().reading() as db:
        found = []
        for ticket in ticket_rows.tickets(db, device=device, closed=closed):
            contract = db.get(Contract, ticket.contract_id) if ticket.contract_id else None
            found.append(_clocked(ticket, contract, now))
    return sorted(found, key=_left)


def sheet(ticket_id: int) -> TicketSheet | None:
    """One ticket; None if there is none of that number."""
    now = stores.now()
    with stores.records().reading() as db:
        ticket = db.get(Ticket, ticket_id)
        if ticket is None:
            return None
        _ = ticket.messages, ticket.sessions  # looked at while they can be fetched
        contract = db.get(Contract, ticket.contract_id) if ticket.contract_id else None
        return TicketSheet(
            _clocked(ticket, contract, now),
            db.get_one(Vendor, ticket.vendor_id),
            contract,
            file_rows.files(db, "ticket", str(ticket_id)),
        )


def vendors() -> Mapping[str, Vendor]:
    """Every vendor by id."""
    with stores.records().reading() as db:
        return {vendor.id: vendor for vendor in asset_rows.vendors(db)}


def vendor_of(device: str) -> str | None:
    """Who has the contract of a device."""
    with stores.records().reading() as db:
        contract = asset_rows.contract_of(db, device)
    return contract.vendor_id if contract else None


def clinical_of(device: str) -> ClinicalState:
    """What the vendor is told unless somebody says otherwise: as it stands in the records."""
    down = [piece.is_hard for piece in alert_queries.out_of_service() if piece.device == device]
    if not down:
        return "working"
    return "down" if any(down) else "limited"


def about(order_id: int | None, alert_id: int | None) -> tuple[str, str]:
    """Device and subject of a ticket that begins with an order or an alert; empty if it is gone."""
    with stores.records().reading() as db:
        order = db.get(WorkOrder, order_id) if order_id else None
        alert = db.get(Alert, alert_id) if alert_id else None
    if order is not None:
        return order.device, order.title
    return (alert.device, alert.title) if alert else ("", "")


def add_vendor(vendor: str, name: str, email: str, phone: str) -> None:
    """One more vendor."""
    with writing() as desk:
        tickets.add_vendor(desk.db, vendor.strip(), name, email=email, phone=phone)


def create(
    *,
    device: str,
    vendor: str,
    subject: str,
    text: str,
    clinical_state: ClinicalState,
    order_id: int | None,
    alert_id: int | None,
) -> int:
    """A draft; its number."""
    with writing() as desk:
        ticket = tickets.open_ticket(
            desk.db,
            device=desk.device(device).id,
            vendor=vendor,
            subject=subject,
            text=text,
            by=desk.by,
            now=desk.now,
            clinical_state=clinical_state,
            order_id=order_id,
            alert_id=alert_id,
            zone=desk.site.zone,
        )
        return ticket.id


def move(ticket_id: int, state: TicketState, note: str) -> None:
    """Into another state."""
    with writing() as desk:
        tickets.move(desk.db, ticket_id, state, by=desk.by, now=desk.now, note=note)


def set_case(ticket_id: int, number: str) -> None:
    """The number that the case has at the vendor."""
    with writing() as desk:
        tickets.get(desk.db, ticket_id).vendor_case = number.strip()


def write(ticket_id: int, text: str, direction: MessageDirection) -> None:
    """One more message. The first that goes out sends the ticket; what comes in acknowledges it."""
    with writing() as desk:
        ticket = tickets.get(desk.db, ticket_id)
        tickets.write(desk.db, ticket_id, text, direction=direction, by=desk.by, now=desk.now)
        if direction == "out" and ticket.state in ("draft", "closed"):
            tickets.move(desk.db, ticket_id, "sent", by=desk.by, now=desk.now)
        if direction == "in" and ticket.state == "sent":
            tickets.move(desk.db, ticket_id, "acknowledged", by=desk.by, now=desk.now)


def attach_bundle(ticket_id: int, since_h: int) -> str:
    """Make the diagnostics of the ticket's device and keep them with it; the file's name."""
    site, now = stores.site(), stores.now()
    records = stores.records()
    with records.reading() as db:
        device = tickets.get(db, ticket_id).device
        start, end = window(now, since_h * HOUR, None)
        facts = facts_of(db, device, ticket_id)
        notes = notes_of(db, device, end)
    site.device(device)
    fault = find_fault(records, device, start, end)
    ask = BundleRequest(device, start, end, now, fault, ticket_id, facts, notes)
    made = make(site, stores.series(), records, ask, site_key(site), BUNDLE_LARGEST)
    name = f"{site.file.id}-{device}-{iso(now)[:16].replace(':', '')}Z.zip"
    with writing() as desk:
        _attach(desk, ticket_id, name, made.data)
    return name


def begin_session(ticket_id: int, person: str, allowed_by: str, way: str) -> None:
    """Somebody of the vendor is let in."""
    with writing() as desk:
        tickets.begin_session(
            desk.db, ticket_id, person=person, allowed_by=allowed_by, now=desk.now, way=way
        )


def end_session(session_id: int, done: str) -> None:
    """They are out again."""
    with writing() as desk:
        tickets.end_session(desk.db, session_id, by=desk.by, now=desk.now, done=done)


def _attach(desk: Transaction, ticket_id: int, name: str, data: bytes) -> None:
    files.attach(
        desk.db,
        desk.site.file.storage.folder,
        "ticket",
        str(ticket_id),
        name=name,
        media_type=ZIP,
        data=data,
        by=desk.by,
        now=desk.now,
    )


def _clocked(ticket: Ticket, contract: Contract | None, now: int) -> Clocked:
    steps = [sla.Step(step.state, step.at) for step in ticket.steps]
    promise = sla.promise_of(contract, stores.site().zone)
    if promise is None:
        return Clocked(ticket, None, None, None)
    return Clocked(
        ticket,
        promise,
        sla.response_clock(steps, promise, now),
        sla.resolution_clock(steps, promise, now),
    )


def _left(one: Clocked) -> tuple[bool, int, int]:
    urgent = one.urgent
    left = 0 if urgent is None else urgent[1] - urgent[0].used
    return urgent is None, left, -one.ticket.opened_at
