"""Numbers read by hand, entered, asked about, corrected and withdrawn by the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError, UnsureError
from core.time.clock import DAY
from tests.maintenance.cast import T0, House

COUNT = ("reading", "enter", "ct-1", "tube_scan_s")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre whose CT has done 41 200 scan-seconds yesterday."""
    house = House(tmp_path)
    house.read("ct-1", "tube_scan_s", 41_200, T0)
    house.close()
    text = house.path.read_text()
    house.path.write_text(text.replace("our-promax", "hologic-dxa").replace("[cbct, ours]", "[]"))
    monkeypatch.setattr("app.cli.session.now", lambda: T0 + DAY)
    return house.path


def run(site: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, [*words, "--site", str(site), "--by", "sara"])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def listed(site: Path) -> str:
    return CliRunner().invoke(cli, ["reading", "list", "ct-1", "--site", str(site)]).stdout


@pytest.mark.parametrize("typed", ["41250", "۴۱۲۵۰", "41250,5", "٤١٢٥٠"])
def test_a_number_in_any_digits_is_entered(site: Path, typed: str) -> None:
    assert run(site, *COUNT, typed) == f"reading 1: tube_scan_s {typed}\n"
    assert "41250" in listed(site)


def test_a_number_outside_its_limits_is_said_to_be(site: Path) -> None:
    water = ("reading", "enter", "ct-1", "qa_water_ct_number_hu")
    assert run(site, *water, "9") == "reading 1: qa_water_ct_number_hu 9, outside -5 to 5\n"
    assert run(site, *water, "5") == "reading 2: qa_water_ct_number_hu 5\n"


def test_an_ambiguous_comma_is_refused(site: Path) -> None:
    with pytest.raises(RefusedError, match=r"two ways: write 41250 or 41\.250"):
        run(site, *COUNT, "41,250")


@pytest.mark.parametrize(
    ("typed", "words"), [("4125", "4125 is less than 41200"), ("412500", "far more than 41200")]
)
def test_what_can_hardly_be_right_needs_one_word_more(site: Path, typed: str, words: str) -> None:
    with pytest.raises(UnsureError, match=words):
        run(site, *COUNT, typed)
    run(site, *COUNT, typed, "--sure")
    assert listed(site).count("sara") == 2  # who entered it, and who was sure


def test_yesterdays_number_is_entered_where_it_belongs(site: Path) -> None:
    run(site, *COUNT, "41300")
    with pytest.raises(UnsureError, match="more than 41300 of"):
        run(site, *COUNT, "41400", "--at", "2025-01-04 12:00")
    run(site, *COUNT, "41250", "--at", "2025-01-04 12:00")


def test_a_correction_shows_what_it_was_and_why(site: Path) -> None:
    run(site, *COUNT, "41280")
    run(site, "reading", "correct", "1", "۴۱۲۰۸", "--reason", "digits turned")
    assert "41208" in listed(site)
    assert "digits turned" in listed(site)
    run(site, "reading", "withdraw", "1", "--reason", "of another device")
    assert "withdrawn" in listed(site)
    with pytest.raises(RefusedError, match="withdrawn already"):
        run(site, "reading", "withdraw", "1", "--reason", "once more")
