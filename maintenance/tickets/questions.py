"""What a supplier wants to know from who stands at the device: asked on the ticket, answered there once.

The answer is a message to the supplier. A later one corrects it, and both stay to be seen.
"""

from core.errors import RefusedError
from core.schema.strict_model import did_you_mean
from core.text.languages import nearest
from core.text.plain import single_line
from maintenance.tickets.lifecycle import find, receive_reply, send_answer
from storage.records import SupplierAnswer, SupplierQuestion, Ticket
from storage.records import supplier_questions as question_rows
from storage.records.transaction import Transaction, needs

# Scanward's own: a page of them is still looked through on a telephone, and nobody asks without an end.
MOST_UNANSWERED, MOST_QUESTIONS = 20, 200
LONGEST_LINE, LONGEST_ANSWER = 200, 4000  # characters
MOST_ANSWERS = 10  # the first and its corrections


@needs("work on a ticket")
def add_question(
    tx: Transaction, ticket_id: int, key: str, language: str = "en", *, is_vendors: bool = False
) -> SupplierQuestion:
    """One of the device's list. Asked again before it is answered, it is the same question.

    A vendor's own is a message of theirs too, so that the engineer learns of it as of any other.
    """
    ticket = _open_ticket(tx, ticket_id)
    listed = {row.id: row for row in tx.device(ticket.device).profile.vendor_questions}
    if key not in listed:
        hint = did_you_mean(key, listed)
        raise RefusedError("no such question is asked about this device: {key!r}{hint}", key=key, hint=hint)  # fmt: skip
    words = {name: listed[key].in_language(name) for name in ("en", "fa")}
    question = _unanswered_or_new(tx, ticket_id, key, words, language)
    if is_vendors:
        receive_reply(tx, ticket_id, words[nearest(language, words)])
    return question


@needs("work on a ticket")
def add_own_question(
    tx: Transaction, ticket_id: int, line: str, language: str = "en"
) -> SupplierQuestion:
    """One in the engineer's own words."""
    text = single_line(line)
    if not 0 < len(text) <= LONGEST_LINE:
        raise RefusedError("a question has 1 to {most} characters", most=LONGEST_LINE)
    _open_ticket(tx, ticket_id)
    return _unanswered_or_new(tx, ticket_id, "", {"en": text, "fa": text}, language)


@needs("work on a ticket")
def revoke_answer_links(tx: Transaction, ticket_id: int) -> Ticket:
    """No link that was handed out leads to the ticket's questions any more; one that is made now does."""
    ticket = find(tx.db, ticket_id)
    ticket.answer_links_revoked += 1
    return ticket


@needs("answer a supplier's question")
def answer(tx: Transaction, question_id: int, text: str, seen: int) -> SupplierAnswer:
    """Answer it, or correct what was answered; `seen` is how many answers its author knows of.

    Sent again over a bad line, the same words are the same answer.
    """
    question = tx.db.get(SupplierQuestion, question_id, with_for_update=True)
    if question is None:
        raise RefusedError("there is no question {question}", question=question_id)
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise RefusedError("an answer has 1 to {most} characters", most=LONGEST_ANSWER)
    answers = question.answers
    if answers and answers[-1].text == text:
        return answers[-1]
    _open_ticket(tx, question.ticket_id)
    if len(answers) != seen:
        raise RefusedError("somebody has answered meanwhile: see what, and correct it if it is wrong")  # fmt: skip
    if len(answers) >= MOST_ANSWERS:
        raise RefusedError("it was corrected often enough: write a message")
    before = f"✗ {answers[-1].text}\n✓ " if answers else ""
    words = f"> {question.words(question.language)}\n{before}{text}"
    message = send_answer(tx, question.ticket_id, words)
    row = SupplierAnswer(
        question=question, text=text, at=tx.now, who=tx.by, message_id=message.id
    )  # fmt: skip
    tx.db.add(row)
    tx.db.flush()
    return row


def _open_ticket(tx: Transaction, ticket_id: int) -> Ticket:
    ticket = find(tx.db, ticket_id)
    if ticket.state == "closed":
        raise RefusedError("ticket {ticket} is closed", ticket=ticket_id)
    return ticket


def _unanswered_or_new(
    tx: Transaction, ticket_id: int, key: str, words: dict[str, str], language: str
) -> SupplierQuestion:
    """The same that waits for an answer, or a new one."""
    before = question_rows.questions(tx.db, ticket_id)
    unanswered = [row for row in before if not row.answers]
    for row in unanswered:
        if (row.key, row.en) == (key, words["en"]):
            return row
    if len(unanswered) >= MOST_UNANSWERED or len(before) >= MOST_QUESTIONS:
        raise RefusedError("too many questions wait for an answer")
    question = SupplierQuestion(
        ticket_id, key, words["en"], words["fa"], tx.now, tx.by, language
    )  # fmt: skip
    tx.db.add(question)
    tx.db.flush()
    return question
