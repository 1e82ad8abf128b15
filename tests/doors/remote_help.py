"""Somebody of a vendor's is let in, and out: by page, command and program."""

from dashboard import forms
from dashboard.components.tickets import remote_help as page
from dashboard.http.api import help_writes
from dashboard.http.api.parameters import NumberQuery
from maintenance.tickets import lifecycle
from maintenance.tickets.remote_help import begin_session, end_session
from tests.dashboard.centre import Centre
from tests.dashboard.people import SARA_HERSELF
from tests.doors.table import Action, Door, Visit
from tests.doors.tickets import a_ticket

PAGE = "dashboard.components.tickets.remote_help"
COMMAND = "app.cli.ticket_help"
API = "dashboard.http.api.help_writes"


def an_ended_session(centre: Centre, now: int) -> int:
    number = a_ticket(centre, now)
    with centre.change(now) as tx:
        lifecycle.move(tx, number, "sent")
        session = begin_session(tx, number, "A", tx.by).id
        end_session(tx, session, "Looked")
    return session


def let_in_by_program(visit: Visit) -> None:
    with forms.writing(SARA_HERSELF.author) as tx:
        help_writes.let_in(tx, NumberQuery(number=visit.about), help_writes.LetInBody(person="A"))


def let_out_by_program(visit: Visit) -> None:
    with forms.writing(SARA_HERSELF.author) as tx:
        body = help_writes.LetOutBody(done="Looked")
        help_writes.let_out(tx, NumberQuery(number=visit.about), body)


ACTIONS = [
    Action(
        "let somebody in",
        begin_session,
        "ticket 1 is draft: it cannot become remote_session",
        [
            Door(f"{PAGE}:_let_in", lambda v: page._let_in(v.about, "A", "VPN")),
            Door(
                f"{COMMAND}:help_begin",
                lambda v: v.command("ticket", "help", "begin", v.about, "A"),
            ),
            Door(f"{API}:let_in", let_in_by_program),
        ],
        a_ticket,
    ),
    Action(
        "let somebody out",
        end_session,
        "there is no open remote session 1",
        [
            Door(f"{PAGE}:_let_out", lambda v: page._let_out(v.about, "Looked")),
            Door(
                f"{COMMAND}:help_end",
                lambda v: v.command("ticket", "help", "end", v.about, "Looked"),
            ),
            Door(f"{API}:let_out", let_out_by_program),
        ],
        an_ended_session,
    ),
]
