"""A ticket, and the servers its mail goes through."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.mail import Mail
from core.schema.site import Site
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail import fetch_replies, send_due
from maintenance.tickets.mail.imap import opened
from maintenance.tickets.mail.smtp import smtp_sender
from storage.records import Records, Ticket, TicketMessage
from storage.records.transaction import transaction
from tests.storage.tables import made
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
        with transaction(self.records, self.site, "engineer", self.at) as tx:
            return tickets.write(tx, self.ticket, text, "out").id

    def send(self) -> int:
        return send_due(self.site, self.mail, self.records, smtp_sender(self.mail), lambda: self.at)

    def read(self) -> int:
        assert self.mail.imap
        return fetch_replies(
            self.site, self.mail, self.mail.imap, self.records, opened, lambda: self.at
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
    records = made(Records(site.records_url))
    with transaction(records, site, "engineer", T0) as tx:
        tickets.add_vendor(tx, "maker", "The maker's service", address="service@maker.example")
        subject = "Tube arcs\nBcc: x@y.example"
        ticket = tickets.open_ticket(tx, "ct-2", "maker", subject, "It arcs.")
        number, token = ticket.id, ticket.token
    yield Desk(path, site, site.file.mail, records, number, token)
    records.close()
