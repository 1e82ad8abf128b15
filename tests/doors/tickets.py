"""Tickets, their vendors, files and bundles."""

from pathlib import Path

from access import vendor_links
from core.time.clock import HOUR
from dashboard.components.shared import attachments as attachments_page
from dashboard.components.tickets import ticket_file, ticket_forms, ticket_new
from dashboard.components.tickets import vendor_links as links_page
from maintenance.tickets import diagnostics, lifecycle
from maintenance.tickets.twin.export import note_export
from maintenance.tickets.twin.intake import receive_file
from maintenance.tickets.twin.reply_form import blank_reply
from maintenance.tickets.twin.stamp import stamp_line
from maintenance.work_orders.attachments import attach
from storage.records import Ticket
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import Visitor, link_to
from tests.doors.table import Action, Door, Visit, an_order

FILE = "dashboard.components.tickets.ticket_file"
FORMS = "dashboard.components.tickets.ticket_forms"
LINKS = "dashboard.components.tickets.vendor_links"
NEW = "dashboard.components.tickets.ticket_new"


def a_ticket(centre: Centre, now: int) -> int:
    """A draft about CT-2; its number."""
    centre.all_well(now)
    with centre.change(now - HOUR) as tx:
        return lifecycle.open_ticket(tx, "ct-2", "tube-service", "Fan is loud").id


def make_bundle(visit: Visit) -> None:
    with visit.centre.records.reading() as db:
        ticket = db.get_one(Ticket, visit.about)
    ticket_forms._bundle_made(ticket, 24)


def answer_by_link(visit: Visit) -> None:
    path = link_to(visit.centre, visit.about, is_bound=False)
    assert Visitor().post(path, text="Send the log").status == 303


def open_by_link(visit: Visit) -> None:
    assert Visitor().post(link_to(visit.centre, visit.about), open="1").status == 303


def look_by_link(visit: Visit) -> None:
    assert Visitor().get(link_to(visit.centre, visit.about, is_bound=False)).status == 200


def send_by_link(visit: Visit) -> None:
    path = link_to(visit.centre, visit.about, is_bound=False)
    assert Visitor().upload(path, "error.log", b"E17 arc").status == 303


def a_reply(visit: Visit) -> Path:
    """Rightly signed, to a ticket that is no longer there."""
    form = blank_reply(stamp_line(visit.centre.site, 7, "0" * 16))
    path = visit.centre.path.with_name("reply.txt")
    path.write_bytes(b"Replace the anode.\r\n" + form)
    return path


ACTIONS = [
    Action(
        "say that a ticket is read",
        lifecycle.mark_read,
        "ticket 1 has no message that nobody has read",
        [
            Door(f"{FORMS}:_read", lambda v: ticket_forms._read(v.about)),
            Door("app.cli.ticket:ticket_read", lambda v: v.command("ticket", "read", v.about)),
        ],
        a_ticket,
    ),
    Action(
        "open a ticket",
        lifecycle.open_ticket,
        "there is no device 'ct-3' (did you mean 'ct-2'?)",
        [
            Door(
                f"{NEW}:_opened",
                lambda _: ticket_new._opened(
                    "ct-3", "tube-service", "Fan", "", "working", None, None
                ),
            )
        ],
    ),
    Action(
        "add a vendor",
        lifecycle.add_vendor,
        "'nobody' is no e-mail address",
        [Door(f"{NEW}:_added", lambda _: ticket_new._added("maker", "Maker", "nobody", ""))],
    ),
    Action(
        "write a message",
        lifecycle.write,
        "the message is empty",
        [Door(f"{FORMS}:_written", lambda v: ticket_forms._written(v.about, " ", "out"))],
        a_ticket,
    ),
    Action(
        "move a ticket",
        lifecycle.move,
        "ticket 1 is draft: it cannot become solved",
        [Door(f"{FORMS}:_moved", lambda v: ticket_forms._moved(v.about, "solved", ""))],
        a_ticket,
    ),
    Action(
        "note the vendor's number of a ticket",
        lifecycle.set_vendor_case,
        "there is no ticket 99",
        [Door(f"{FORMS}:_case_set", lambda _: ticket_forms._case_set(99, "C-1"))],
    ),
    Action(
        "make a link for a supplier",
        vendor_links.make_vendor_link,
        "a link is good for 1 to 90 days",
        [
            Door(
                f"{LINKS}:_made",
                lambda v: links_page._made([], v.about, 91, is_bound=True, language="en"),
            ),
            Door(
                "app.cli.ticket:ticket_link",
                lambda v: v.command("ticket", "link", v.about, "--days", 91),
            ),
        ],
        a_ticket,
    ),
    Action(
        "take a supplier's link back",
        vendor_links.revoke_vendor_link,
        "there is no link 99",
        [
            Door(f"{LINKS}:_revoked", lambda _: links_page._revoked(99)),
            Door(
                "app.cli.ticket:ticket_revoke_link",
                lambda v: v.command("ticket", "revoke-link", 99),
            ),
        ],
    ),
    Action(
        "answer by a supplier's link",
        lifecycle.receive_reply,
        "",
        [Door("dashboard.http.vendor_page:_reply", answer_by_link)],
        a_ticket,
    ),
    Action(
        "open a case by a supplier's link",
        vendor_links.bind_browser,
        "",
        [Door("dashboard.http.vendor_page:_opened", open_by_link)],
        a_ticket,
    ),
    Action(
        "note what is done by a supplier's link",
        vendor_links.note_visit,
        "",
        [
            Door("dashboard.http.vendor_page:_note", look_by_link),
        ],
        a_ticket,
    ),
    Action(
        "note that a supplier's link was answered by",
        vendor_links.note_visit,
        "",
        [
            Door("dashboard.http.vendor_page:_reply", answer_by_link),
        ],
        a_ticket,
    ),
    Action(
        "note that a supplier sent a file",
        vendor_links.note_visit,
        "",
        [Door("dashboard.http.vendor_upload:_keep", send_by_link)],
        a_ticket,
    ),
    Action(
        "keep a supplier's file",
        attach,
        "",
        [Door("dashboard.http.vendor_upload:_keep", send_by_link)],
        a_ticket,
    ),
    Action(
        "keep a bundle with a ticket",
        diagnostics.attach_bundle,
        "",
        [Door(f"{FORMS}:_bundle_made", make_bundle)],
        a_ticket,
    ),
    Action(
        "give a ticket out as a file",
        note_export,
        "",
        [Door(f"{FILE}:_exported", lambda v: ticket_file._exported([], v.about, []))],
        a_ticket,
    ),
    Action(
        "give a ticket out as a file on a stick",
        note_export,
        "",
        [
            Door(
                "app.cli.ticket_file:ticket_export",
                lambda v: v.command("ticket", "export", v.about, "--to", v.centre.path.parent),
            )
        ],
        a_ticket,
    ),
    Action(
        "take in the reply of a file",
        receive_file,
        "ticket 7, to which this reply belongs, is not here any more",
        [
            Door(f"{FILE}:_received", lambda v: ticket_file._received(a_reply(v).read_bytes())),
            Door(
                "app.cli.ticket_file:ticket_import",
                lambda v: v.command("ticket", "import", a_reply(v)),
            ),
        ],
        a_ticket,
    ),
    Action(
        "attach a file",
        attach,
        "a file has 1 byte to 20 MB; photo.jpg has 0 bytes",
        [
            Door(
                "dashboard.components.shared.attachments:_attached",
                lambda v: attachments_page._attached(
                    "order", str(v.about), [("photo.jpg", "image/jpeg", b"")]
                ),
            )
        ],
        an_order,
    ),
]
