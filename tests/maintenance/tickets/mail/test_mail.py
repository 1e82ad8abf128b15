"""Mail of tickets out and in, through real servers: an encrypted SMTP and IMAP with a password."""

import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from core.errors import SourceError
from core.time.clock import HOUR, MINUTE
from maintenance.work_orders import attachments as files
from storage.files import attachments
from storage.records import Mailbox, TicketMessage
from storage.records import files as file_rows
from tests.maintenance.tickets.mail.conftest import T0, Desk
from tests.support.mail_server import PASSWORD, MailServers

ROOT = Path(__file__).parents[4]


def reply(to: EmailMessage, text: str = "Please send the log.") -> EmailMessage:
    """As a mail program answers."""
    made = EmailMessage()
    made["From"] = '"Remote support" <support@maker.example>'
    made["To"] = str(to["From"])
    made["Subject"] = f"RE: {to['Subject']}"
    made["Message-ID"] = f"<reply-{to['Message-ID'][1:]}"
    made["In-Reply-To"] = made["References"] = str(to["Message-ID"])
    made.set_content(f"{text}\n\n> It arcs.\n")
    return made


def last_sent(servers: MailServers) -> EmailMessage:
    return servers.sent()[-1]


def test_a_message_goes_out_and_its_reply_comes_back_into_the_ticket(
    desk: Desk, servers: MailServers
) -> None:
    desk.write("The tube arcs since this morning.")
    assert desk.send() == 1
    mail = last_sent(servers)
    assert mail["To"] == "service@maker.example"
    assert mail["Subject"] == f"[SCW-{desk.token}] Tube arcs Bcc: x@y.example", "one header"
    assert "The tube arcs since this morning." in mail.get_content()
    assert desk.state() == "sent"
    answer = reply(mail)
    answer.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="../x/a.pdf")
    servers.deliver(answer.as_bytes())
    assert desk.read() == 1
    [_, message] = desk.thread()
    assert (message.direction, message.who) == ("in", "support@maker.example")
    assert message.text.startswith("Please send the log.")
    assert "> It arcs." in message.text
    assert desk.state() == "acknowledged"
    with desk.records.reading() as db:
        [file] = file_rows.files(db, "message", str(message.id))
    assert (file.name, attachments.read(desk.path.parent, file.sha256)) == ("a.pdf", b"\x00\x01")
    assert desk.read() == 0, "each once"
    assert b"\\Seen" not in b"".join(servers.flags()), "the mailbox is as it was"


@pytest.mark.parametrize("way", ["Subject", "References"])
def test_one_trace_of_the_token_is_enough(desk: Desk, servers: MailServers, way: str) -> None:
    desk.write("Hello?")
    desk.send()
    answer = reply(last_sent(servers))
    for name in {"Subject", "References", "In-Reply-To"} - {way}:
        del answer[name]
    servers.deliver(answer.as_bytes())
    assert desk.read() == 1


def test_a_strangers_mail_is_counted_and_left_alone(desk: Desk, servers: MailServers) -> None:
    desk.read()
    with desk.records.reading() as db:
        before = db.scalars(select(Mailbox)).one().strangers
    for subject in ("Cheap tubes", "[SCW-0123456789abcdef] guessed"):
        stranger = EmailMessage()
        stranger["From"], stranger["Subject"] = "stranger@example.org", subject
        stranger.set_content("A patient's name stands here.")
        servers.deliver(stranger.as_bytes())
    assert desk.read() == 0
    assert desk.thread() == []
    with desk.records.reading() as db:
        assert db.scalars(select(Mailbox)).one().strangers == before + 2
    stores = b"".join(path.read_bytes() for path in desk.path.parent.glob("records.db*"))
    assert b"patient's name" not in stores


def test_while_the_line_is_down_everything_waits_and_then_leaves_in_order(
    desk: Desk, servers: MailServers
) -> None:
    texts = [f"message {number}" for number in range(3)]
    for text in texts:
        desk.write(text)
    already = len(servers.sent())
    servers.cut_the_line()
    tried = 0
    for _ in range(6 * 4):  # six hours
        tried += 1
        assert desk.send() == 0
        desk.at += 15 * MINUTE
    first = desk.thread()[0]
    assert 0 < first.attempts <= tried
    assert first.error
    servers.connect_the_world()
    desk.at += HOUR
    while desk.send():
        pass
    bodies = [mail.get_content().split("\n")[0] for mail in servers.sent()[already:]]
    assert bodies == texts
    assert all(message.sent_at for message in desk.thread())


def test_killed_between_sending_and_noting_it_the_same_mail_goes_again(
    desk: Desk, servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("Are you there?")
    already = len(servers.sent())
    with monkeypatch.context() as patched:
        patched.setattr("maintenance.tickets.mail.outbox._sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            desk.send()
    assert desk.send() == 0, "leased: perhaps another process is still at it"
    desk.at += HOUR
    assert desk.send() == 1
    ids = [mail["Message-ID"] for mail in servers.sent()[already:]]
    assert len(ids) == 2
    assert len(set(ids)) == 1, "a mail program shows one of them"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_bundle_goes_with_the_next_message_and_only_with_it(
    desk: Desk, servers: MailServers
) -> None:
    desk.write("The bundle follows.")
    desk.send()
    desk.at += MINUTE
    with desk.records.writing("engineer", desk.at) as db:
        for name, data in (("ct-2.zip", b"PK" * 50), ("long.zip", b"x" * 11_000_000)):
            words = {"name": name, "media_type": "application/zip", "by": "engineer"}
            files.attach(
                db, desk.path.parent, "ticket", str(desk.ticket), **words, data=data, now=desk.at
            )
    desk.write("Here it is.")
    desk.send()
    desk.at += MINUTE
    desk.write("Did it arrive?")
    desk.send()
    first, second, third = servers.sent()[-3:]
    assert [len(list(mail.iter_attachments())) for mail in (first, second, third)] == [0, 1, 0]
    [sent] = second.iter_attachments()
    assert (sent.get_filename(), sent.get_payload(decode=True)) == ("ct-2.zip", b"PK" * 50)
    body = second.get_body()
    assert body
    assert "long.zip, 11.0 MB, is too large for mail" in body.get_content()


def test_an_out_of_office_note_acknowledges_nothing(desk: Desk, servers: MailServers) -> None:
    desk.write("Hello?")
    desk.send()
    note = reply(last_sent(servers), "I am away.")
    note["Auto-Submitted"] = "auto-replied"
    servers.deliver(note.as_bytes())
    assert desk.read() == 1
    assert desk.state() == "sent"


def test_a_wrong_password_is_said_in_words(desk: Desk) -> None:
    desk.write("Hello?")
    (desk.path.parent / "password").write_text("wrong")
    with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
        desk.read()
    assert desk.send() == 0
    [message] = desk.thread()
    assert "refused the user" in message.error
    assert message.failed_at is None, "it leaves when the password is right"
    (desk.path.parent / "password").write_text(PASSWORD)
    desk.at += HOUR
    assert desk.send() == 1


def test_the_command_sends_and_reads_once(desk: Desk, servers: MailServers) -> None:
    desk.write("By the command.")
    command = [sys.executable, "-m", "app", "mail", "--once", "--site", str(desk.path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    assert "By the command." in last_sent(servers).get_content()
    with desk.records.reading() as db:
        assert (db.scalars(select(TicketMessage.sent_at)).one() or 0) > T0
