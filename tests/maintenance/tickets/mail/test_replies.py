"""From the mailbox into the ticket, and out again, without servers: whatever one mail is, the next comes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.errors import DeliveryError, StoreError
from core.schema.mail import ImapServer, Mail
from core.time.clock import HOUR
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets import sla
from maintenance.tickets.mail import fetch_replies, replies, send_due
from maintenance.work_orders.attachments import LARGEST, attach
from storage.files import attachments
from storage.records import Contract, Ticket, TicketMessage, Vendor
from storage.records import files as file_rows
from storage.records import tickets as ticket_rows
from tests.maintenance.cast import T0, House

MAIL = Mail.model_validate(
    {
        "from": "tickets@c.example",
        "smtp": {"host": "192.0.2.1"},
        "imap": {"host": "192.0.2.1", "user": "t", "password": "env:NONE"},
        "largest_mb": 30,
    }
)


class Box:
    """A mailbox with these mails."""

    validity = 1

    def __init__(self, mails: Sequence[bytes]) -> None:
        self.mails = mails

    def after(self, uid: int) -> list[int]:
        return list(range(uid + 1, len(self.mails) + 1))

    def size(self, uid: int) -> int:
        return len(self.mails[uid - 1])

    def read(self, uid: int, *, head_only: bool = False) -> bytes:
        raw = self.mails[uid - 1]
        return raw[:1000] if head_only else raw


class Case:
    """A ticket that was sent at T0 under a contract with four hours to answer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.mails: list[bytes] = []
        with house.change(T0) as tx:
            tx.db.add(Vendor(id="maker", name="The maker", email="service@maker.example"))
            tx.db.flush()
            ticket = tickets.open_ticket(tx, "ct-1", "maker", "Tube")
            self.id, self.token = ticket.id, ticket.token
        self.write("It arcs.")

    def write(self, text: str, now: int = T0) -> int:
        with self.house.change(now) as tx:
            return tickets.write(tx, self.id, text, "out").id

    def send(self, now: int = T0) -> list[EmailMessage]:
        sent: list[EmailMessage] = []
        send_due(self.house.site, MAIL, self.house.records, sent.append, lambda: now)
        return sent

    def receive(self, *mails: bytes, now: int = T0 + HOUR) -> int:
        self.mails += mails

        @contextmanager
        def opened(_: ImapServer) -> Iterator[Box]:
            yield Box(self.mails)

        assert MAIL.imap
        site, records = self.house.site, self.house.records
        return fetch_replies(site, MAIL, MAIL.imap, records, opened, lambda: now)

    def reply(self, body: str | bytes, *head: str) -> bytes:
        lines = ["From: v@vendor.example", f"Subject: Re: [SCW-{self.token}] Tube", *head]
        data = body if isinstance(body, bytes) else body.encode()
        return "\r\n".join([*lines, "", ""]).encode() + data

    def thread(self) -> list[TicketMessage]:
        with self.house.look() as db:
            return list(db.get_one(Ticket, self.id).messages)

    def state(self) -> str:
        with self.house.look() as db:
            return db.get_one(Ticket, self.id).state

    def is_listed(self) -> bool:
        with self.house.look() as db:
            return self.id in [ticket.id for ticket in ticket_rows.tickets(db)]


@pytest.fixture
def case(house: House) -> Case:
    return Case(house)


def attached(size: int, text: str = "Here.") -> tuple[str, bytes]:
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: application/zip\r\n"
        'Content-Disposition: attachment; filename="log.zip"\r\n\r\n'
    )
    return head, body.encode() + b"x" * size + b"\r\n--b--\r\n"


