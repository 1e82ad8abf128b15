"""Facts and notes of a device for its bundle, from its asset sheet, its ticket and work done."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from core.text.phrase import Phrase
from core.text.times import duration
from maintenance.bundle.content import Fact, MaintenanceNote
from maintenance.bundle.format import number
from storage.records import Asset, Component, Contract, RemoteSession, Ticket, WorkOrder
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows

MOST_NOTES = 5  # of each kind of order


def facts_of(db: Session, device: str, ticket: int | None) -> list[Fact]:
    """The asset sheet and the ticket; nothing of money, people or places."""
    facts = list(_of_ticket(db, ticket)) if ticket is not None else []
    sheet = db.get(Asset, device)
    return facts + (list(_of_sheet(db, sheet)) if sheet is not None else [])


def _of_ticket(db: Session, ticket_id: int) -> Iterator[Fact]:
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        return
    yield Fact("Vendor's case", ticket.vendor_case, serial=True)
    yield Fact("Reported", ticket.subject)
    yield Fact("In more words", ticket.text)
    yield Fact("Clinical state", ticket.clinical_state)


def _of_sheet(db: Session, sheet: Asset) -> Iterator[Fact]:
    # What the equipment is leaves as it is written, like a serial: `Riello Sentinel`, `2019-03-01`.
    yield Fact("Manufacturer", sheet.manufacturer, serial=True)
    yield Fact("Model", sheet.model, serial=True)
    yield Fact("Serial number, asset sheet", sheet.serial, serial=True)
    yield Fact("Software", sheet.software, serial=True)
    yield Fact("Nomenclature", f"{sheet.nomenclature} {sheet.code}".strip(), serial=True)
    yield Fact("In service on", sheet.in_service_on, serial=True)
    yield Fact("Warranty until", sheet.warranty_until, serial=True)
    contract = db.get(Contract, sheet.contract_id) if sheet.contract_id is not None else None
    if contract is not None:
        yield Fact("Contract", contract.number, serial=True)
        yield Fact("Contract ends on", contract.ends_on, serial=True)
    for part in sheet.components:
        if not part.removed_on:
            yield from _of_component(part)


def _of_component(part: Component) -> Iterator[Fact]:
    name, counter = part.name, part.counter
    yield Fact(Phrase("Component {name}, model", name=name), part.model, serial=True)
    yield Fact(Phrase("Component {name}, serial", name=name), part.serial, serial=True)
    installed = Phrase("Component {name}, installed on", name=name)
    yield Fact(installed, part.installed_on, serial=True)
    if counter:
        at = number(part.counter_at_install)
        then = Phrase("Component {name}, {counter} then", name=name, counter=counter)
        yield Fact(then, at, serial=True)


def notes_of(db: Session, device: str, before: int) -> list[MaintenanceNote]:
    """The last orders done, the newest of each kind, with what was measured out of its limits; the last remote help."""
    done = [
        order
        for order in order_rows.orders(db, device=device, ended=True)
        if order.done_at is not None and order.done_at < before and order.state != "cancelled"
    ]
    newest = sorted(done, key=lambda order: order.done_at or 0, reverse=True)
    return [
        MaintenanceNote(order.done_at or 0, kind, _work(order))
        for kind in ("preventive", "corrective")
        for order in [done for done in newest if done.kind == kind][:MOST_NOTES]
    ] + [
        MaintenanceNote(session.began_at, "remote help", _help(session))
        for session in ticket_rows.sessions_of_device(db, device, before)[:MOST_NOTES]
    ]


def _work(order: WorkOrder) -> str:
    measured = [
        f"{item.text} {number(item.value)} {item.unit}, accepted {number(item.low)} to {number(item.high)}"
        for item in order.items
        if item.within is False
    ]
    return ". ".join(text for text in (order.title, order.result, *measured) if text)


def _help(session: RemoteSession) -> str:
    """By which way, to what, how long, what was done; who it was does not leave."""
    ended = session.ended_at
    length = "not over yet" if ended is None else f"{duration(ended - session.began_at)} long"
    opened = f"open: {session.opened}" if session.opened else ""
    return ". ".join(text for text in (session.way, opened, length, session.done) if text)
