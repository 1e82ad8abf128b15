"""The site file by the command line: show, set, history, take back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from app.cli.site import changed_text_of
from core.errors import ConfigError, RefusedError
from maintenance.site_file.on_disk import read_text
from tests.dashboard.centre import Centre, build, opened


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    centre = opened(build(tmp_path))
    yield centre
    centre.series.close()
    centre.records.close()


def command(centre: Centre, *words: str) -> str:
    result = CliRunner().invoke(cli, ["site", *words, "--site", str(centre.path)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_what_the_file_says_whole_or_in_part(centre: Centre) -> None:
    assert "zone: Asia/Kabul" in command(centre, "show")
    assert command(centre, "show", "devices[id=ct-2].room") == "CT room\n"
    with pytest.raises(RefusedError, match="no item id=ct-9"):
        command(centre, "show", "devices[id=ct-9]")


def test_a_value_is_set_noted_and_taken_back(centre: Centre) -> None:
    before = read_text(centre.path)
    printed = command(centre, "set", "devices[id=ct-2].room", "اتاق ۴", "--reason", "moved")
    assert "room: اتاق ۴" in printed
    command(centre, "set", "devices[id=ct-2].depends_on", "ups-1", "--add", "--reason", "wired")
    assert "depends_on: [ups-1]" in read_text(centre.path)
    lines = command(centre, "history").splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["3", "2", "1"]
    assert lines[2].split("  ")[-1] == "moved"
    assert "+" in command(centre, "history", "--diff")
    for number in ("3", "2"):
        command(centre, "take-back", number, "--reason", "back")
    assert read_text(centre.path) == before


def test_what_is_wrong_is_refused(centre: Centre) -> None:
    before = read_text(centre.path)
    wrong: list[tuple[str, ...]] = [
        ("zone", "Mars"),
        ("channels", "{kind: apprise, id: x, url: 'https://token@x'}", "--add"),
    ]
    for words in wrong:
        with pytest.raises(ConfigError):
            command(centre, "set", *words, "--reason", "x")
    refused = [("name", "x"), ("name", "[", "--reason", "x"), ("name", "x", "--remove")]
    for words in refused:
        with pytest.raises(RefusedError):
            command(centre, "set", *words)
    assert read_text(centre.path) == before


def test_what_is_tried_out_is_read_as_address_and_value(centre: Centre) -> None:
    text = changed_text_of(centre.path, ["devices[id=ct-2].room=a=b", "name=Other"])
    assert text is not None
    assert "room: a=b" in text
    assert "name: Other" in text
    assert changed_text_of(centre.path, []) is None
    with pytest.raises(RefusedError, match="ADDRESS=VALUE"):
        changed_text_of(centre.path, ["name"])
