"""A reply file becomes a message of the vendor in its own ticket: once, by whatever way it came."""

from email.message import EmailMessage

import pytest

from core.errors import RefusedError, StoreError
from core.time.clock import DAY, HOUR
from maintenance.tickets import lifecycle
from maintenance.tickets.mail.parse import parse
from maintenance.tickets.mail.replies import MailPlace, _store
from maintenance.tickets.twin.intake import ReplyIntake, receive_file
from maintenance.tickets.twin.reply_file import read_reply
from storage.files import attachments
from storage.records import Audit, Ticket
from storage.records import base as table_rows
from storage.records import files as file_rows
from storage.records import tickets as ticket_rows
from tests.maintenance.cast import T0, House, at
from tests.maintenance.tickets.twin.filling import filled, packed

PDF = b"%PDF-1.4 report"


def packed_reply(blank: str, words: str = "Replace the anode.") -> bytes:
    return packed({"reply/reply.txt": filled(blank, words).encode(), "reply/report.pdf": PDF})


def receive(house: House, data: bytes, now: int = T0 + HOUR) -> ReplyIntake:
    reply = read_reply(house.site, data)
    with house.change(now) as tx:
        return receive_file(tx, reply)


def thread(house: House) -> list[tuple[str, str, str]]:
    with house.look() as db:
        return [(m.direction, m.who, m.text) for m in db.get_one(Ticket, 1).messages]


def files_of(house: House, message: int) -> list[tuple[str, str, bytes]]:
    with house.look() as db:
        rows = file_rows.files(db, "message", str(message))
    folder = house.site.file.storage.folder
    return [(row.name, row.who, attachments.read(folder, row.sha256)) for row in rows]


def test_a_reply_is_an_unread_message_of_the_vendor_with_its_files(
    house: House, blank: str
) -> None:
    assert receive(house, packed_reply(blank)) == ReplyIntake(1, is_new=True, is_closed=False)
    assert thread(house)[1:] == [("in", "file: The maker", "Replace the anode.")]
    assert files_of(house, 2) == [("report.pdf", "file: The maker", PDF)]
    with house.look() as db:
        ticket = db.get_one(Ticket, 1)
        assert (ticket.state, ticket.steps[-1].who, ticket.steps[-1].note) == (
            "acknowledged",
            "sara",
            "by file",
        )
        assert [message.id for message in ticket_rows.unread(db, 1)] == [2]
        rows = table_rows.all_rows(db, Audit)
        assert {row.who for row in rows if row.at == T0 + HOUR} == {"sara"}  # who took it in


def test_twice_is_once_and_another_answer_is_another_message(house: House, blank: str) -> None:
    receive(house, packed_reply(blank))
    again = receive(house, packed_reply(blank), T0 + DAY)
    assert again == ReplyIntake(1, is_new=False, is_closed=False)
    assert receive(house, filled(blank, "Replace the tube.").encode()).is_new
    assert [text for _, _, text in thread(house)[1:]] == ["Replace the anode.", "Replace the tube."]


def test_of_a_closed_ticket_nothing_is_lost_and_it_stays_closed(house: House, blank: str) -> None:
    with house.change(T0) as tx:
        lifecycle.move(tx, 1, "closed")
    assert receive(house, packed_reply(blank)) == ReplyIntake(1, is_new=True, is_closed=True)
    with house.look() as db:
        assert db.get_one(Ticket, 1).state == "closed"
        assert [row.id for row in ticket_rows.tickets(db)] == [
            1
        ]  # among the open ones, until it is read


def test_a_draft_stays_one_and_files_alone_are_a_message(house: House, blank: str) -> None:
    with house.write(T0) as db:
        db.get_one(Ticket, 1).state = "draft"
    receive(house, packed_reply(blank, ""))
    assert thread(house)[-1] == ("in", "file: The maker", "(no text)")
    with house.look() as db:
        assert db.get_one(Ticket, 1).state == "draft"


def test_no_clock_makes_a_reply_wrong(house: House, blank: str) -> None:
    receive(house, packed_reply(blank), at("2036-03-01 08:00"))
    with house.look() as db:
        assert db.get_one(Ticket, 1).messages[-1].at == at("2036-03-01 08:00")


def test_the_number_may_be_another_tickets_by_now(house: House, blank: str) -> None:
    with house.write(T0) as db:  # an older backup came back, and the number was given again
        db.get_one(Ticket, 1).token = "0" * 16
    with pytest.raises(RefusedError, match="ticket 1, to which this reply belongs, is not here"):
        receive(house, packed_reply(blank))
    assert len(thread(house)) == 1


def test_nothing_is_half_stored(house: House, blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise StoreError("no space left")

    monkeypatch.setattr(attachments, "keep", full)
    with pytest.raises(StoreError, match="no space"):
        receive(house, packed_reply(blank))
    assert len(thread(house)) == 1
    monkeypatch.undo()
    assert receive(house, packed_reply(blank)).is_new


def test_what_nobody_can_see_is_no_word_of_it(house: House, blank: str) -> None:
    receive(house, filled(blank, "Run \u202efdp.exe\u202c <script>x</script>\x07 =cmd|A1").encode())
    assert thread(house)[-1][2] == "Run fdp.exe <script>x</script> =cmd|A1"


def mailed(*names_and_contents: tuple[str, bytes], subject: str = "Your reply") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = (
        "a@maker.invalid",
        subject,
        "<1@maker.invalid>",
    )
    mail.set_content("See the attachment.")
    for name, content in names_and_contents:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_by_mail_it_reaches_its_ticket_whatever_the_subject_is(house: House, blank: str) -> None:
    received = parse(mailed(("reply.zip", packed_reply(blank)), ("broken.zip", b"PK")), 20_000_000)
    place = MailPlace("box", 1, 1)
    assert _store(house.site, house.records, place, received, T0 + HOUR)
    assert [text for _, _, text in thread(house)[1:]] == [
        "See the attachment.",
        "Replace the anode.",
    ]
    assert [name for name, _, _ in files_of(house, 2)] == ["reply.zip", "broken.zip"]
    assert [name for name, _, _ in files_of(house, 3)] == ["report.pdf"]
    assert not receive(house, packed_reply(blank)).is_new  # the stick comes later


def test_a_mail_whose_reply_is_of_a_ticket_that_is_gone_is_a_mail_like_any_other(
    house: House, blank: str
) -> None:
    with house.write(T0) as db:
        db.get_one(Ticket, 1).token = "0" * 16
    file = ("reply.zip", packed_reply(blank))
    place = MailPlace("box", 1, 1)
    assert not _store(house.site, house.records, place, parse(mailed(file), 10_000), T0)
    received = parse(mailed(file, subject=f"Re: [SCW-{'0' * 16}]"), 10_000)
    assert _store(house.site, house.records, place, received, T0)
    assert [text for _, _, text in thread(house)[1:]] == ["See the attachment."]
