"""Windows, silences and closed alerts by the command line."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError
from core.time.clock import HOUR, MINUTE
from tests.dashboard.centre import Centre, build, opened

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """CT-2 has been hot for three hours, and its probe has said nothing for two."""
    centre = opened(build(tmp_path))
    centre.alert("ct-2", "tube_hot", NOW - 3 * HOUR)
    yield centre
    centre.series.close()
    centre.records.close()


def command(centre: Centre, *words: str) -> str:
    result = CliRunner().invoke(cli, [*words, "--site", str(centre.path)])
    assert result.exit_code == 0, result.output
    return result.stdout


def refusal(centre: Centre, *words: str) -> str:
    result = CliRunner().invoke(cli, [*words, "--site", str(centre.path)])
    assert isinstance(result.exception, RefusedError), result.output
    return str(result.exception)


def test_an_alert_is_silenced_listed_and_told_again(centre: Centre) -> None:
    text = command(centre, "silence", "1", "--for", "4h", "--reason", "fan comes tomorrow")
    assert re.fullmatch(r"alert 1 is silent until \d{4}-\d\d-\d\d \d\d:\d\d \(window 1\)\n", text)
    until = text.split("until ")[1].split(" (")[0]
    assert until in command(centre, "alert", "list")
    row = command(centre, "window", "list").splitlines()[1]
    assert re.match(r"1 +open +silence +ct-2 +tube_hot ", row)
    assert row.endswith("fan comes tomorrow")
    assert command(centre, "window", "end", "1") == "window 1 has ended\n"
    assert until not in command(centre, "alert", "list")
    assert command(centre, "window", "list").count("\n") == 1
    assert " over " in command(centre, "window", "list", "--all")


def test_work_now_and_planned_windows(centre: Centre) -> None:
    command(centre, "window", "work", "ct-2", "2", "--reason", "fan")
    assert "window 1" in command(centre, "alert", "list")
    command(centre, "window", "extend", "1", "--for", "٣h")  # as it is typed in Kabul
    command(
        centre, "window", "open", "ups-1", "--from", "2026-01-02 22:00", "--to",
        "2026-01-03 02:00", "--repeats", "weekly", "--reason", "battery test",
    )  # fmt: skip
    rows = command(centre, "window", "list").splitlines()[1:]
    assert [row.split()[1] for row in rows] == ["open", "maintenance"]
    assert " 22:00 " in rows[1]
    assert " weekly " in rows[1]
    assert command(centre, "window", "list", "--device", "ct-2").count("\n") == 2
    command(centre, "window", "end", "2", "--for-good")
    assert command(centre, "window", "list").count("\n") == 2


def test_when_it_ends_is_said_in_exactly_one_way(centre: Centre) -> None:
    for words in ((), ("--for", "4h", "--until", "2036-01-01")):
        assert refusal(centre, "silence", "1", "--reason", "x", *words) == (
            "say for how long, or until when"
        )
    assert "write 30s, 10m, 4h" in refusal(centre, "silence", "1", "--for", "4", "--reason", "x")
    for length in ("0s", "31d", "99999999999999999999d"):
        refused = refusal(centre, "silence", "1", "--for", length, "--reason", "x")
        assert refused in ("the window would be over already", "a window lasts 30 d at most")
    for begin in ("9999-12-31", "2099-01-01 08:00"):
        refused = refusal(
            centre, "window", "open", "ct-2", "--from", begin, "--for", "1h", "--reason", "x",
            "--repeats", "daily",
        )  # fmt: skip
        assert refused == "a window begins within a year from now"


def test_an_alert_of_a_sensor_that_is_gone_is_closed(centre: Centre) -> None:
    assert command(centre, "alert", "close", "1", "--reason", "probe removed") == (
        "alert 1 is closed\n"
    )
    assert command(centre, "alert", "list").count("\n") == 1


def test_one_that_is_still_read_is_not_closed(centre: Centre) -> None:
    centre.all_well(NOW)
    assert "still read" in refusal(centre, "alert", "close", "1", "--reason", "probe removed")


def test_an_order_is_begun_with_or_without_its_alerts(centre: Centre) -> None:
    for number, words in ((1, ("--alerts",)), (2, ())):
        command(centre, "order", "open", "ct-2", "Fan is loud")
        command(centre, "order", "begin", str(number), *words)
    rows = command(centre, "window", "list").splitlines()[1:]
    assert [row.split()[-5:] for row in rows] == [["order", "2:", "Fan", "is", "loud"]]


def test_the_process_that_judges_is_still_called_so(centre: Centre) -> None:
    centre.all_well(NOW - MINUTE)
    command(centre, "alert", "--once")
