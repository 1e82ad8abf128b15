"""The cases with suppliers, in every state: what was written, asked and answered, and who was let in."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from access.vendor_links import address_of_link, make_vendor_link
from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import Moment, WorkCalendar
from app.demo.work.people import ENGINEER, IT, PHYSICIST, TECHNICIAN, Colleague, supplier
from app.demo.work.planned import follow_up_of
from app.demo.work.standstills import fault_of
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.tickets import ClinicalState, TicketState
from maintenance.tickets import lifecycle, questions
from maintenance.tickets.remote_help import begin_session, end_session
from storage.records import Records, SupplierQuestion, Ticket
from storage.records import supplier_questions as question_rows
from storage.records import tickets as ticket_rows
from storage.records.transaction import Transaction, transaction

Step = Callable[[Transaction, int], object]  # of a ticket's number
StepRow = tuple[Moment, Colleague, Step]

NORD, HELIA = supplier("Nord Imaging Service"), supplier("Helia Cryogenics")
HARI, PAMIR = supplier("Hari Cooling"), supplier("Pamir Medical Supply")


PAGE_OF = "mammo-1", "pamir-medical"


class TicketStory(NamedTuple):
    """One case: its name among the stories, how it was opened, and all that came of it."""

    key: str
    device: str
    vendor: str
    at: Moment
    subject: str
    clinical_state: ClinicalState
    order: str  # the story of its order; empty: none
    steps: tuple[StepRow, ...]
    by: Colleague = ENGINEER


def sends(text: str) -> Step:
    """By their own mail program, for the demo has no mail."""

    def do(tx: Transaction, ticket: int) -> None:
        lifecycle.write(tx, ticket, text, "out")
        lifecycle.confirm_sent(tx, ticket)

    return do


def has_yet_to_send(text: str) -> Step:
    """Written, and nobody has sent it."""
    return lambda tx, ticket: lifecycle.write(tx, ticket, text, "out")


def notes(text: str) -> Step:
    return lambda tx, ticket: lifecycle.write(tx, ticket, text, "note")


def replies(text: str) -> Step:
    """By the supplier, on the page of their link."""
    return lambda tx, ticket: lifecycle.receive_reply(tx, ticket, text)


def moves(state: TicketState, note: str = "") -> Step:
    return lambda tx, ticket: lifecycle.move(tx, ticket, state, note)


def reads() -> Step:
    return lambda tx, ticket: lifecycle.mark_read(tx, ticket)


def has_number(number: str) -> Step:
    return lambda tx, ticket: lifecycle.set_vendor_case(tx, ticket, number)


def asks(key: str) -> Step:
    """By the supplier, from the list of the device's profile."""
    return lambda tx, ticket: questions.add_question(tx, ticket, key, is_vendors=True)


def answers(text: str) -> Step:
    """By whoever stands at the device, the question that waits longest."""
    return lambda tx, ticket: questions.answer(tx, _unanswered(tx, ticket).id, text, 0)


def lets_in(person: str, way: str, planned: int) -> Step:
    return lambda tx, ticket: begin_session(tx, ticket, person, tx.by, way, planned=planned)


def ends_session(done: str) -> Step:
    def do(tx: Transaction, ticket: int) -> None:
        for session in tx.db.get_one(Ticket, ticket).sessions:
            if session.ended_at is None:
                end_session(tx, session.id, done)

    return do


