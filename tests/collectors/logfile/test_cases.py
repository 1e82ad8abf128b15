"""Every folder of tests/cases/logfile: what a real log might hold, and what we keep of it."""

from pathlib import Path

import pytest

from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from collectors.logfile.records import oldest_first
from core.schema.sources.logfile import LogMap, LogSource
from tests.collectors.logfile.rows import expected, rows
from tests.collectors.mqtt.cast import KABUL, T0, device

CASES = sorted((Path(__file__).parents[2] / "cases" / "logfile").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_log_of_the_field_gives_what_its_case_expects(case: Path) -> None:
    # given
    source = LogSource(kind="logfile", path=case / "input.log", format="log")
    scanner = device(case / "profile.yaml", source)
    form = LogMap.of(scanner.profile).formats["log"]
    lines = source.path.read_text().splitlines()
    if form.newest_first:
        lines = oldest_first(lines, form.begin)

    # when
    batch = parse(scanner, source, lines, RecordTimes(form.times, KABUL), T0)

    # then
    assert rows(batch) == expected((case / "expected.csv").read_text())
