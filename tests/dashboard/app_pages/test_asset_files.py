"""Asset sheets as files on their page: looked at before they are taken in, written, and labels."""

import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from core.errors import RefusedError
from dashboard.components.assets.sheet_import import SEEN, UploadedSheet, preview_of
from dashboard.http import server
from dashboard.queries import assets as asset_queries
from storage.records import Asset, Audit
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, page, screen, whole
from tests.dashboard.sample_work import asset_of, set_up

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


def brought(text: str, sheet: str = "assets") -> UploadedSheet:
    return UploadedSheet("sheets.csv", text.encode(), sheet)


def looked(file: UploadedSheet) -> AppTest:
    """The page after somebody brought a file; AppTest itself can bring none in a form of a popover."""
    test = AppTest.from_file(str(server.SCRIPT), default_timeout=30)
    test.session_state[SEEN] = preview_of(file)
    test.switch_page("app_pages/assets.py")
    return whole(test.run())


def test_a_file_is_shown_before_it_is_taken_in(centre: Centre) -> None:
    test = looked(brought("id,name,serial\nct-2,CT-2,X-5\nlamp-1,Lamp,\n"))
    shown = screen(test)
    assert "1 new, 1 changed" in shown
    assert "Serial number: X-5" in shown
    assert "Devices lamp-1" in shown
    assert asset_of(centre, "ct-2").serial == ""
    click(test, "Take it in")
    assert asset_of(centre, "ct-2").serial == "X-5"
    assert SEEN not in test.session_state


def test_every_mistake_of_a_file_is_shown_with_its_row_and_nothing_can_be_taken(
    centre: Centre,
) -> None:
    test = looked(brought("id,name,price,sirial\nct-2,CT-2,a lot,1\n,No id,1,\n"))
    assert "3 mistakes" in test.error[0].value
    shown = screen(test)
    assert "assets row 1, column sirial" in shown
    assert "assets row 2, column price" in shown
    assert "assets row 3, column id" in shown
    assert "Take it in" not in [button.label for button in test.button]
    test = click(test, "Put it away")
    assert "sirial" not in screen(test)


def test_a_file_with_nothing_new_says_so(centre: Centre) -> None:
    test = looked(brought("id,name\nct-2,CT-2\n"))
    assert "would change nothing" in screen(test)


def test_what_others_changed_since_is_looked_at_again(centre: Centre) -> None:
    test = looked(brought("id,name,serial\nct-2,CT-2,X-5\n"))
    set_up(centre, NOW, serial="X-4")
    test = click(test, "Take it in")
    assert "changed since you looked" in test.error[0].value
    assert asset_of(centre, "ct-2").serial == "X-4"


def test_looking_at_a_file_keeps_nothing_of_it(centre: Centre) -> None:
    with centre.records.reading() as db:
        before = len(table_rows.all_rows(db, Audit))
    assert len(preview_of(brought("id,name\nlamp-1,Lamp\n")).changes) == 1
    assert len(preview_of(brought("id,name\nLAMP,Lamp\n")).mistakes) == 1
    with centre.records.reading() as db:
        assert db.get(Asset, "lamp-1") is None
        assert len(table_rows.all_rows(db, Audit)) == before


def test_everything_is_written_as_a_workbook_and_comes_back_as_it_was(
    centre: Centre, tmp_path: Path
) -> None:
    path = tmp_path / "all.xlsx"
    path.write_bytes(asset_queries.workbook_file(path.name))
    book = load_workbook(path)
    assert book.sheetnames == ["vendors", "contracts", "assets", "components", "parts"]
    assert [row[0] for row in book["assets"].iter_rows(2, values_only=True)] == [
        "ct-2", "mr-1", "spare", "ups-1",
    ]  # fmt: skip
    changes = preview_of(UploadedSheet(path.name, path.read_bytes(), "assets")).changes
    assert {change.key for change in changes} == {("mr-1",), ("spare",), ("ups-1",)}


def test_labels_come_as_pdf_and_only_for_what_is_known(centre: Centre) -> None:
    assert asset_queries.labels_pdf(["ct-2", "mr-1"], "https://x.example", 3).startswith(b"%PDF")
    with pytest.raises(RefusedError, match="no device 'ct-9'"):
        asset_queries.labels_pdf(["ct-9"], "", 0)


def test_the_page_offers_every_file(centre: Centre) -> None:
    buttons: Any = page("assets").get("download_button")
    assert [one.proto.label for one in buttons] == [
        "Everything as a workbook", "This sheet as CSV", "Labels as PDF",
    ]  # fmt: skip


def test_a_serial_number_of_two_machines_is_asked_about_before_it_is_taken(centre: Centre) -> None:
    test = page("assets")
    text = "id,name,serial\nlamp-1,Lamp,L-9\nlamp-2,Lamp,L-9\n"
    test.session_state[SEEN] = preview_of(brought(text))
    test.run()
    assert "Look at this again before you take it in." in [w.value for w in test.warning]
    assert "also a serial number of lamp-2" in screen(test)
    click(test, "Take it in")
    assert not preview_of(brought(text)).questions