STORIES = (
    TicketStory(
        "spikes", "mri-1", "nord-imaging", (52, "11:30"), "Herringbone on all images", "down", "spikes",
        (
            ((52, "11:32"), ENGINEER, sends("All sequences show a herringbone since this morning. Body coil too.")),
            ((51, "09:20"), NORD, replies("Sorry for the delay. Please allow a remote session.")),
            ((51, "09:25"), ENGINEER, has_number("NI-88341")),
            ((51, "10:30"), ENGINEER, lets_in("Jan Berg", "screen sharing", 2 * HOUR)),
            ((51, "12:10"), ENGINEER, ends_session("Looked at raw data; spikes come with the gradients")),
            ((51, "14:00"), NORD, replies("Tighten all screws of the filter plate, 4 Nm.")),
            ((51, "16:10"), ENGINEER, moves("solved", "One screw was loose")),
            ((50, "09:00"), ENGINEER, moves("closed")),
        ),
    ),
    TicketStory(
        "fan", "ct-2", "nord-imaging", (63, "13:20"), "Fan of the gantry is loud", "limited", "fan",
        (
            ((63, "13:25"), ENGINEER, sends("The second fan from the left grinds. A new one is here.")),
            ((63, "14:40"), NORD, replies("Our colleague is in town and comes tomorrow at seven.")),
            ((63, "14:50"), ENGINEER, has_number("NI-88402")),
            ((62, "07:55"), ENGINEER, moves("solved", "Changed before the first patient")),
            ((62, "08:30"), ENGINEER, moves("closed")),
        ),
    ),
    TicketStory(
        "aec", "mammo-1", "pamir-medical", (12, "10:00"), "Exposures differ from side to side", "limited", "",
        (
            ((12, "10:05"), PHYSICIST, sends("The left side takes 12 % more than the right.")),
            ((11, "09:00"), PAMIR, replies("We ask the maker. A few questions first.")),
            ((11, "09:01"), PAMIR, asks("exposure")),
            ((11, "13:00"), TECHNICIAN, answers("28 kV, 84 mAs right and 94 mAs left, block of 45 mm")),
            ((10, "09:30"), PAMIR, replies("Please send an image of the test plate from each side.")),
            ((10, "09:40"), ENGINEER, moves("waiting_us", "Images of the test plate")),
            ((10, "09:45"), PHYSICIST, notes("The plate is at the other house until Sunday.")),
        ),
        PHYSICIST,
    ),
    TicketStory(
        "density", "dxa-1", "pamir-medical", (8, "11:00"), "Phantom becomes lighter, slowly", "working", "",
        (
            ((8, "11:05"), PHYSICIST, sends("0.05 % a day for two weeks; the plot is on the page of this case.")),
            ((7, "10:00"), PAMIR, replies("Received. Which step of the filter drum?")),
        ),
        PHYSICIST,
    ),
    TicketStory(
        "hose", "mri-1", "nord-imaging", (5, "12:15"), "Hose of the gradient cooling weeps", "working", "hose",
        (
            ((5, "12:20"), ENGINEER, sends("A drop each minute at the quick coupling. Which hose do we need?")),
            ((5, "15:00"), NORD, replies("Hose 8 mm, 1.2 m. It leaves here on Monday.")),
            ((5, "15:10"), ENGINEER, moves("waiting_part", "Hose on its way")),
            ((5, "15:12"), ENGINEER, has_number("NI-88467")),
        ),
    ),
    TicketStory(
        "foot_switch", "rf-1", "pamir-medical", (2, "14:45"), "Foot switch of the R/F room", "down", "foot_switch",
        (((2, "14:50"), ENGINEER, has_yet_to_send("Price and time of a new foot switch, please. The room stands.")),),
    ),
    TicketStory(
        "chin_rest", "cbct-1", "pamir-medical", (1, "09:10"), "Chin rest is cracked", "working", "",
        (((1, "09:15"), ENGINEER, sends("Price and time of a new chin rest, please. Tape holds the old one.")),),
    ),
    TicketStory(
        "probe", "us-1", "nord-imaging", (1, "10:30"), "Linear probe has dark lines", "limited",
        follow_up_of("us-1", "ultrasound_monthly", 1), (),
    ),
)  # fmt: skip


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Everything of every ticket."""
    for story in (*STORIES, _compressor(calendar), _remote_now(calendar)):
        yield Act(calendar.at(story.at), story.by, partial(_open, story))
        for at, who, step in story.steps:
            yield Act(calendar.at(at), who, partial(_go_on, story.key, step))


def _open(story: TicketStory, tx: Transaction, written: WrittenWork) -> None:
    order = written.orders[story.order] if story.order else None
    ticket = lifecycle.open_ticket(
        tx,
        story.device,
        story.vendor,
        story.subject,
        clinical_state=story.clinical_state,
        order_id=order,
    )
    written.tickets[story.key] = ticket.id


def _go_on(key: str, step: Step, tx: Transaction, written: WrittenWork) -> None:
    step(tx, written.tickets[key])


def _compressor(calendar: WorkCalendar) -> TicketStory:
    """About the chiller that stood: solved, and nobody has closed it yet."""
    failure = fault_of(calendar, "chiller_failure")
    over = failure.end or calendar.end
    return TicketStory(
        "compressor", "chiller-1", "hari-cooling", failure.start + 15 * MINUTE,
        "Compressor does not start", "down", "chiller",
        (
            (failure.start + 16 * MINUTE, ENGINEER, sends("The chiller stands; high pressure is shown.")),
            (failure.start + 30 * MINUTE, HARI, replies("Reset the pressure switch, I am on my way.")),
            (over, ENGINEER, moves("solved", "Condenser was full of dust; washed")),
            (over + MINUTE, ENGINEER, reads()),
        ),
    )  # fmt: skip


def _remote_now(calendar: WorkCalendar) -> TicketStory:
    """Somebody of the supplier is in at this moment."""
    end = calendar.end
    return TicketStory(
        "cold_head", "mri-2", "helia-cryo", (1, "10:00"), "Cold head is louder than before", "working", "",
        (
            ((1, "10:05"), ENGINEER, sends("A knock every second stroke. Recording follows.")),
            ((1, "14:00"), HELIA, replies("May we look at the monitor of the magnet?")),
            ((1, "14:10"), ENGINEER, reads()),
            (end - 20 * MINUTE, IT, lets_in("Ruth Adler", "VPN to the monitor of the magnet", DAY)),
        ),
    )  # fmt: skip


def _unanswered(tx: Transaction, ticket: int) -> SupplierQuestion:
    return next(row for row in question_rows.questions(tx.db, ticket) if not row.answers)


def supplier_page(records: Records, site: Site, at: int) -> str:
    """The address of one case for whoever looks at the demo as its supplier, in any browser; good from then, UTC ms."""
    device, vendor = PAGE_OF
    with transaction(records, site, ENGINEER.full_name, at, ENGINEER.rights) as tx:
        cases = ticket_rows.tickets(tx.db, device=device, closed=True)
        ticket = next(case for case in cases if case.vendor_id == vendor)
        return address_of_link(site, make_vendor_link(tx, ticket.id, is_bound=False))
