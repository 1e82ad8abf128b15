"""What of a ticket may leave: its facts, its thread scrubbed, its files sorted by whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Device, Site
from maintenance.bundle.allowed import serial
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.device_facts import facts_of
from maintenance.bundle.gather import scrubber_of
from maintenance.bundle.make import find_fault
from maintenance.bundle.privacy import Scrubber
from maintenance.tickets.diagnostics import is_bundle
from maintenance.tickets.evidence import case_request
from maintenance.tickets.lifecycle import find
from maintenance.tickets.twin.page import ThreadEntry
from maintenance.tickets.uploads import writer
from storage.records import Alert, File, Records, Ticket, Vendor
from storage.records import files as file_rows


@dataclass(frozen=True, slots=True)
class TicketFiles:
    """The files of a ticket and of its messages."""

    bundles: Sequence[File]
    theirs: Sequence[File]  # the vendor's own
    ours: Sequence[File]  # photos and papers of the house, which nobody can scrub

    def along(self, chosen: Collection[int]) -> list[File]:
        """The vendor's, and of the others what was chosen by number. RefusedError if there is no such file."""
        for number in chosen:
            if number not in {file.id for file in self.ours}:
                raise RefusedError(
                    "this ticket has no file {file} that could go along", file=number
                )
        return [*self.theirs, *(file for file in self.ours if file.id in chosen)]


@dataclass(frozen=True, slots=True)
class TicketCase:
    """A ticket as it stands, read at one moment."""

    ticket: Ticket
    vendor: Vendor
    device: Device
    alert: Alert | None
    request: BundleRequest
    scrubber: Scrubber
    thread: Sequence[ThreadEntry]
    files: TicketFiles

    @property
    def vendor_case(self) -> str:
        """The number it has at the vendor."""
        return serial(self.ticket.vendor_case)


def ticket_case(site: Site, records: Records, ticket_id: int, now: int) -> TicketCase:
    """RefusedError if there is no such ticket, or its device is no longer in the site file."""
    with records.reading() as db:
        ticket = find(db, ticket_id)
        device = site.device(ticket.device)
        vendor = db.get_one(Vendor, ticket.vendor_id)
        alert = db.get(Alert, ticket.alert_id) if ticket.alert_id else None
        facts = facts_of(db, device.id, ticket_id)
        request = replace(case_request(device.id, alert, now), ticket=ticket_id, facts=facts)
        scrubber = scrubber_of(site, db, request)
        thread = [
            ThreadEntry(
                message.at, vendor.name if message.direction == "in" else site.file.name,
                scrubber.scrub(message.text), message.direction == "in",
            )
            for message in ticket.messages
            if message.direction != "note"
        ]  # fmt: skip
        files = _files(db, site, ticket, vendor)
    request = replace(request, fault=_fault(records, request, alert))
    return TicketCase(ticket, vendor, device, alert, request, scrubber, thread, files)


def _fault(records: Records, request: BundleRequest, alert: Alert | None) -> int | None:
    """The ticket's alert, however long ago; else the gravest of the time that is shown."""
    if alert is not None:
        return alert.began_at if alert.began_at <= request.now else None
    return find_fault(records, request.device, request.start, request.end)


def _files(db: Session, site: Site, ticket: Ticket, vendor: Vendor) -> TicketFiles:
    own = file_rows.files(db, "ticket", str(ticket.id))
    bundles = [file for file in own if is_bundle(file, site.file.id, ticket.device)]
    theirs = [file for file in own if file.who == writer(vendor)]
    ours = [file for file in own if file not in bundles and file not in theirs]
    for message in ticket.messages:
        of_message = file_rows.files(db, "message", str(message.id))
        (theirs if message.direction == "in" else ours).extend(of_message)
    return TicketFiles(bundles, theirs, ours)
