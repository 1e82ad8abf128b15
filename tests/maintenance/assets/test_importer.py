"""Asset sheets in and out of files: nothing lost, nothing half taken in, every mistake told."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.errors import ConfigError
from core.time.clock import HOUR
from maintenance.assets.columns import Column, money
from maintenance.assets.register import Counts, conditions, export_assets, import_assets, sheet_of
from maintenance.downtime.records import close_downtime, open_downtime
from storage.records import Asset, Component, Contract, Part, Vendor
from storage.records import assets as asset_rows
from storage.records import base as table_rows
from tests.maintenance.cast import T0, House
from tests.support.examples import examples

SHEETS = {
    "vendors": "id,name,email\nmaker,The maker,service@maker.example\n",
    "contracts": "number,vendor,starts,ends,days,opens,closes,response_h,cost_a_year\n"
    "C-7,maker,2025-01-01,2025-12-31,sun mon tue,08:00,16:00,4,1250000.50\n",
    "assets": "id,name,serial,supplier,contract,price,warranty_until,condition\n"
    "ct-1,CT one,00123,maker,C-7,400000,2026-03-01,working\n"
    "lamp-1,Theatre lamp,=1+1,,,,,limited\n",
    "components": "asset,name,serial,installed,counter,counter_at_install,life_count,life_days\n"
    "ct-1,tube,T-9,2024-06-01,tube_scan_s,1500.5,200000,\n",
    "parts": "id,name,minimum,lead_days,cost,devices\nct-tube,Tube,1,60,45000,ct-1 ct-2\n",
}


def workbook(folder: Path, **changed: str) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, text in {**SHEETS, **changed}.items():
        sheet = book.create_sheet(name)
        for row in csv.reader(text.splitlines()):
            sheet.append([cell or None for cell in row])
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"  # as a person's spreadsheet stores =1+1 in a column of text
    path = folder / "assets.xlsx"
    book.save(path)
    return path


def take(house: House, path: Path, sheet: str = "assets", now: int = T0) -> Counts:
    with house.write(now) as db:
        return import_assets(db, path, now, sheet)


def mistakes(house: House, path: Path, sheet: str = "assets") -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        take(house, path, sheet)
    return [(mistake.path, mistake.text) for mistake in caught.value.mistakes]


def test_a_workbook_is_taken_in_with_what_refers_to_what(house: House, tmp_path: Path) -> None:
    counts = take(house, workbook(tmp_path))
    assert counts == {"vendors": 1, "contracts": 1, "assets": 2, "components": 1, "parts": 1}
    with house.look() as db:
        ct = db.get_one(Asset, "ct-1")
        contract = asset_rows.contract_of(db, "ct-1")
        assert contract is not None
        assert (contract.number, contract.response_h, contract.cost_cents) == ("C-7", 4, 125000050)
        assert contract.days == ["sun", "mon", "tue"]
        assert (ct.serial, ct.supplier_id, ct.price_cents) == ("00123", "maker", 40_000_000)
        [tube] = ct.components
        assert (tube.serial, tube.counter_at_install, tube.life_days) == ("T-9", 1500.5, None)
        assert db.get_one(Part, "ct-tube").devices == ["ct-1", "ct-2"]


def test_what_is_exported_and_taken_in_again_changes_nothing(house: House, tmp_path: Path) -> None:
    take(house, workbook(tmp_path))
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    with house.look() as db:
        first.write_bytes(export_assets(db, house.site, first.name)[0])
    take(house, first)
    with house.look() as db:
        second.write_bytes(export_assets(db, house.site, second.name)[0])
    cells = [
        [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(path)]
        for path in (first, second)
    ]
    assert cells[0] == cells[1]
    assert "=1+1" in str(cells[0]), "a serial number that looks like a formula stays text"


def test_a_row_changes_only_what_it_says_and_a_dash_clears(house: House, tmp_path: Path) -> None:
    take(house, workbook(tmp_path))
    path = tmp_path / "more.csv"
    path.write_text("id,name,serial,price,warranty_until\nct-1,CT one,,-,-\n")
    take(house, path, now=T0 + 5)
    with house.look() as db:
        ct = db.get_one(Asset, "ct-1")
        assert (ct.serial, ct.price_cents, ct.warranty_until) == ("00123", None, "")
        assert (ct.entered_at, ct.updated_at) == (T0, T0 + 5)
        assert ct.supplier_id == "maker"


def test_every_mistake_is_told_with_its_place_and_nothing_is_taken(
    house: House, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path,
        assets="id,name,price,supplier,warranty_until,conditions\n"
        "ct-1,CT one,a lot,makers,31.12.2026,working\n"
        "ct-1,CT again,1,,,\n"
        ",No id,1,,,\n",
    )
    assert mistakes(house, path) == [
        ("assets row 1, column conditions", "unknown column (did you mean 'condition'?)"),
        (
            "assets row 2, column supplier",
            "'makers' is not in vendors (did you mean 'maker'?)",
        ),
        ("assets row 2, column warranty_until", "'31.12.2026' is not a day; write 2026-10-31"),
        (
            "assets row 2, column price",
            "'a lot' is not a number: write it as 1250 or 12.5, without unit",
        ),
        ("assets row 3", "is also row 2"),
        ("assets row 4, column id", "is required"),
    ]
    with house.look() as db:
        for kind in (Vendor, Contract, Asset, Component, Part):
            assert table_rows.all_rows(db, kind) == []


def test_spreadsheets_where_the_comma_is_the_decimal_sign_part_with_semicolons(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "vendors.csv"
    path.write_text("\ufeffid;name;note\r\nmaker;Maker, Ltd;\r\n\r\n", encoding="utf-8")
    take(house, path, "vendors")
    with house.look() as db:
        assert db.get_one(Vendor, "maker").name == "Maker, Ltd"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"id,name\nx,\xff\xfe\n", "not UTF-8 at byte 10"),
        ("a.xlsx", b"not a workbook", "cannot be read"),
        ("none.csv", None, "No such file"),
        ("a.csv", b"name\nCT\n", "the column 'id' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(
    house: House, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    [(_, text)] = mistakes(house, tmp_path / name)
    assert said in text


def test_a_formula_in_a_cell_is_text_in_csv_and_comes_back(house: House, tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text('id,name,serial\nct-1,CT,"=HYPERLINK(""http://x"")"\n')
    take(house, path)
    out = tmp_path / "out.csv"
    with house.look() as db:
        out.write_bytes(export_assets(db, house.site, out.name)[0])
    assert "'=HYPERLINK" in out.read_text(encoding="utf-8-sig")
    take(house, out)
    with house.look() as db:
        assert db.get_one(Asset, "ct-1").serial == '=HYPERLINK("http://x")'


def test_a_sheet_begins_with_what_the_site_file_knows(house: House) -> None:
    with house.write(T0) as db:
        sheet = sheet_of(db, house.site, "ct-1", T0)
        assert (sheet.name, sheet.serial, sheet.location) == ("CT one", "123", "CT room")
        assert sheet_of(db, house.site, "ct-1", T0 + 1) is sheet


@given(st.integers(0, 10**14))
def test_money_is_written_so_that_it_is_read_back(cents: int) -> None:
    assert money(Column("price", money).say(cents)) == cents


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@examples(12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS.map(str.strip).filter(lambda t: t not in ("", "-")), min_size=1, max_size=4))
def test_any_text_survives_csv_and_xlsx(house: House, tmp_path: Path, notes: list[str]) -> None:
    with house.write(T0) as db:
        for number, note in enumerate(notes):
            db.merge(Vendor(id=f"v-{number}", name="V", note=note))
    for name in ("out.csv", "out.xlsx"):
        with house.look() as db:
            (tmp_path / name).write_bytes(export_assets(db, house.site, name, "vendors")[0])
        with house.write(T0) as db:
            for number in range(len(notes)):
                db.get_one(Vendor, f"v-{number}").note = ""
        take(house, tmp_path / name, "vendors")
        with house.look() as db:
            assert [db.get_one(Vendor, f"v-{n}").note for n in range(len(notes))] == notes


def test_what_stands_still_now_is_down_whatever_its_sheet_says(house: House) -> None:
    with house.write(T0) as db:
        for device in ("ct-1", "cbct-1", "pacs", "ups-1"):
            sheet_of(db, house.site, device, T0)
        sheet_of(db, house.site, "chiller-1", T0).condition = "retired"
        for device, cause, extent in (
            ("ct-1", "machine", "hard"),
            ("cbct-1", "machine", "partial"),
            ("pacs", "planned", "hard"),
            ("chiller-1", "machine", "hard"),
        ):
            open_downtime(db, device, T0, cause=cause, extent=extent, by="sara")  # type: ignore[arg-type]
        over = open_downtime(db, "ups-1", T0, cause="mains", extent="hard", by="sara")
        close_downtime(db, over, T0 + HOUR, by="sara")
    with house.look() as db:
        before, found = conditions(db, T0 - 1), conditions(db, T0 + HOUR)
    assert before == {
        "ct-1": "working",
        "cbct-1": "working",
        "pacs": "working",
        "chiller-1": "retired",
        "ups-1": "working",
    }
    assert found == before | {"ct-1": "down", "cbct-1": "limited"}