def test_a_machine_leaves_the_ticket_sent_and_its_clock_runs_on(case: Case) -> None:
    case.send()
    case.receive(
        case.reply("Away", "X-Autorespond: yes"),
        case.reply("Away", "X-Auto-Response-Suppress: All", "Message-ID: <4@x>"),
        case.reply("We have it", "Precedence: bulk", "Message-ID: <5@x>"),
    )
    assert case.state() == "sent"
    assert [message.is_automatic for message in case.thread()] == [False, True, True, True]
    with case.house.look() as db:
        steps = [sla.Step(step.state, step.at) for step in ticket_rows.ticket_steps(db, case.id)]
    every_day = ["sat", "sun", "mon", "tue", "wed", "thu", "fri"]
    contract = Contract(
        vendor_id="maker", number="C", starts_on="2025-01-01", ends_on="2025-12-31", days=every_day,
        response_h=4,
    )  # fmt: skip
    level = sla.service_level_of(contract, case.house.site.zone)
    assert level
    assert sla.response_clock(steps, level, T0 + 10 * HOUR).is_broken
    case.receive(case.reply("We come.", "Message-ID: <6@x>"))
    assert case.state() == "acknowledged"


def test_a_bounce_marks_the_message_that_did_not_arrive(case: Case) -> None:
    case.send()
    second = case.write("And again.", T0 + 1)
    case.send(T0 + 1)
    third = case.write("Third.", T0 + 2)
    case.send(T0 + 2)
    head = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n"
    copy = f"No such user\r\n--- Below\r\nMessage-ID: <{case.token}.{second}@c.example>"
    case.receive(head + copy.encode())
    by_number = {message.id: message for message in case.thread()}
    assert by_number[second].failed_at == T0 + HOUR
    assert by_number[second].error == "it came back: No such user"
    assert by_number[third].failed_at is None
    case.receive(head + f"Mailbox full [SCW-{case.token}]".encode())
    assert {m.id: m.error for m in case.thread()}[third] == (
        f"it came back: Mailbox full [SCW-{case.token}]"
    )
    assert case.state() == "sent"


def test_what_is_late_is_not_failed_and_a_strangers_ticket_is_not_touched(case: Case) -> None:
    case.send()
    late = (
        b"From: mailer-daemon@mx.example\r\nSubject: Delivery Status Notification (Delay)\r\n\r\n"
    )
    case.receive(late + f"Will be retried: <{case.token}.1@c.example>".encode())
    failed = b"From: mailer-daemon@mx.example\r\nSubject: failure\r\n\r\n"
    case.receive(failed + b"No such user: <0123456789abcdef.1@c.example>")
    assert all(message.failed_at is None for message in case.thread())


def test_an_empty_message_id_is_none_and_two_replies_are_two(case: Case) -> None:
    case.send()
    given = "Message-ID: <>"
    assert case.receive(case.reply("first", given), case.reply("second", given)) == 2
    assert case.receive(case.reply("first", given)) == 0, "the same bytes are the same mail"


def test_a_mail_larger_than_files_keep_is_named_and_the_next_comes(case: Case) -> None:
    head, body = attached(LARGEST + 2_000_000)
    case.receive(case.reply(body, head), case.reply("The second"))
    texts = [message.text for message in case.thread()][1:]
    assert texts == [
        "Here.\n[attachment log.zip of 22000000 bytes was too large to keep]",
        "The second",
    ]


def test_of_a_mail_that_is_too_large_the_beginning_is_kept(case: Case) -> None:
    case.send()
    head, body = attached(60_000_001, "It is the tube.")
    case.receive(case.reply(body, head), case.reply("The second"))
    texts = [message.text for message in case.thread()][1:]
    note = "(a mail of 60 MB, too large to keep: it is still in the mailbox)"
    assert texts == [f"It is the tube.\n{note}", "The second"]
    copy = f"No such user\r\n<{case.token}.1@c.example>".encode() + b"x" * 60_000_001
    case.receive(b"From: mailer-daemon@mx.example\r\nSubject: failure\r\n\r\n" + copy)
    assert case.thread()[0].failed_at == T0 + HOUR


