"""Asset sheets changed in a form, what a file would change, and when promises end."""

from datetime import date
from pathlib import Path

import pytest

from core.errors import ConfigError, RefusedError
from maintenance.assets import columns
from maintenance.assets.expiry import SOON_DAYS, ends_of
from maintenance.assets.importer import Cell, Change
from maintenance.assets.register import Taken, export_assets, revise, sheet_of, take_in
from storage.records import Asset, Audit, Component, Contract
from storage.records import base as table_rows
from tests.maintenance.cast import T0, House

VENDORS = b"id,name\nmaker,The maker\n"


def take(house: House, data: bytes, sheet: str, now: int = T0) -> Taken:
    with house.write(now) as db:
        return take_in(db, "file.csv", data, now, sheet)


def change(house: House, sheet: str, *key: str, now: int = T0, **cells: str) -> None:
    with house.write(now) as db:
        revise(db, sheet, key, cells, now)


def begun(house: House) -> None:
    with house.write(T0) as db:
        sheet_of(db, house.site, "ct-1", T0)


def test_a_form_changes_what_it_says_and_an_empty_field_clears(house: House) -> None:
    begun(house)
    change(house, "assets", "ct-1", serial=" 00987 ", location="", price="1250.50", now=T0 + 5)
    with house.look() as db:
        ct = db.get_one(Asset, "ct-1")
        assert (ct.serial, ct.location, ct.price_cents) == ("00987", "", 125050)
        assert (ct.name, ct.updated_at) == ("CT one", T0 + 5)
        last = [row for row in table_rows.all_rows(db, Audit) if row.what == "assets"][-1]
    assert (last.who, last.at, last.row_id) == ("sara", T0 + 5, "ct-1")
    assert last.before is not None
    assert last.before["serial"] == "123"


def test_every_mistake_of_a_form_is_told_at_its_field_and_nothing_is_kept(house: House) -> None:
    begun(house)
    with pytest.raises(ConfigError) as caught:
        change(house, "assets", "ct-1", price="a lot", purchased="31.12.2026", name="", serial="9")
    assert [(one.path, one.text) for one in caught.value.mistakes] == [
        ("purchased", "'31.12.2026' is not a day; write 2026-10-31"),
        ("price", "'a lot' is not a number: write it as 1250 or 12.5, without unit"),
        ("name", "is required"),
    ]
    with house.look() as db:
        assert db.get_one(Asset, "ct-1").serial == "123"


def test_a_component_gets_another_serial_and_stays_the_same_one(house: House) -> None:
    begun(house)
    change(house, "components", asset="ct-1", name="tube", serial="T-9")
    change(house, "components", "ct-1", "tube", "T-9", serial="T-10", removed="2025-01-01")
    with house.look() as db:
        [tube] = table_rows.all_rows(db, Component)
        assert (tube.serial, tube.removed_on) == ("T-10", "2025-01-01")


def test_what_is_there_already_is_not_made_twice_and_what_is_gone_not_changed(house: House) -> None:
    begun(house)
    change(house, "components", asset="ct-1", name="tube", serial="T-9")
    change(house, "components", asset="ct-1", name="tube", serial="T-10")
    for key in ((), ("ct-1", "tube", "T-10")):
        with pytest.raises(ConfigError, match="serial: is there already"):
            change(house, "components", *key, asset="ct-1", name="tube", serial="T-9")
    with pytest.raises(RefusedError, match="no longer"):
        change(house, "components", "ct-1", "tube", "T-11", serial="T-12")


def test_a_file_says_what_it_changes_and_nothing_of_what_is_the_same(house: House) -> None:
    begun(house)
    take(house, VENDORS, "vendors")
    taken = take(
        house,
        b"id,name,location,supplier,price\nct-1,CT one,Room 2,maker,\nlamp,Lamp,,,12.5\n",
        "assets",
    )
    assert taken.counts == {"assets": 2}
    assert taken.changes == [
        Change(
            "assets",
            ("ct-1",),
            False,
            (Cell("location", "CT room", "Room 2"), Cell("supplier", "", "maker")),
        ),
        Change(
            "assets",
            ("lamp",),
            True,
            (
                Cell("id", "", "lamp"),
                Cell("name", "", "Lamp"),
                Cell("condition", "", "working"),
                Cell("price", "", "12.50"),
            ),
        ),
    ]


def test_the_same_file_once_more_changes_nothing_not_even_the_date(house: House) -> None:
    begun(house)
    with house.look() as db:
        data, _ = export_assets(db, house.site, "all.csv")
    take(house, data, "assets", now=T0 + 8)
    assert take(house, data, "assets", now=T0 + 9).changes == []
    with house.look() as db:
        assert db.get_one(Asset, "ct-1").updated_at == T0


@pytest.mark.parametrize(
    ("left", "standing"), [(-1, "over"), (0, "soon"), (SOON_DAYS, "soon"), (SOON_DAYS + 1, "later")]
)
def test_a_promise_holds_to_the_end_of_its_last_day(left: int, standing: str) -> None:
    today = date(2026, 10, 31)
    last = date.fromordinal(today.toordinal() + left).isoformat()
    asset = Asset(id="ct-1", name="CT", entered_at=0, updated_at=0, warranty_until=last)
    contract = Contract(
        vendor_id="x", number="C", starts_on="2026-01-01", ends_on="2027-12-31", days=[]
    )
    first, *more = sorted(
        ends_of(asset, contract, today), key=lambda end: end.promise != "warranty"
    )
    assert (first.left, first.standing) == (left, standing)
    assert [end.promise for end in more] == ["contract"]


def test_an_unreadable_file_is_told_by_its_own_name(house: House) -> None:
    with pytest.raises(ConfigError, match=r"file\.csv: not UTF-8"):
        take(house, b"\xff", "assets")


def test_a_workbook_may_come_from_memory(house: House, tmp_path: Path) -> None:
    begun(house)
    with house.look() as db:
        data, counts = export_assets(db, house.site, "all.xlsx")
    assert counts["assets"] == len(house.site.devices), "those without a sheet too"
    with house.write(T0) as db:
        changed = take_in(db, "all.xlsx", data, T0).changes
    assert "ct-1" not in [name for change in changed for name in change.key]


@pytest.mark.parametrize(
    ("cell", "cents"),
    [("1250000", 125_000_000), ("99.50", 9950), ("99,5", 9950), ("۱۲٫۵", 1250), ("1 250", 125_000)],
)
def test_an_amount_is_taken_in_the_scripts_and_with_the_signs_that_people_use(
    cell: str, cents: int
) -> None:
    assert columns.money(cell) == cents


@pytest.mark.parametrize("cell", ["12 5", "1,250", "-1", "1.005", "1e3", "nan", "12_5"])
def test_an_amount_in_doubt_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"two ways|not a number|0 or more"):
        columns.money(cell)
