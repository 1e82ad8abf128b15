"""Whatever door a person comes in by, a text holds nothing that no workbook could hold."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import RefusedError
from maintenance.parts import stock
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.opening import open_order
from storage.records import Vendor
from storage.records.transaction import Transaction
from tests.maintenance.cast import T0, House

Entry = Callable[[Transaction, str], object]
ENTRIES: list[Entry] = [
    lambda tx, text: open_order(tx, "ct-1", text),
    lambda tx, text: open_order(tx, "ct-1", "Table", text=text),
    lambda tx, text: stock.add_part(tx, "belt", text),
    lambda tx, text: stock.add_part(tx, "belt", "Belt", devices=["ct-1", text]),
    lambda tx, text: tickets.add_vendor(tx, "maker", text),
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("sign", ["\x0b", "\x00", "\x1b", "\x85", "\ud800"])
def test_a_control_character_is_refused_wherever_it_is_typed(
    house: House, entry: Entry, sign: str
) -> None:
    refused = pytest.raises(RefusedError, match="holds a character that nobody can see")
    with refused, house.change(T0) as tx:
        entry(tx, f"Table{sign}top")


@pytest.mark.parametrize(
    "text", ["two\nlines", "two\r\nlines", "a\tb", "می\u200cشود", "👩‍🔬", "\u200f۱۲"]
)
def test_what_can_be_read_is_taken(house: House, text: str) -> None:
    for number, entry in enumerate(ENTRIES[:2]):
        with house.change(T0 + number) as tx:
            entry(tx, text)


def test_a_change_is_refused_as_a_new_row_is_and_a_machine_is_not(house: House) -> None:
    with house.change(T0) as tx:
        tickets.add_vendor(tx, "maker", "The maker")
    with pytest.raises(RefusedError), house.change(T0) as tx:
        tx.db.get_one(Vendor, "maker").note = "a\x0bb"
    with house.write(T0) as db:
        db.get_one(Vendor, "maker").note = "a\x0bb"
    with house.change(T0) as tx:
        tx.db.get_one(Vendor, "maker").name = "What was there does not hinder"
