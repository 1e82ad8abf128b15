"""A day's work by the command line: from the asset sheet to the signed order."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import maintenance, order
from app.cli.main import cli
from app.cli.session import opened
from core.errors import ScanwardError, UnsureError
from core.time.clock import DAY
from maintenance.planning.planner import Planner
from storage.records import OrderItem
from storage.series.store import open_store
from tests.maintenance.cast import T0, House


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre of one CT; it is T0 + 1 day, and the daily check is due."""
    house = House(tmp_path)
    house.close()
    text = house.path.read_text()
    house.path.write_text(text.replace("our-promax", "hologic-dxa").replace("[cbct, ours]", "[]"))
    with opened(house.path) as centre:
        planner = Planner(centre.site, open_store(centre.site), centre.records)
        planner.round(T0)
        planner.round(T0 + DAY)
    for module in (maintenance, order):
        monkeypatch.setattr(module, "now", lambda: T0 + DAY)
    monkeypatch.setattr("app.cli.session.now", lambda: T0 + DAY)
    return house.path


def run(site: Path, *words: str) -> str:
    result: Result = CliRunner().invoke(cli, [*words, "--site", str(site)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_the_daily_check_from_due_to_signed(site: Path) -> None:
    assert "ct_daily" in run(site, "plan", "due")
    assert "water_ct_number" in run(site, "order", "show", "1")
    assert "outside -5 to 5" in run(site, "order", "answer", "1", "water_ct_number", "7.5")
    run(site, "order", "answer", "1", "water_noise", "not_applicable")
    for item in ("warm_up", "artefacts", "disk", "errors"):
        run(site, "order", "answer", "1", item, "ok")
    said = run(site, "order", "close", "1", "done", "--sign", "--by", "engineer")
    assert said.splitlines() == [
        "order 1 is signed_off",
        "order 2 is open for what failed: Water phantom, mean CT number: 7.5 HU",
    ]


def test_a_running_number_of_a_checklist_is_asked_about_once_more(site: Path) -> None:
    run(site, "reading", "enter", "ct-1", "tube_scan_s", "41200", "--at", "2025-01-04 08:30")
    with opened(site) as centre, centre.records.writing() as db:
        [item] = [item for item in db.query(OrderItem) if item.item == "water_ct_number"]
        item.metric = "tube_scan_s"
    with pytest.raises(UnsureError, match="4125 is less than 41200 of 2025-01-04 08:30"):
        run(site, "order", "answer", "1", "water_ct_number", "۴۱۲۵")
    with pytest.raises(ScanwardError, match="two ways"):
        run(site, "order", "answer", "1", "water_ct_number", "41,250")
    run(site, "order", "answer", "1", "water_ct_number", "۴۱۲۵", "--sure", "--by", "ahmad")
    assert run(site, "reading", "list", "ct-1").count("ahmad") == 2


def test_a_fault_with_downtime_a_part_and_a_check(site: Path) -> None:
    assert (
        run(site, "order", "open", "ct-1", "Table stuck", "--down", "hard") == "order 2 is open\n"
    )
    run(site, "order", "hold", "2", "part")
    assert "waiting_part" in run(site, "downtime", "list")
    with pytest.raises(ScanwardError, match="not been checked"):
        run(site, "order", "close", "2", "belt", "--sign")
    run(site, "order", "close", "2", "belt", "--check", "moves", "--sign")
    assert "signed_off" in run(site, "order", "list", "--all")
    assert "still" not in run(site, "downtime", "list")


def test_asset_sheets_go_out_and_in_and_become_labels(site: Path, tmp_path: Path) -> None:
    book, labels = tmp_path / "assets.xlsx", tmp_path / "labels.pdf"
    assert "6 assets" in run(site, "asset", "export", str(book))
    assert "6 assets" in run(site, "asset", "import", str(book))
    run(site, "asset", "label", "ct-1", "-o", str(labels))
    assert labels.read_bytes().startswith(b"%PDF")
    with pytest.raises(ScanwardError, match="did you mean 'ct-1'"):
        run(site, "asset", "label", "ct-2", "-o", str(labels))


def test_what_is_skipped_or_was_done_before_is_written_down(site: Path) -> None:
    number = run(site, "plan", "due").splitlines()[1].split()[0]
    run(site, "plan", "skip", number, "a trauma", "--kind", "in_use")
    run(site, "plan", "done", "ct-1", "ct_yearly", "--on", "2024-06-01")
    assert "twice" not in run(site, "plan", "list")
    with pytest.raises(ScanwardError, match="did you mean 'ct_yearly'"):
        run(site, "plan", "done", "ct-1", "ct_yearl", "--on", "2024-06-01")


def test_what_was_done_is_shown_with_its_order(site: Path) -> None:
    run(site, "order", "open", "ct-1", "Table is stuck")
    run(site, "order", "close", "2", "Belt changed", "--check", "moves")
    assert "found and done: Belt changed" in run(site, "order", "show", "2")


def test_a_slip_of_the_pen_is_no_empty_list(site: Path) -> None:
    with pytest.raises(ScanwardError, match=r"no device 'ct-11' \(did you mean 'ct-1'"):
        run(site, "order", "list", "--device", "ct-11")
    with pytest.raises(ScanwardError, match="say which site with --site"):
        run(site.with_name("nowhere.yaml"), "order", "list")


def test_a_day_of_the_other_calendar_is_refused_or_converted(site: Path) -> None:
    words = ("downtime", "list", "--since")
    with pytest.raises(ScanwardError, match="here days are Gregorian: write 2024-12-21"):
        run(site, *words, "1403-10-01")
    site.write_text(f"{site.read_text()}\ncalendar: solar\n")
    assert run(site, *words, "۱۴۰۳-۱۰-۰۱") == run(site, *words, "2024-12-21")
