"""Asset workbooks in and out, labels, and the calendar feed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import Workbook

from core.clock import DAY
from core.errors import ConfigError
from maintenance.assets import export_assets, import_assets
from maintenance.calendar import Entry, entries, feed
from maintenance.labels import Label, label_content, label_sheet
from maintenance.needs import shelf
from maintenance.tablefile import read_tables
from storage.records import Asset, Component, Part, Vendor
from storage.records import house as stored
from tests.maintenance.cast import T0, House

SHEETS = {
    "vendors": [["id", "name", "email"], ["maker", "Maker", "service@example.org"]],
    "contracts": [
        ["number", "vendor", "starts", "ends", "days", "response_h", "cost_a_year"],
        ["C-1", "maker", "2025-01-01", "2025-12-31", "mon tue", 4, 12000.5],
    ],
    "assets": [
        ["id", "name", "serial", "contract", "price", "nomenclature", "condition", "criticality"],
        ["ct-1", "CT one", "00123", "C-1", 250000, "gmdn", "working", 9],
        ["trolley-1", "Trolley", "=1+1", "", "99.50", "", "", ""],
    ],
    "components": [
        ["asset", "name", "serial", "installed", "counter", "life_count", "life_days"],
        ["ct-1", "tube", "T-9", "2024-06-01", "tube_scan_s", 200000, ""],
    ],
    "parts": [
        ["id", "name", "minimum", "lead_days", "cost", "component", "devices"],
        ["ct-tube", "Tube", 0, 60, "80000", "tube", "ct-1"],
    ],
}


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def taken(house: House, path: Path, sheet: str = "assets") -> dict[str, int]:
    with house.write(T0) as db:
        return import_assets(db, house.site, path, T0, sheet)


def mistakes(house: House, path: Path, sheet: str = "assets") -> list[str]:
    with pytest.raises(ConfigError) as refused:
        taken(house, path, sheet)
    return [f"{mistake.path}: {mistake.text}" for mistake in refused.value.mistakes]


def test_a_workbook_comes_in_and_goes_out_and_comes_in_again_the_same(
    house: House, tmp_path: Path
) -> None:
    counts = taken(house, workbook(tmp_path / "in.xlsx", SHEETS))  # type: ignore[arg-type]
    assert counts == {"vendors": 1, "contracts": 1, "assets": 2, "components": 1, "parts": 1}
    with house.look() as db:
        ct, trolley = stored.assets(db)
        assert (ct.serial, ct.nomenclature, ct.price_cents) == ("00123", "GMDN", 25_000_000)
        assert (trolley.serial, trolley.price_cents) == ("=1+1", 9950)
        contract = stored.contract_of(db, "ct-1")
        assert contract is not None
        assert (contract.number, contract.cost_cents) == ("C-1", 1_200_050)
        export_assets(db, tmp_path / "out.xlsx")
    taken(house, tmp_path / "out.xlsx")
    with house.look() as db:
        export_assets(db, tmp_path / "again.xlsx")
    first, second = (read_tables(tmp_path / f"{n}.xlsx", "") for n in ("out", "again"))
    assert first == second


def test_csv_goes_out_and_in_and_runs_nothing_in_a_spreadsheet(
    house: House, tmp_path: Path
) -> None:
    taken(house, workbook(tmp_path / "in.xlsx", SHEETS))  # type: ignore[arg-type]
    path = tmp_path / "assets.csv"
    with house.look() as db:
        export_assets(db, path)
    assert "'=1+1" in path.read_text(encoding="utf-8-sig")
    assert taken(house, path) == {"assets": 2}
    with house.look() as db:
        assert {a.serial for a in stored.assets(db)} == {"00123", "=1+1"}


def test_a_csv_with_semicolons_as_some_spreadsheets_write_it(house: House, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("id;name\nmaker;Maker, Inc.\n", encoding="utf-8-sig")
    assert taken(house, path, "vendors") == {"vendors": 1}
    with house.look() as db:
        assert [v.name for v in stored.vendors(db)] == ["Maker, Inc."]


def test_an_empty_cell_leaves_and_a_dash_clears(house: House, tmp_path: Path) -> None:
    taken(house, workbook(tmp_path / "in.xlsx", SHEETS))  # type: ignore[arg-type]
    rows: list[list[object]] = [
        ["id", "name", "serial", "criticality", "note"],
        ["ct-1", "", "", "-", "new"],
    ]
    taken(house, workbook(tmp_path / "more.xlsx", {"assets": rows}))
    with house.look() as db:
        ct = db.get_one(Asset, "ct-1")
        assert (ct.name, ct.serial, ct.criticality, ct.note) == ("CT one", "00123", None, "new")


def test_every_mistake_is_told_at_once_with_its_place_and_nothing_is_changed(
    house: House, tmp_path: Path
) -> None:
    sheets: dict[str, list[list[object]]] = {
        "vendors": [["id", "name"], ["Big Maker", "x"], ["maker", "Maker"], ["maker", "Again"]],
        "assets": [
            ["id", "name", "serail", "purchased", "price", "supplier", "condition"],
            ["ct-1", "CT", "1", "31.10.2026", "cheap", "makr", "workin"],
            ["ct-2", "-", "", "", "", "", ""],
        ],
        "asets": [["id"]],
    }
    found = mistakes(house, workbook(tmp_path / "bad.xlsx", sheets))
    assert found == [
        "sheet asets: unknown sheet (did you mean 'assets'?)",
        "vendors row 2, column id: 'Big Maker' is not an id: use small letters, digits and -, as in ct-2",
        "vendors row 4: is also row 3",
        "assets row 1, column serail: unknown column (did you mean 'serial'?)",
        "assets row 2, column condition: 'workin' is none of working, limited, down, not_in_use, retired",
        "assets row 2, column supplier: 'makr' is not in vendors (did you mean 'maker'?)",
        "assets row 2, column purchased: '31.10.2026' is not a day; write 2026-10-31",
        "assets row 2, column price: 'cheap' is not an amount; write 1250000 or 99.50",
        "assets row 3, column name: is required",
    ]
    with house.look() as db:
        assert stored.vendors(db) == []
        assert stored.assets(db) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.xlsx", b"not a zip", "cannot be read"),
        ("x.csv", b"id,name\n\xff\xfe", "not UTF-8"),
        ("x.csv", b'id,name\n"open', "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_one_plain_mistake(
    house: House, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    [mistake] = mistakes(house, tmp_path / name)
    assert said in mistake


@given(st.lists(st.lists(st.text(max_size=8), min_size=4, max_size=9), max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_cells_hold_it_is_taken_in_or_told(
    house: House, tmp_path: Path, rows: list[list[str]]
) -> None:
    path = tmp_path / "any.csv"
    head = "id,name,price,purchased,condition,criticality,serial,supplier,contract\n"
    lines = [",".join('"' + c.replace('"', '""') + '"' for c in row) for row in rows]
    path.write_text(head + "\n".join(lines), encoding="utf-8", errors="replace", newline="")
    try:
        taken(house, path)
    except ConfigError as error:
        assert error.mistakes


def test_a_tube_s_counter_says_when_to_order_the_next(house: House, tmp_path: Path) -> None:
    taken(house, workbook(tmp_path / "in.xlsx", SHEETS))  # type: ignore[arg-type]
    for day in range(31):
        house.read("ct-1", "tube_scan_s", 100_000 + 1_000 * day, T0 + day * DAY)
    now = T0 + 30 * DAY
    with house.look() as db:
        [(part, here, need, advice)] = shelf(db, house.site, house.series, now)
    # 130 000 of 200 000 s are used, 1 000 a day: 70 days left, and a new one takes 60.
    assert (part.id, here, advice) == ("ct-tube", 0, "order_now")
    assert need.at is not None
    assert abs(need.at - (now + 70 * DAY)) < 3 * DAY
    assert need.why == "tube T-9 of ct-1: tube_scan_s reaches 200000"


def test_days_of_life_and_a_detector_s_forecast_say_it_too(house: House) -> None:
    with house.write(T0) as db:
        sheet = Asset(id="ups-1", name="UPS", entered_at=T0, updated_at=T0)
        db.add(Component(asset=sheet, name="battery", installed_on="2022-01-04", life_days=1096))
        db.add(Vendor(id="v", name="V"))
        db.add(Part(id="battery", name="Battery", component="battery", devices=["ups-1"]))
    with house.look() as db:
        [(_, _, need, advice)] = shelf(db, house.site, house.series, T0)
    assert advice == "too_late"
    assert need.why == "battery of ups-1: 1096 days of life"


# ---- Labels and calendar ---------------------------------------------------------------------------


def test_labels_fill_sheets_of_twenty_four_and_begin_where_the_sheet_was_begun() -> None:
    labels = [Label(f"ct-{n}", "Scanner دستگاه", "1", "Room", f"ct-{n}") for n in range(25)]
    pages = [label_sheet(labels[:24]), label_sheet(labels), label_sheet(labels[:2], skip=23)]
    assert [pdf.count(b"/Type /Page\n") for pdf in pages] == [1, 2, 2]
    assert all(pdf.startswith(b"%PDF") for pdf in pages)


def test_the_code_leads_to_the_page_on_which_a_fault_is_told() -> None:
    assert label_content("ct-1", "http://192.0.2.1:8501/") == "http://192.0.2.1:8501/fault/ct-1"
    assert label_content("ct-1", None) == "ct-1"


def test_the_feed_is_read_back_as_it_was_meant(house: House, tmp_path: Path) -> None:
    sheets = {name: SHEETS[name] for name in ("vendors", "contracts")}
    taken(house, workbook(tmp_path / "in.xlsx", sheets))  # type: ignore[arg-type]
    house.planner.round(T0)
    with house.look() as db:
        found = entries(db, house.site, T0)
    calendar = Calendar.from_ical(feed("Test", "test", found, T0))
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert (
        len(events)
        == len(found)
        == 1 + len([plan for device in house.site.devices.values() for plan in device.plans])
    )
    assert str(events["contract-1@test.scanward"]["summary"]) == "Contract C-1 ends"
    daily = next(e for e in events.values() if "Daily check" in str(e["summary"]))
    assert str(daily["summary"]) == "Daily check of the CT: CT one, CT room"
    assert daily["dtstart"].dt.isoformat() == "2025-01-05T03:30:00+00:00"
    assert (daily["dtend"].dt - daily["dtstart"].dt).total_seconds() == 20 * 60


@given(st.text(max_size=120), st.text(max_size=300))
@settings(max_examples=30, deadline=None)
def test_no_text_breaks_the_feed(title: str, text: str) -> None:
    body = feed(
        "x", "x", [Entry("e", title, text, T0, 5), Entry("f", title, "", day="2026-01-31")], T0
    )
    assert len(Calendar.from_ical(body).walk("VEVENT")) == 2
