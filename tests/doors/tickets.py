"""Tickets, their vendors, files and bundles."""

from pathlib import Path
from urllib.parse import urlsplit

from access import live_values, vendor_links
from core.time.clock import HOUR
from dashboard.components.shared import attachments as attachments_page
from dashboard.components.tickets import allowed_words as allowed_words_page
from dashboard.components.tickets import by_hand, ticket_file, ticket_forms, ticket_new
from dashboard.components.tickets import live_values as live_page
from dashboard.components.tickets import questions as questions_page
from dashboard.components.tickets import vendor_links as links_page
from dashboard.http import answer_page, vendor_live
from maintenance.tickets import allowed_words, diagnostics, lifecycle, questions
from maintenance.tickets.twin.export import note_export
from maintenance.tickets.twin.intake import receive_file
from maintenance.tickets.twin.reply_form import blank_reply
from maintenance.tickets.twin.stamp import stamp_line
from maintenance.work_orders.attachments import attach
from storage.records import Ticket
from storage.records import vendor_links as link_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import Visitor, link_to
from tests.doors.table import Action, Door, Visit, an_order

FILE = "dashboard.components.tickets.ticket_file"
FORMS = "dashboard.components.tickets.ticket_forms"
LINKS = "dashboard.components.tickets.vendor_links"
QUESTIONS = "dashboard.components.tickets.questions"
LIVE = "dashboard.components.tickets.live_values"
WORDS = "dashboard.components.tickets.allowed_words"
BY_HAND = "dashboard.components.tickets.by_hand"
NEW = "dashboard.components.tickets.ticket_new"


def a_ticket(centre: Centre, now: int) -> int:
    """A draft about CT-2; its number."""
    centre.all_well(now)
    with centre.change(now - HOUR) as tx:
        return lifecycle.open_ticket(tx, "ct-2", "tube-service", "Fan is loud").id


def a_closed_ticket(centre: Centre, now: int) -> int:
    number = a_ticket(centre, now)
    with centre.change(now) as tx:
        lifecycle.move(tx, number, "closed")
    return number


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


def live_link(visit: Visit, at: int) -> str:
    """Opened at `at` for an hour."""
    path = link_to(visit.centre, visit.about, is_bound=False, at=at)
    with visit.centre.change(at) as tx:
        live_values.open_live_values(tx, link_rows.vendor_links(tx.db, visit.about)[0].id)
    return path


def look_at_live_values(visit: Visit) -> None:
    assert "41" in Visitor().get(f"{live_link(visit, visit.now)}/live").text


def look_too_late(visit: Visit) -> None:
    assert "41" not in Visitor().get(f"{live_link(visit, visit.now - 2 * HOUR)}/live").text


def ask_by_link(visit: Visit) -> None:
    path = link_to(visit.centre, visit.about, is_bound=False)
    assert Visitor().post(f"{path}/questions", question="sound").status == 303


def answer_question(visit: Visit) -> None:
    with visit.centre.change(visit.now) as tx:
        number = questions.add_own_question(tx, visit.about, "Is it loud?").id
    path = urlsplit(answer_page.answer_address(visit.centre.site, visit.about)).path
    assert Visitor().post(path, question=str(number), seen="0", text="Yes").status == 303


def begin_anew(visit: Visit) -> None:
    path = live_link(visit, visit.now)
    vendor_live.end_open_windows()
    assert "not open" in Visitor().get(f"{path}/live").text


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
        "let words stay in a bundle",
        allowed_words.keep_words,
        "'0788' is not a word of Latin letters alone: it cannot be kept",
        [
            Door(f"{WORDS}:_saved", lambda v: allowed_words_page._saved(v.about, ["0788"])),
            Door(
                "app.cli.ticket:ticket_keep_words",
                lambda v: v.command("ticket", "keep-words", v.about, "0788"),
            ),
        ],
        a_ticket,
    ),
    Action(
        "say that a ticket was sent by hand",
        lifecycle.confirm_sent,
        "ticket 1 has no message that waits to be sent",
        [
            Door(f"{BY_HAND}:_confirmed", lambda v: by_hand._confirmed(v.about)),
            Door("app.cli.ticket:ticket_sent", lambda v: v.command("ticket", "sent", v.about)),
        ],
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
        "ask what stands in the list",
        questions.add_question,
        "ticket 1 is closed",
        [Door(f"{QUESTIONS}:_added", lambda v: questions_page._added(v.about, "sound", "en"))],
        a_closed_ticket,
    ),
    Action(
        "ask by a supplier's link",
        questions.add_question,
        "",
        [Door("dashboard.http.vendor_questions:_add_question", ask_by_link)],
        a_ticket,
    ),
    Action(
        "note that somebody asks by a supplier's link",
        vendor_links.note_visit,
        "",
        [Door("dashboard.http.vendor_questions:_add_question", ask_by_link)],
        a_ticket,
    ),
    Action(
        "ask in own words",
        questions.add_own_question,
        "a question has 1 to 200 characters",
        [
            Door(
                f"{QUESTIONS}:_own_added",
                lambda v: questions_page._own_added(v.about, " ", "en"),
            )
        ],
        a_ticket,
    ),
    Action(
        "take the links for answers back",
        questions.revoke_answer_links,
        "there is no ticket 99",
        [Door(f"{QUESTIONS}:_revoked", lambda _: questions_page._revoked(99))],
        a_ticket,
    ),
    Action(
        "answer a supplier's question",
        questions.answer,
        "",
        [Door("dashboard.http.answer_page:_answer", answer_question)],
        a_ticket,
    ),
    Action(
        "open live values for a supplier",
        live_values.open_live_values,
        "there is no link 99",
        [
            Door(f"{LIVE}:_opened", lambda _: live_page._opened(99)),
            Door("app.cli.ticket:ticket_live", lambda v: v.command("ticket", "live", 99)),
        ],
    ),
    Action(
        "close live values for a supplier",
        live_values.close_live_values,
        "there is no link 99",
        [
            Door(f"{LIVE}:_closed", lambda _: live_page._closed(99)),
            Door("app.cli.ticket:ticket_end_live", lambda v: v.command("ticket", "end-live", 99)),
        ],
    ),
    Action(
        "end live values when the dashboard begins anew",
        live_values.end_all_live_values,
        "",
        [Door("dashboard.http.vendor_live:end_open_windows", begin_anew)],
        a_ticket,
    ),
    Action(
        "note that live values are over",
        live_values.note_live_end,
        "",
        [Door("dashboard.http.vendor_live:_is_over", look_too_late)],
        a_ticket,
    ),
    Action(
        "note the first look at live values",
        live_values.note_first_look,
        "",
        [Door("dashboard.http.vendor_live:_note_first_look", look_at_live_values)],
        a_ticket,
    ),
    Action(
        "note that somebody looks at live values",
        vendor_links.note_visit,
        "",
        [Door("dashboard.http.vendor_live:_note_first_look", look_at_live_values)],
        a_ticket,
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