def test_the_largest_that_is_kept_is_kept(case: Case) -> None:
    head, body = attached(LARGEST)
    case.receive(case.reply(body, head))
    with case.house.look() as db:
        [file] = file_rows.files(db, "message", str(case.thread()[-1].id))
    assert file.size == LARGEST


def test_a_mail_that_cannot_be_kept_is_said_and_holds_up_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(replies, "attach", broken)
        head, body = attached(10)
        case.receive(case.reply(body, head), case.reply("The second"))
    texts = [message.text for message in case.thread()][1:]
    assert "could not be read" in texts[0]
    assert texts[1] == "The second"


def test_a_full_disk_keeps_the_mail_waiting(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    head, body = attached(10)
    with monkeypatch.context() as patched:
        patched.setattr(replies, "attach", full)
        with pytest.raises(StoreError):
            case.receive(case.reply(body, head))
    assert len(case.thread()) == 1
    assert case.receive() == 1


def test_a_reply_to_a_closed_ticket_is_listed_until_it_is_read(case: Case) -> None:
    case.receive(case.reply("It is mended"))
    with case.house.change(T0 + HOUR) as tx:
        tickets.move(tx, case.id, "closed")
    assert not case.is_listed(), "whoever closes it has read it"
    case.receive(case.reply("It is not solved"))
    assert (case.state(), case.is_listed()) == ("closed", True)
    with case.house.change(T0 + 2 * HOUR) as tx:
        tickets.mark_read(tx, case.id)
    assert not case.is_listed()


def test_what_the_vendor_sent_by_their_link_is_not_sent_back(case: Case) -> None:
    case.send()
    with case.house.change(T0 + 1, "link: The maker") as tx:
        attach(tx, "ticket", str(case.id), "report.pdf", "application/pdf", b"%PDF-")
    with case.house.change(T0 + 1) as tx:
        attach(tx, "ticket", str(case.id), "plate.jpg", "image/jpeg", b"x")
    case.write("Thank you.", T0 + 2)
    [mail] = case.send(T0 + 2)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["plate.jpg"]


def test_a_file_that_is_gone_is_named_in_the_mail(case: Case) -> None:
    case.send()
    with case.house.change(T0 + 1) as tx:
        gone = attach(tx, "ticket", str(case.id), "a\u202eb.zip", "application/zip", b"PK")
        attach(tx, "ticket", str(case.id), "odd.eml", "message/rfc822", b"Subject: x")
        Path(tx.site.file.storage.folder / attachments.FOLDER / gone.sha256).unlink()
    case.write("Both files.", T0 + 2)
    [mail] = case.send(T0 + 2)
    body = mail.get_body()
    assert body
    assert "ab.zip cannot be read any more" in body.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["odd.eml"]


@pytest.mark.parametrize(
    "error", [TypeError("a bug"), DeliveryError("no such user", permanent=True)]
)
def test_a_mail_that_cannot_be_sent_fails_visibly_and_the_next_goes(
    case: Case, error: Exception
) -> None:
    case.write("Second")
    sent: list[EmailMessage] = []

    def send(mail: EmailMessage) -> None:
        if not sent and "arcs" in mail.as_string():
            raise error
        sent.append(mail)

    send_due(case.house.site, MAIL, case.house.records, send, lambda: T0)
    first = case.thread()[0]
    assert (first.failed_at, str(error) in first.error) == (T0, True)
    send_due(case.house.site, MAIL, case.house.records, send, lambda: T0)
    assert len(sent) == 1


def test_a_vendor_without_an_address_holds_up_no_other(case: Case) -> None:
    with case.house.change(T0) as tx:
        tx.db.add(Vendor(id="mute", name="Mute"))
        tx.db.flush()
        other = tickets.open_ticket(tx, "ct-1", "mute", "Table").id
        tickets.write(tx, other, "Hello?", "out")
    case.write("Second")
    assert len(case.send()) == 2, "in one round"
