"""`scanward detect`: an export goes in, a verdict a line comes out, and nothing is lost on the way."""

import json
from contextlib import suppress
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from alerts.detectors.base import Frame
from app.cli.main import cli
from app.offline.csv_input import parse_table, read_table
from app.offline.run_detectors import ExportTable, settings_for
from core.errors import ConfigError
from core.time.clock import iso
from tests.alerts.detectors.sample_devices import PER_DAY, START, magnet
from tests.support.examples import examples

HOUR = 3_600_000


def rows_of(text: str) -> tuple[list[tuple[int, list[float]]], list[str]]:
    warnings: list[str] = []
    _, rows = parse_table(text, UTC, warnings.append)
    return [(at, values) for at, _, values in rows], warnings


def table(path: Path, frame: Frame) -> Path:
    lines = ["at," + ",".join(frame.columns)]
    for i, at in enumerate(frame.at.tolist()):
        lines.append(iso(at) + "," + ",".join(f"{c[i]:.4f}" for c in frame.columns.values()))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_drift_in_an_export_is_told_as_json_lines(tmp_path: Path) -> None:
    file, out = table(tmp_path / "in.csv", magnet(60, onset=45)), tmp_path / "out.jsonl"
    arguments = [
        "detect",
        str(file),
        "--metric",
        "magnet_temp_c",
        "--limit",
        "32.3",
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    verdicts = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    keys = {"at", "score", "alarm", "expected", "carried_by"}
    keys |= {"limit_at", "limit_at_low", "limit_at_high", "kind", "since", "value"}
    assert all(keys <= set(verdict) for verdict in verdicts)
    alarms = [verdict for verdict in verdicts if verdict["alarm"]]
    assert "2026-02-15" < alarms[0]["at"] < "2026-02-22"
    assert alarms[-1]["limit_at_low"] <= alarms[-1]["limit_at"]
    assert [verdict["at"] for verdict in verdicts] == sorted(verdict["at"] for verdict in verdicts)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T04:30:00+04:30",
        "2026-01-01 00:00",
        str(START // 1000),
        str(START),
        f"{START // 1000}.0",
    ],
)
def test_a_time_may_be_written_in_many_ways(text: str) -> None:
    rows, warnings = rows_of(f"at,a\n{text},1\n")
    assert rows == [(START, [1.0])]
    assert warnings == []


def test_semicolons_come_with_decimal_commas() -> None:
    rows, warnings = rows_of("at;a;b\n2026-01-01T00:00Z;1,5;\n")
    assert rows[0][1][0] == 1.5
    assert np.isnan(rows[0][1][1])
    assert warnings == []


def test_every_bad_line_is_named_and_costs_only_itself() -> None:
    text = (
        "at,a,b\n"
        "2026-01-01T01:00Z,1,2\n"
        "yesterday,1,2\n"
        "2026-01-01T03:00Z,broken,4\n"
        "2026-01-01T02:00Z,5,6\n"
        "2026-01-01T02:00Z,7,\n"
        "2026-01-01T04:00Z,1,2,3\n"
        "1970-01-01T00:00Z,8,8\n"
        "2026-01-01T05:00Z,,inf\n"
    )
    rows, warnings = rows_of(text)
    assert [(at - START) // HOUR for at, _ in rows] == [1, 2, 3, 5]
    assert rows[1][1] == [7.0, 6.0]
    assert {line.split(":")[0] for line in warnings} == {f"line {n}" for n in (3, 4, 5, 6, 7, 8, 9)}


@examples(60)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.floats(-1e6, 1e6)), min_size=1, max_size=40),
    st.data(),
)
def test_no_garbage_between_the_rows_loses_a_row(
    good: list[tuple[int, float]], data: st.DataObject
) -> None:
    lines = [f"{START + hour * HOUR},{value!r}" for hour, value in good]
    garbage = data.draw(st.lists(st.text(st.characters(exclude_characters='"\r\n', codec="utf-8"))))
    for text in garbage:
        lines.insert(data.draw(st.integers(0, len(lines))), f"x{text}")
    rows, _ = rows_of("at,a\n" + "\n".join(lines))
    assert dict(rows) | {} == {START + hour * HOUR: [value] for hour, value in good}


