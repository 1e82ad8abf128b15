"""Every cell of a file is taken or complained about, and the columns of a row agree."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core.errors import ConfigError
from core.time.clock import HOUR
from maintenance.assets.register import export_assets, import_file, import_path, revise
from maintenance.tickets import sla
from storage.records import Asset, Contract, Vendor
from storage.records import base as table_rows
from tests.maintenance.cast import T0, House, at


def take(house: House, text: str | bytes, sheet: str = "assets", name: str = "file.csv") -> None:
    data = text if isinstance(text, bytes) else text.encode()
    with house.change(T0) as tx:
        import_file(tx, name, data, sheet)


def mistakes(
    house: House, text: str | bytes, sheet: str = "assets", name: str = "file.csv"
) -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        take(house, text, sheet, name)
    with house.look() as db:
        assert table_rows.all_rows(db, Asset) == []
    return [(mistake.path, mistake.text) for mistake in caught.value.mistakes]


def workbook(*rows: list[object], merged: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "assets"
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def solar(house: House) -> House:
    file = house.site.file.model_copy(update={"calendar": "solar"})
    house.site = replace(house.site, file=file)
    return house


def vendor(house: House) -> None:
    with house.write(T0) as db:
        db.add(Vendor(id="v1", name="V"))


# Cells that fit no column


def test_more_cells_than_columns_are_a_mistake_of_their_row(house: House) -> None:
    found = mistakes(house, "id,name,price,note\r\nct-9,CT,1234,50,hello\r\n")
    assert found == [("assets row 2", "'hello' stands under no column")]


def test_a_column_named_twice_is_a_mistake(house: House) -> None:
    found = mistakes(house, "\r\nid,name,serial,Serial \r\nct-9,CT,S1,S2\r\n")
    assert found == [("assets row 2, column serial", "the column 'serial' is there twice")]


def test_cells_under_an_empty_heading_are_a_mistake(house: House) -> None:
    found = mistakes(house, "id,name,,note\nct-9,CT,lost,\nct-8,CT,,\n")
    assert found == [("assets row 2", "'lost' stands under no column")]


def test_a_row_is_numbered_as_a_spreadsheet_shows_it(house: House) -> None:
    text = 'id,name,note\r\nct-9,CT,"two\r\nlines"\r\n\r\nct-8,CT,,extra\r\n'
    assert mistakes(house, text) == [("assets row 4", "'extra' stands under no column")]
    take(house, text.replace(",extra", ""))
    with house.look() as db:
        assert db.get_one(Asset, "ct-9").note == "two\nlines"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffid;name;note\r\nct-9;CT;a, b\r\n",
        "\r\n;;\r\nid;name;note\r\nct-9;CT;a, b\r\n",
        'id , NAME,note\u00a0\nct-9,CT,"a, b"\n',
        "id\tname\tnote\nct-9\tCT\ta, b\n",
    ],
)
def test_what_spreadsheets_write_is_read(house: House, text: str) -> None:
    take(house, text)
    with house.look() as db:
        assert (db.get_one(Asset, "ct-9").name, db.get_one(Asset, "ct-9").note) == ("CT", "a, b")


def test_a_formula_without_a_result_and_an_error_are_mistakes(house: House) -> None:
    data = workbook(["id", "name", "price", "note"], ["ct-9", "CT", "=1+1", "#REF!"])
    assert mistakes(house, data, name="a.xlsx") == [
        ("assets row 2", "C2 is a formula without its result: save it as a value"),
        ("assets row 2", "D2 holds an error of the spreadsheet"),
    ]


def test_a_formula_with_its_result_is_its_result(house: House) -> None:
    data = workbook(["id", "name", "price"], ["ct-9", "CT", "=1+1"])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():  # as a spreadsheet saves it
            new.writestr(
                name, old.read(name).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
            )
    take(house, file.getvalue(), name="a.xlsx")
    with house.look() as db:
        assert db.get_one(Asset, "ct-9").price_cents == 200


def test_merged_cells_are_a_mistake(house: House) -> None:
    rows: list[list[object]] = [["id", "name"], ["ct-9", "CT"], ["ct-8", None]]
    found = mistakes(house, workbook(*rows, merged="B2:B3"), name="a.xlsx")
    assert found[0] == ("assets row 2", "B2:B3 are merged: give each row cells of its own")


def test_days_and_times_of_a_spreadsheet(house: House) -> None:
    head: list[object] = ["id", "name", "purchased"]
    take(house, workbook(head, ["ct-9", "CT", date(2026, 3, 1)]), name="a.xlsx")
    take(house, workbook(head, ["ct-8", "CT", datetime(2026, 3, 1)]), name="a.xlsx")  # noqa: DTZ001
    with house.look() as db:
        assert {a.purchased_on for a in table_rows.all_rows(db, Asset)} == {"2026-03-01"}
        for asset in table_rows.all_rows(db, Asset):
            assert asset.name == "CT"
    with house.write(T0) as db:
        for asset in table_rows.all_rows(db, Asset):
            db.delete(asset)
    for odd in (46082, 46082.5, datetime(2026, 3, 1, 14, 30)):  # noqa: DTZ001
        found = mistakes(house, workbook(head, ["ct-9", "CT", odd]), name="a.xlsx")
        assert [(place, "is not a day" in text) for place, text in found] == [
            ("assets row 2, column purchased", True)
        ]


def test_times_of_day_of_a_spreadsheet(house: House) -> None:
    vendor(house)
    head: list[object] = ["number", "vendor", "starts", "ends", "days", "opens", "closes"]
    row: list[object] = ["C", "v1", "2026-01-01", "2026-12-31", "mon", time(8), timedelta(hours=24)]
    book = load_workbook(io.BytesIO(workbook(head, row)))
    book.worksheets[0].title = "contracts"
    file = io.BytesIO()
    book.save(file)
    take(house, file.getvalue(), name="a.xlsx")
    with house.look() as db:
        [contract] = table_rows.all_rows(db, Contract)
    assert (contract.opens, contract.closes) == ("08:00", "24:00")


# Signs that nobody sees


@pytest.mark.parametrize(("cell", "sign"), [("a\x0bb", "U+000B"), ("C\x00T", "U+0000")])
def test_a_control_character_is_refused_at_its_cell(house: House, cell: str, sign: str) -> None:
    found = mistakes(house, f"id,name,note\nct-9,CT,{cell}\n")
    assert found == [
        ("assets row 2, column note", f"{cell!r} holds a character that nobody can see: {sign}")
    ]


@pytest.mark.parametrize("name", ["all.xlsx", "assets.csv"])
def test_whatever_is_stored_can_be_exported(house: House, name: str) -> None:
    with house.write(T0) as db:  # as an earlier version took it in
        db.add(
            Asset(id="ct-9", name="a\x0bb\x00", entered_at=T0, updated_at=T0, note="می\u200cشود")
        )
    with house.look() as db:
        data, _ = export_assets(db, house.site, name)
    with house.change(T0) as tx:
        import_file(tx, name, data, "assets")
        asset = tx.db.get_one(Asset, "ct-9")
        assert (asset.name, asset.note) == ("a b", "می\u200cشود")


# The calendar


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1405-01-14", "here days are Gregorian: write 2026-04-03"),
        ("۱۴۰۵-۰۱-۱۴", "here days are Gregorian: write 2026-04-03"),
        ("0026-04-03", "is not in the years 1970 to 2100"),
        ("2206-04-03", "is not in the years 1970 to 2100"),
        ("1905-04-03", "is not in the years 1970 to 2100"),
        ("1405-13-01", "is not a day"),
        ("1447-09-01", "is not in the years 1970 to 2100"),  # lunar Hijri
        ("20260403", "is not a day"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(house: House, cell: str, why: str) -> None:
    [(place, text)] = mistakes(house, f"id,name,purchased\nct-9,CT,{cell}\n")
    assert place == "assets row 2, column purchased"
    assert why in text


@pytest.mark.parametrize("cell", ["1405-01-14", "۱۴۰۵-۰۱-۱۴", "2026-04-03", "۲۰۲۶-۰۴-۰۳"])
def test_where_the_calendar_is_solar_both_are_understood(house: House, cell: str) -> None:
    take(solar(house), f"id,name,purchased\nct-9,CT,{cell}\n")
    with house.look() as db:
        assert db.get_one(Asset, "ct-9").purchased_on == "2026-04-03"


def test_a_day_of_a_solar_year_that_is_not_there_is_refused(house: House) -> None:
    [(_, text)] = mistakes(solar(house), "id,name,purchased\nct-9,CT,1405-12-30\n")
    assert "is not a day" in text


# Columns that belong together

CONTRACT = "number,vendor,starts,ends,days,opens,closes,response_h\n"


@pytest.mark.parametrize(
    ("row", "place", "why"),
    [
        ("C4,v1,2026-01-01,2026-12-31,mon,08:00,08:00,4", "closes", "08:00 opens and closes it"),
        (
            "C2,v1,2026-12-31,2026-01-01,mon,08:00,20:00,4",
            "ends",
            "2026-01-01 is before 2026-12-31",
        ),
        ('C5,v1,2026-01-01,2026-12-31,",",08:00,20:00,4', "days", "is not a day"),
        ("C6,v1,2026-01-01,2026-12-31,mon,24:00,06:00,4", "opens", "opens before 24:00"),
    ],
)
def test_a_contract_that_never_holds_is_refused(
    house: House, row: str, place: str, why: str
) -> None:
    vendor(house)
    [(where, text)] = mistakes(house, f"{CONTRACT}{row}\n", "contracts")
    assert where == f"contracts row 2, column {place}"
    assert why in text


@pytest.mark.parametrize(
    ("start", "used"),
    [
        ("2026-01-03 19:00", 1.0),  # Saturday: an hour before it opens
        ("2026-01-03 21:00", 2.0),
        ("2026-01-04 05:00", 1.0),  # in the morning of the next day, until 06:00
        ("2026-12-31 23:00", 2.0),  # over the end of the year
    ],
)
def test_hours_over_midnight_count(house: House, start: str, used: float) -> None:
    vendor(house)
    take(
        house,
        f"{CONTRACT}C1,v1,2026-01-01,2026-12-31,sat sun mon tue wed thu fri,20:00,06:00,4\n",
        "contracts",
    )
    with house.look() as db:
        [contract] = table_rows.all_rows(db, Contract)
    level = sla.service_level_of(contract, house.site.zone)
    assert level
    steps = [sla.Step("draft", at(start)), sla.Step("sent", at(start))]
    assert sla.response_clock(steps, level, at(start) + 2 * HOUR).used == used * HOUR
    assert sla.response_clock(steps, level, at(start) + 30 * HOUR).is_broken


@pytest.mark.parametrize("ends", ["2026-01-01", "2027-02-01"])
def test_a_contract_of_a_day_and_over_new_year_is_right(house: House, ends: str) -> None:
    vendor(house)
    take(house, f"{CONTRACT}C1,v1,2026-01-01,{ends},mon,00:00,24:00,4\n", "contracts")


def test_a_form_is_judged_by_the_same_rules(house: House) -> None:
    with house.change(T0) as tx:
        revise(tx, "assets", ("ct-1",), {"purchased": "2026-01-01"})
    with pytest.raises(ConfigError) as caught, house.change(T0) as tx:
        revise(tx, "assets", ("ct-1",), {"warranty_until": "2025-12-31"})
    [mistake] = caught.value.mistakes
    assert (mistake.path, mistake.text) == ("warranty_until", "2025-12-31 is before 2026-01-01")


# What may be a slip


def test_a_key_that_differs_only_in_capitals_is_no_new_one(house: House) -> None:
    assert "is not an id" in mistakes(house, "id,name\nCT-1,CT\n")[0][1]
    vendor(house)
    row = ",v1,2026-01-01,2026-12-31,mon,08:00,20:00,4\n"
    take(house, f"{CONTRACT}C-7{row}", "contracts")
    assert mistakes(house, f"{CONTRACT}c-7{row}", "contracts") == [
        ("contracts row 2, column number", "'c-7' is there as 'C-7': write it so")
    ]


def test_a_serial_number_of_two_machines_is_asked_about(house: House, tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text("id,name,serial\nlamp-1,Lamp, 123 \nlamp-2,Lamp,n/a\nlamp-3,Lamp,n/a\n")
    with pytest.raises(ConfigError) as caught, house.change(T0) as tx:
        import_path(tx, path)
    [question] = caught.value.mistakes
    assert question.path == "assets row 2, column serial"
    assert "'123' is also a serial number of ct-1" in question.text
    with house.change(T0) as tx:
        assert import_path(tx, path, sure=True) == {"assets": 3}
    with house.change(T0) as tx:
        import_path(tx, path)  # what is there already is not asked again
        assert revise(tx, "assets", ("lamp-2",), {"serial": "123"})


def test_a_part_in_two_machines_at_once_is_asked_about_and_one_that_moved_is_not(
    house: House, tmp_path: Path
) -> None:
    with house.change(T0) as tx:
        for device in ("ct-1", "cbct-1"):
            revise(tx, "assets", (device,), {"note": "begun"})
        assert not revise(tx, "components", (), {"asset": "ct-1", "name": "tube", "serial": "T-9"})
        other = {"asset": "cbct-1", "name": "Tube", "serial": "t-9"}
        [question] = revise(tx, "components", (), other)
        assert "also a serial number of ct-1" in question.text
        revise(tx, "components", ("ct-1", "tube", "T-9"), {"removed": "2026-01-01"})
        assert not revise(tx, "components", ("cbct-1", "Tube", "t-9"), {"serial": "T-9"})
