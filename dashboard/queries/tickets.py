"""Cases with vendors as the pages show them, with their clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.text.catalogue import FALLBACK
from core.vocabulary.tickets import ClinicalState, TicketState
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from maintenance.tickets import sla
from maintenance.tickets.allowed_words import BundlePreview, preview
from maintenance.tickets.lifecycle import NEXT
from maintenance.tickets.sla import Clock, ServiceLevel
from storage.records import (
    Alert,
    Contract,
    File,
    LiveWindow,
    RemoteSession,
    Ticket,
    Vendor,
    VendorLink,
    VendorVisit,
    WorkOrder,
)
from storage.records import assets as asset_rows
from storage.records import files as file_rows
from storage.records import live_windows as live_rows
from storage.records import tickets as ticket_rows
from storage.records import vendor_links as link_rows

MOST_VISITS = 8  # of a link, that are shown


@dataclass(frozen=True, slots=True)
class ClockedTicket:
    """A ticket with what its contract promised. Without a promise there are no clocks."""

    ticket: Ticket
    level: ServiceLevel | None
    response: Clock | None
    resolution: Clock | None

    @property
    def urgent(self) -> tuple[Clock, int] | None:
        """The clock that runs out first and what it was promised, in ms; None: no clock runs."""
        if self.level is None:
            return None
        pairs = (
            (self.response, self.level.response),
            (self.resolution, self.level.resolution),
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
class TicketDetails:
    """Everything of one ticket."""

    clocked: ClockedTicket
    vendor: Vendor
    contract: Contract | None
    files: Sequence[File]

    @property
    def ticket(self) -> Ticket:
        """The ticket itself."""
        return self.clocked.ticket

    @property
    def may_become(self) -> tuple[TicketState, ...]:
        """The states that a person may bring it to; that one must send it by hand nobody chooses."""
        return tuple(state for state in NEXT[self.ticket.state] if state != "to_send")


def tickets(*, closed: bool = False, device: str | None = None) -> list[ClockedTicket]:
    """Tickets with their clocks, the one whose time runs out first at the top."""
    now = stores.now()
    with stores.records().reading() as db:
        rows = []
        for ticket in ticket_rows.tickets(db, device=device, closed=closed):
            contract = db.get(Contract, ticket.contract_id) if ticket.contract_id else None
            rows.append(_clocked(ticket, contract, now))
    return sorted(rows, key=_urgency)


def ticket_details(ticket_id: int) -> TicketDetails | None:
    """One ticket; None if there is none of that number."""
    now = stores.now()
    with stores.records().reading() as db:
        ticket = db.get(Ticket, ticket_id)
        if ticket is None:
            return None
        _ = ticket.messages, ticket.sessions  # looked at while they can be fetched
        contract = db.get(Contract, ticket.contract_id) if ticket.contract_id else None
        return TicketDetails(
            _clocked(ticket, contract, now),
            db.get_one(Vendor, ticket.vendor_id),
            contract,
            _files(db, ticket),
        )


def bundle_preview(ticket_id: int, *, has_machines: bool) -> BundlePreview:
    """What would be taken out of its bundle; what machines wrote only if asked, for it takes seconds."""
    series = stores.series() if has_machines else None
    return preview(stores.site(), stores.records(), ticket_id, stores.now(), series)


def links_to(ticket_id: int) -> list[tuple[VendorLink, list[VendorVisit]]]:
    """The links to a ticket, the newest first, each with what was last done by it."""
    with stores.records().reading() as db:
        links = link_rows.vendor_links(db, ticket_id)
        return [(link, link_rows.vendor_visits(db, link.id, MOST_VISITS)) for link in links]


def open_sessions() -> list[RemoteSession]:
    """Who is in at this moment, each with its ticket."""
    with stores.records().reading() as db:
        return ticket_rows.open_sessions(db)


def language_of_supplier(ticket_id: int) -> str:
    """That of the newest link; English without one."""
    with stores.records().reading() as db:
        links = link_rows.vendor_links(db, ticket_id)
    return links[0].language if links else FALLBACK


def live_windows(link_id: int) -> list[LiveWindow]:
    """The hours in which live values were seen by a link, the newest first."""
    with stores.records().reading() as db:
        return live_rows.windows_of_link(db, link_id, MOST_VISITS)


def vendors() -> Mapping[str, Vendor]:
    """Every vendor by id."""
    with stores.records().reading() as db:
        return {vendor.id: vendor for vendor in asset_rows.vendors(db)}


def vendor_of(device: str) -> str | None:
    """The id of the vendor who has the contract of a device."""
    with stores.records().reading() as db:
        contract = asset_rows.contract_of(db, device)
    return contract.vendor_id if contract else None


def clinical_state_of(device: str) -> ClinicalState:
    """What the vendor reads unless somebody chooses otherwise: as it stands in the records."""
    extents = [row.is_hard for row in alert_queries.out_of_service() if row.device == device]
    if not extents:
        return "working"
    return "down" if any(extents) else "limited"


def subject_of(order_id: int | None, alert_id: int | None) -> tuple[str, str]:
    """Device and subject of a ticket that begins with an order or an alert; empty if it is gone."""
    with stores.records().reading() as db:
        order = db.get(WorkOrder, order_id) if order_id else None
        alert = db.get(Alert, alert_id) if alert_id else None
    if order is not None:
        return order.device, order.title
    return (alert.device, alert.title) if alert else ("", "")


def _files(db: Session, ticket: Ticket) -> list[File]:
    """Those of the ticket, then those that came with its messages."""
    files = file_rows.files(db, "ticket", str(ticket.id))
    for message in ticket.messages:
        files += file_rows.files(db, "message", str(message.id))
    return files


def _clocked(ticket: Ticket, contract: Contract | None, now: int) -> ClockedTicket:
    steps = [sla.Step(step.state, step.at) for step in ticket.steps]
    _ = ticket.messages  # looked at while they can be fetched
    level = sla.service_level_of(contract, stores.site().zone)
    if level is None:
        return ClockedTicket(ticket, None, None, None)
    return ClockedTicket(
        ticket,
        level,
        sla.response_clock(steps, level, now),
        sla.resolution_clock(steps, level, now),
    )


def _urgency(row: ClockedTicket) -> tuple[bool, int, int]:
    """Sorts by the time that is left, the newest of equals first, those without a clock last."""
    urgent = row.urgent
    left = 0 if urgent is None else urgent[1] - urgent[0].used
    return urgent is None, left, -row.ticket.opened_at
