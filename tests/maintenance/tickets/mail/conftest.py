"""A ticket, and the servers its mail goes through."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.mail import Mail
from core.schema.site import Site
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail import send_due, take_in
from maintenance.tickets.mail.imap import opened
from maintenance.tickets.mail.smtp import smtp_sender
from storage.records import Records, Ticket, TicketMessage, Vendor
from tests.support.mail_server import MailServers

T0 = 1_767_225_600_000


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Started by the first test that needs them."""
    servers = MailServers()
    yield servers
    servers.stop()


@dataclass
class Desk:
    """A ticket about CT-2, and the clock."""

    path: Path
    site: Site
    mail: Mail
    records: Records
    ticket: int
    token: str
    at: int = T0

    def write(self, text: str) -> int:
        with self.records.writing("engineer", self.at) as db:
            return tickets.write(
                db, self.ticket, text, direction="out", by="engineer", now=self.at
            ).id

    def send(self) -> int:
        return send_due(self.site, self.mail, self.records, smtp_sender(self.mail), lambda: self.at)

    def read(self) -> int:
        assert self.mail.imap
        return take_in(
            self.mail, self.mail.imap, self.records, self.path.parent, opened, lambda: self.at
        )

    def thread(self) -> list[TicketMessage]:
        with self.records.reading() as db:
            return list(db.get_one(Ticket, self.ticket).messages)

    def state(self) -> str:
        with self.records.reading() as db:
            return db.get_one(Ticket, self.ticket).state


@pytest.fixture
def desk(servers: MailServers, tmp_path: Path) -> Iterator[Desk]:
    path = servers.site(tmp_path)
    site = load_site(path)
    assert site.file.mail
    records = Records(site.records_url)
    records.upgrade()
    with records.writing("engineer", T0) as db:
        db.add(Vendor(id="maker", name="The maker's service", email="service@maker.example"))
        db.flush()
        ticket = tickets.open_ticket(
            db,
            device="ct-2",
            vendor="maker",
            subject="Tube arcs\nBcc: x@y.example",
            text="It arcs.",
            by="engineer",
            now=T0,
        )
        number, token = ticket.id, ticket.token
    yield Desk(path, site, site.file.mail, records, number, token)
    records.close()
