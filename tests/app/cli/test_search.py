"""What was done before, by the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError
from core.readings import Batch, Event
from maintenance.work_orders.opening import open_order
from tests.maintenance.cast import T0, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    site = house.path.read_text()
    house.path.write_text(site.replace("our-promax", "hologic-dxa").replace("[cbct, ours]", "[]"))
    yield house
    house.close()


def run(house: House, *words: str) -> str:
    result = CliRunner().invoke(cli, ["search", *words, "--site", str(house.path)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_words_show_what_holds_them_with_the_part_and_how_often(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.search.now", lambda: T0 + 1)
    with house.change(T0) as tx:
        open_order(tx, "ct-1", "Tube arcs", text="تيوب گرم است")
    house.writer.append([Batch([], [Event("ct-1", "arc", "Tube arc", T0, "error")] * 2)])
    lines = run(house, "TUBE", "arc").splitlines()
    assert lines[0] == "order 1  ct-1  2025-01-04 08:00  open  Tube arcs"
    assert "تيوب گرم است" in lines[1]
    assert lines[3].split()[-4:] == ["ct-1", "2x", "Tube", "arc"]
    assert "order 1" in run(house, "تیوب")
    assert "order 1" not in run(house, "tube", "--device", "ups-1")
    assert run(house, '"arc tube"') == "nothing holds all of these words\n"
    with pytest.raises(RefusedError, match="say a word"):
        run(house, "***")
    with pytest.raises(RefusedError, match="there is no device"):
        run(house, "tube", "--device", "ct-9")


def test_a_damaged_index_is_made_anew(house: House) -> None:
    with house.change(T0) as tx:
        open_order(tx, "ct-1", "Tube arcs")
    with house.records.changing() as connection:
        connection.execute(text("drop table search_index"))
    assert run(house, "--rebuild") == "1 orders and tickets can be searched\n"
    assert "order 1" in run(house, "tube")
