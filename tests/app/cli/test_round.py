"""The round on the command line."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError
from core.schema.load import load_site
from maintenance.rounds.walk import codes_of, series_names
from tests.dashboard.http.round_building import build_rounds


def ran(path: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["round", *words, "--site", str(path)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_a_round_is_listed_typed_in_by_code_and_printed(tmp_path: Path) -> None:
    path = build_rounds(tmp_path)
    own = codes_of(series_names(load_site(path)))["pump-1", "pressure_kpa", ""]
    assert re.search(rf"{own} +Cellar +pump-1 +pressure_kpa +kPa +10 to 30", ran(path, "list"))
    printed = ran(path, "enter", f"{own}=۳۱", "--at", "2026-01-05 08:15")
    assert re.search(rf"{own} +۳۱ +stored +The pressure is high", printed)
    assert re.search(rf"{own} .* 31 +2026-01-05 08:15", ran(path, "list", "--all"))
    with pytest.raises(RefusedError, match="1 of 2 were not taken"):
        ran(path, "enter", f"{own}=22", "11111=4", "--at", "2026-01-05 09:15")
    sheet = tmp_path / "round.pdf"
    ran(path, "sheet", "-o", str(sheet), "--lang", "fa")
    assert sheet.read_bytes().startswith(b"%PDF-")
