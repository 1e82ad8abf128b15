"""Diagnostics of a device for its vendor: one bundle, made the same for a page and a command.

Making one reads for seconds, so it is made before the transaction that keeps it with its ticket.
"""

import re
from dataclasses import dataclass

from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import from_ms, iso
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.keys import site_key
from maintenance.bundle.make import SealedBundle, find_fault, make, window
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.attachments import attach
from storage.records import Alert, File, Records
from storage.records.transaction import Transaction, needs
from storage.series.store import SeriesStore

LARGEST = 5_000_000  # bytes: what a vendor's mail server usually takes
ZIP = "application/zip"
_MINUTE = r"\d{4}-\d\d-\d\dT\d{4}Z"


@dataclass(frozen=True, slots=True)
class DiagnosticsRequest:
    """Which diagnostics are content; times in ms."""

    device: str
    since: int  # how long before the fault, or before now
    around: int | None = None  # the fault, UTC; None: the ticket's alert, or the gravest since
    ticket_id: int | None = None
    largest: int = LARGEST  # bytes; readings are thinned to fit


@dataclass(frozen=True, slots=True)
class DiagnosticsBundle:
    """A bundle, whose it is, and from when to when (UTC ms)."""

    device: str
    made_at: int
    start: int
    end: int
    fault: int | None
    archive: SealedBundle


def make_bundle(
    site: Site, series: SeriesStore, records: Records, request: DiagnosticsRequest, now: int
) -> DiagnosticsBundle:
    """RefusedError if there is no such device or ticket, or the fault is still to come."""
    device, ticket_id = site.device(request.device).id, request.ticket_id
    if request.around is not None and request.around > now:
        at = from_ms(request.around, site.zone).strftime("%Y-%m-%d %H:%M")
        raise RefusedError("{at} is in the future", at=at)
    start, end = window(now, request.since, request.around)
    since, fault = start, request.around
    with records.reading() as db:
        if ticket_id is not None:
            ticket = tickets.find(db, ticket_id)
            since = min(start, ticket.opened_at - request.since)
            alert = db.get(Alert, ticket.alert_id) if ticket.alert_id is not None else None
            if (
                fault is None
                and alert is not None
                and alert.device == device
                and alert.began_at <= now
            ):
                fault = alert.began_at
        facts, notes = facts_of(db, device, ticket_id), notes_of(db, device, end)
    if fault is None:
        fault = find_fault(records, device, since, end)
    content = BundleRequest(device, start, end, now, fault, ticket_id, facts, notes)
    archive = make(site, series, records, content, site_key(site), request.largest)
    return DiagnosticsBundle(device, now, start, end, fault, archive)


@needs("work on a ticket")
def attach_bundle(tx: Transaction, ticket_id: int, bundle: DiagnosticsBundle) -> File:
    """Keep it with its ticket, named by site, device and time."""
    ticket = tickets.find(tx.db, ticket_id)
    name = bundle_name(tx.site, bundle)
    return attach(tx, "ticket", str(ticket.id), name, ZIP, bundle.archive.data)


def bundle_name(site: Site, bundle: DiagnosticsBundle) -> str:
    """By site, device and minute."""
    minute = iso(bundle.made_at)[:16].replace(":", "")
    return f"{site.file.id}-{bundle.device}-{minute}Z.zip"


def is_bundle(file: File, site: str, device: str) -> bool:
    """Is it a bundle of that device, and so made for its vendor, or something else that lies with a ticket?"""
    name = f"{re.escape(site)}-{re.escape(device)}-{_MINUTE}\\.zip"
    return file.media_type == ZIP and re.fullmatch(name, file.name) is not None
