"""Questions of suppliers as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.schema.vendor_question import VendorQuestion
from core.time.clock import DAY
from dashboard.queries import stores
from storage.records import SupplierQuestion, Ticket
from storage.records import supplier_questions as question_rows

SHOWN_FOR = 2 * DAY  # after it was answered: a slip is noticed soon or never


@dataclass(frozen=True, slots=True)
class DeviceQuestion:
    """One, and the device that it is about."""

    question: SupplierQuestion
    device: str


def open_questions(ticket: int | None) -> list[DeviceQuestion]:
    """Of one ticket, or of all that are open; first what waits, the oldest at the top, then what was answered lately."""
    now = stores.now()
    with stores.records().reading() as db:
        rows = question_rows.questions(db, ticket)
        cases = [db.get_one(Ticket, number) for number in {row.ticket_id for row in rows}]
    devices = {case.id: case.device for case in cases if case.state != "closed"}
    waiting = [row for row in rows if not row.answers]
    lately = [row for row in rows if row.answers and row.answers[-1].at > now - SHOWN_FOR]
    return [
        DeviceQuestion(row, devices[row.ticket_id])
        for row in [*waiting, *lately]
        if row.ticket_id in devices
    ]


def of_ticket(ticket: int) -> list[SupplierQuestion]:
    """All that were asked on a ticket, in order."""
    with stores.records().reading() as db:
        return question_rows.questions(db, ticket)


def links_revoked(ticket: int) -> int | None:
    """How often its links for answers were taken back; None if there is no such ticket."""
    with stores.records().reading() as db:
        row = db.get(Ticket, ticket)
    return None if row is None else row.answer_links_revoked


def is_of(ticket: int, question: int) -> bool:
    """Was it asked on this ticket?"""
    with stores.records().reading() as db:
        row = db.get(SupplierQuestion, question)
    return row is not None and row.ticket_id == ticket


def waiting_count() -> int:
    """How many wait for an answer."""
    return sum(not row.question.answers for row in open_questions(None))


def listed(device: str) -> Sequence[VendorQuestion]:
    """What is asked about this kind of device."""
    known = stores.site().devices.get(device)
    return () if known is None else known.profile.vendor_questions
