"""Rule tests and backtests by the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import cli
from app.clock import now
from core.errors import ConfigError, RefusedError
from core.readings import Batch, Reading
from core.time.clock import HOUR, MINUTE
from tests.alerts.evaluation.small_site import SmallSite

UPS = """profile: ups-apc
tests:
  - name: The battery is almost empty
    given: {battery_status: {0m: normal, 10m: low, 20m: normal}}
    expect:
      battery_low: {0m: ok, 10m: firing, 20m: ok}
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_tests_that_hold_say_how_many_they_are(tmp_path: Path) -> None:
    (tmp_path / "ups.yaml").write_text(UPS)
    result = run("rules", "test", str(tmp_path / "ups.yaml"))
    assert (result.exit_code, result.stdout) == (0, "1 tests, all as expected\n")


def test_one_that_does_not_is_shown_with_file_and_line_and_the_exit_code_is_1(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ups.yaml"
    file.write_text(UPS.replace("10m: firing", "10m: pending"))
    result = run("rules", "test", str(file))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}:6: The battery is almost empty: at 10m battery_low: expected pending,"
        " but is firing (value 3)",
        "1 tests, 1 failed",
    ]


def test_each_file_that_is_wrong_is_said(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(UPS.replace("battery_low", "batery_low"))
    result = run("rules", "test", *(str(tmp_path / f"{name}.yaml") for name in ("a", "b", "c")))
    assert isinstance(result.exception, ConfigError)
    files = [Path(mistake.file).name for mistake in result.exception.mistakes]
    assert files == ["a.yaml:6", "b.yaml:6", "c.yaml"]


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[SmallSite]:
    """Half an hour too warm, three hours ago; the engine has not judged it."""
    site = SmallSite(tmp_path, "above: 30, clear: 28, for: 5m")
    start = now() // MINUTE * MINUTE - 3 * HOUR
    for minute in range(120):
        value = 31 if 30 <= minute < 60 else 20
        at = start + minute * MINUTE
        readings = [Reading("ct-1", "up", 1, at, "snmp"), Reading("ct-1", "value_x", value, at)]
        site.writer.append([Batch(readings)])
    yield site
    site.close()


def test_a_backtest_is_a_table_or_json(warm: SmallSite, tmp_path: Path) -> None:
    site = ("--site", str(tmp_path / "site.yaml"), "--since", "4h")
    shown = run("backtest", *site, "--rule", "rule")
    assert shown.exit_code == 0, shown.output
    assert "25 min" in shown.stdout
    assert "these rules only" in shown.stdout
    assert "1 incidents; 0 at the time" in shown.stdout
    told = json.loads(run("backtest", *site, "--json").stdout)
    assert [(row["rule"], row["fired_by"]) for row in told["alerts"]] == [("rule", "candidate")]
    assert told["coarse_until"] is None


def test_what_cannot_be_replayed_is_refused(warm: SmallSite, tmp_path: Path) -> None:
    site = ("--site", str(tmp_path / "site.yaml"))
    for words, text in (
        (("--since", "0m"), "say how far back"),
        (("--since", "soon"), "is not a duration"),
        (("--device", "ct-2"), "there is no device 'ct-2'"),
    ):
        result = run("backtest", *site, *words)
        assert isinstance(result.exception, RefusedError)
        assert text in str(result.exception)
    assert warm.records.file is not None
    warm.records.file.rename(tmp_path / "records elsewhere")
    result = run("backtest", *site)
    assert "no records of this version" in str(result.exception)
    assert not warm.records.file.exists()  # and none are made
    warm.site.series_path.rename(tmp_path / "elsewhere")
    result = run("backtest", *site)
    assert "nothing is stored yet" in str(result.exception)
