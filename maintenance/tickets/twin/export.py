"""A ticket with its bundle as one signed ZIP for a stick.

Making one reads for seconds, so it is made before the transaction that notes it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import iso
from core.version import scanward_version
from maintenance.bundle.archive import seal
from maintenance.bundle.curves import THINNINGS
from maintenance.bundle.format import quantity
from maintenance.bundle.gather import gather
from maintenance.bundle.keys import site_key
from maintenance.bundle.privacy import REMOVED
from maintenance.tickets.diagnostics import (
    DiagnosticsBundle,
    DiagnosticsRequest,
    attach_bundle,
    bundle_name,
    make_bundle,
)
from maintenance.tickets.evidence import BEFORE_FAULT, expected_by
from maintenance.tickets.lifecycle import find
from maintenance.tickets.twin.case import TicketCase, ticket_case
from maintenance.tickets.twin.page import FORM, CasePage, LinkedFile, case_page
from maintenance.tickets.twin.reply_form import blank_reply
from maintenance.tickets.twin.stamp import stamp_line
from storage.files import attachments
from storage.records import File, Records, TicketMessage
from storage.records.transaction import Transaction, needs
from storage.series.store import SeriesStore

# Bytes of the files beside the bundle, which are held in memory; Scanward's default.
LARGEST = 100_000_000


@dataclass(frozen=True, slots=True)
class Twin:
    """A ticket as a file."""

    ticket_id: int
    name: str
    data: bytes
    bundle: DiagnosticsBundle | None  # made for it; None: the ticket had one
    left_out: Sequence[File]
    removed: int  # places of the page where text was removed


def make_twin(
    site: Site,
    series: SeriesStore,
    records: Records,
    ticket_id: int,
    now: int,
    chosen: Collection[int] = (),
) -> Twin:
    """The file. Of the house's own files only those `chosen` by number go along, for they cannot be scrubbed.

    RefusedError if there is no such ticket, device or file.
    """
    case = ticket_case(site, records, ticket_id, now)
    along = case.files.along(chosen)
    contents = _contents(site, along)
    bundle = None if case.files.bundles else _bundle(site, series, records, case, now)
    links = _bundle_links(site, case, bundle)
    for file in along:
        if file.id in contents:
            path = f"files/{file.id}{Path(file.name).suffix.lower()[:10]}"
            link = LinkedFile(path, case.scrubber.scrub(file.name), file.size)
            links[link] = contents[file.id]
    page = _page(site, series, records, case, list(links))
    entries = {link.path: content for link, content in links.items()}
    entries |= {
        "index.html": page,
        FORM: blank_reply(stamp_line(site, ticket_id, case.ticket.token)),
    }
    about = {"scanward": scanward_version(), "made_utc": iso(now), "site": site.file.id,
             "device": case.device.id, "ticket": ticket_id}  # fmt: skip
    rest = [file for file in (*case.files.theirs, *case.files.ours) if file.id not in contents]
    data = seal(entries, about, site_key(site))
    return Twin(
        ticket_id, _name(site, ticket_id, now), data, bundle, rest, page.count(REMOVED.encode())
    )


@needs("let a supplier in")
def note_export(tx: Transaction, twin: Twin) -> TicketMessage:
    """A note of the house: who gave what to the vendor. The bundle that was made for it stays with the ticket."""
    ticket = find(tx.db, twin.ticket_id)
    if twin.bundle is not None:
        attach_bundle(tx, ticket.id, twin.bundle)
    text = f"For the supplier as a file: {twin.name}, SHA-256 {attachments.digest_of(twin.data)}"
    note = TicketMessage(
        ticket=ticket, direction="note", at=tx.now, who=tx.by, text=text, next_at=tx.now
    )
    tx.db.add(note)
    tx.db.flush()
    return note


def _name(site: Site, ticket_id: int, now: int) -> str:
    minute = iso(now)[:16].replace(":", "")
    return f"{site.file.id}-ticket-{ticket_id}-{minute}Z.zip"


def _contents(site: Site, files: Sequence[File]) -> Mapping[int, bytes]:
    """What can be read of them, by number, the newest first as far as they fit."""
    contents: dict[int, bytes] = {}
    size = 0
    for file in sorted(files, key=lambda file: file.id, reverse=True):
        if size + file.size > LARGEST:
            break
        try:
            contents[file.id] = attachments.read(site.file.storage.folder, file.sha256)
        except StoreError:
            continue  # missing or damaged: it is named among what is left out
        size += file.size
    return contents


def _bundle(
    site: Site, series: SeriesStore, records: Records, case: TicketCase, now: int
) -> DiagnosticsBundle:
    """Of the hours around the ticket's alert, or of the last day."""
    fault = case.request.fault
    since = case.request.end - case.request.start if fault is None else BEFORE_FAULT
    request = DiagnosticsRequest(case.device.id, since, fault, case.ticket.id)
    return make_bundle(site, series, records, request, now)


def _bundle_links(
    site: Site, case: TicketCase, bundle: DiagnosticsBundle | None
) -> dict[LinkedFile, bytes]:
    if bundle is not None:
        contents = {bundle_name(site, bundle): bundle.archive.data}
    else:
        bundles = _contents(site, case.files.bundles)
        contents = {
            file.name: bundles[file.id] for file in case.files.bundles if file.id in bundles
        }
    return {
        LinkedFile(f"bundle/{name}", "diagnostics", len(content)): content
        for name, content in contents.items()
    }


def _page(
    site: Site, series: SeriesStore, records: Records, case: TicketCase, links: Sequence[LinkedFile]
) -> bytes:
    thinnest = THINNINGS[-1]  # the charts are drawn of few points, and there are no tables
    return case_page(
        CasePage(
            case.ticket.id,
            case.scrubber.scrub(case.ticket.subject),
            case.vendor.name,
            case.vendor_case,
            gather(site, series, records, case.request, thinnest),
            _expected(records, case),
            case.thread,
            links,
        )
    )


def _expected(records: Records, case: TicketCase) -> str:
    """What the detector of the alert expected; empty if it is of none."""
    alert = case.alert
    verdict = expected_by(records, case.device, alert, case.request.now) if alert else None
    metric = case.device.profile.metrics.get(alert.metric) if alert else None
    if verdict is None or metric is None:
        return ""
    was, expected = quantity(verdict.value, metric), quantity(verdict.expected, metric)
    between = ""
    if verdict.low is not None and verdict.high is not None:
        between = f", between {quantity(verdict.low, metric)} and {quantity(verdict.high, metric)}"
    return f"{metric.title}: was {was}, expected {expected}{between}"
