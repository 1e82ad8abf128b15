"""A centre with a ticket that was sent, its blank reply, and what a supplier's computer makes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maintenance.tickets import lifecycle
from maintenance.tickets.twin.reply_form import blank_reply
from maintenance.tickets.twin.stamp import stamp_line
from storage.records import Ticket, Vendor
from tests.maintenance.cast import T0, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with house.change(T0) as tx:
        tx.db.add(Vendor(id="maker", name="The maker", email="help@maker.invalid"))
        tx.db.flush()
        number = lifecycle.open_ticket(tx, "ct-1", "maker", "Tube arcs").id
        lifecycle.write(tx, number, "Please look at the tube.", "out")
    yield house
    house.close()


@pytest.fixture
def blank(house: House) -> str:
    """reply.txt of ticket 1 as it leaves."""
    with house.records.reading() as db:
        token = db.get_one(Ticket, 1).token
    return blank_reply(stamp_line(house.site, 1, token)).decode()