@given(st.text())
@examples(80)
def test_any_text_is_a_table_or_a_clear_error(text: str) -> None:
    with suppress(ConfigError):
        _, rows = parse_table(text, UTC, lambda _: None)
        assert [row[0] for row in rows] == sorted({row[0] for row in rows})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--metric", "magnet_tmp_c"], "did you mean 'magnet_temp_c'"),
        (["--metric", "magnet_temp_c", "--context", "scan_lxad"], "no column 'scan_lxad'"),
        (["--metric", "magnet_temp_c", "--detector", "drfit"], "did you mean 'drift'"),
        (["--metric", "magnet_temp_c", "--direction", "up"], "none of above, below, both"),
        (["--metric", "magnet_temp_c", "--zone", "Mars/Olympus"], "unknown zone"),
        ([], "--metric"),
    ],
)
def test_a_wrong_wish_is_told_in_words(tmp_path: Path, arguments: list[str], words: str) -> None:
    file = table(tmp_path / "in.csv", magnet(1))
    result = CliRunner().invoke(cli, ["detect", str(file), *arguments])
    assert result.exit_code == 1
    assert isinstance(result.exception, ConfigError)
    assert words in str(result.exception)


def test_a_column_takes_the_settings_of_the_shipped_profile(tmp_path: Path) -> None:
    export = ExportTable.of(read_table(table(tmp_path / "in.csv", magnet(1)), UTC, print))
    chosen = settings_for(export, "magnet_temp_c", None, None)
    assert (chosen.kind, chosen.worth) == ("drift", 0.03)
    assert set(chosen.context) == {"scan_load", "room_temp_c"}


def test_impossible_values_of_an_export_are_told_and_are_no_drift(tmp_path: Path) -> None:
    frame = magnet(40)
    temp, room = frame.columns["magnet_temp_c"], frame.columns["room_temp_c"]
    temp[30 * PER_DAY : 31 * PER_DAY] = 85.0  # a DS18B20 that does not measure
    room[35 * PER_DAY : 35 * PER_DAY + 6] = -127.0  # one that is not there
    temp[36 * PER_DAY :: 40] = -999.0
    file = table(tmp_path / "in.csv", frame)
    result = CliRunner().invoke(cli, ["detect", str(file), "--metric", "magnet_temp_c"])
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    broken = [(v["since"], v["carried_by"]) for v in verdicts if v["kind"] == "impossible"]
    assert broken == [
        ("2026-01-31T00:00:00.000Z", ["magnet_temp_c"]),
        (None, ["magnet_temp_c"]),  # at the end of the day it still is
        ("2026-02-05T00:00:00.000Z", ["room_temp_c"]),
    ]
    assert {verdict["kind"] for verdict in verdicts} == {"learning", "normal", "impossible"}


def test_a_column_of_another_name_is_held_against_no_range(tmp_path: Path) -> None:
    export = ExportTable.of(read_table(table(tmp_path / "in.csv", magnet(1)), UTC, print))
    chosen = settings_for(export, "magnet_temp_c", None, None)
    assert chosen.plausible == {"magnet_temp_c": (0.0, 60.0), "room_temp_c": (-20.0, 60.0)}


def test_any_column_name_will_do(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("when,Oil temp [°C],Scan load\n0,1,2\n600,1,2\n", encoding="utf-8")
    export = ExportTable.of(read_table(path, UTC, print))
    chosen = settings_for(export, "Oil temp [°C]", ["Scan load"], None)
    assert chosen.kind == "drift"
    assert {export.names[name] for name in (chosen.metric, *chosen.context)} == set(
        export.names.values()
    )


def test_a_band_is_as_wide_as_the_shipped_profile_says_of_the_meter() -> None:
    table = ExportTable.of(Frame(np.zeros(1, dtype=np.int64), {"helium_level_pct": np.zeros(1)}))
    assert settings_for(table, "helium_level_pct", None, None).accuracy == 5
    other = ExportTable.of(Frame(np.zeros(1, dtype=np.int64), {"tank_pct": np.zeros(1)}))
    assert settings_for(other, "tank_pct", None, None).accuracy == 0
