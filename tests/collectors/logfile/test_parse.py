"""What is kept of a record, and what never is."""

import re
from pathlib import Path

from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from core.readings import Batch
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.sources.logfile import LogFormat, LogPattern, LogSource
from tests.collectors.mqtt.cast import KABUL, T0, device

SOURCE = LogSource(kind="logfile", path=Path("x.log"), format="log")
RECORD = r"^(?P<at>\S+) (?P<severity>\w) (?P<component>\w+) (?P<code>\d+) (?P<text>.*)$"


def parsed(pattern: LogPattern, *lines: str) -> Batch:
    form = LogFormat(
        record=RECORD, times=["%Y-%m-%dT%H:%M:%S"], severities={"E": "error"}, patterns=[pattern]
    )
    profile = Profile(metrics={"oil_temp_c": Metric(title="Oil")}, logfile={"log": form})
    return parse(device(profile, SOURCE), SOURCE, lines, RecordTimes(form.times, KABUL), T0)


def test_an_event_takes_severity_component_and_code_from_its_record() -> None:
    pattern = LogPattern(match="arc in (?P<part>\\w+)", event="arc", text="arc, {part}")
    (event,) = parsed(pattern, "2026-03-01T12:00:00 E XRS 77 arc in tube of Somebody").events
    assert event[1:3] == ("arc", "arc, tube")
    assert (event.severity, event.component, event.code) == ("error", "XRS", "77")


def test_what_a_pattern_says_itself_goes_before_the_record() -> None:
    pattern = LogPattern(
        match="arc in (?P<part>\\w+)", event="arc", severity="critical", component="{part}", code="A{code}"
    )  # fmt: skip
    (event,) = parsed(pattern, "2026-03-01T12:00:00 E XRS 77 arc in tube").events
    assert (event.severity, event.component, event.code) == ("critical", "tube", "A77")


def test_a_reading_does_not_take_the_component_of_the_task_that_wrote_it() -> None:
    pattern = LogPattern(match="oil (?P<value>\\S+)", metric="oil_temp_c", scale=0.1)
    (reading,) = parsed(pattern, "2026-03-01T12:00:00 I XRS 1 oil 415").readings
    assert (reading.value, reading.component) == (41.5, "")


def test_strange_lines_are_counted_and_not_quoted() -> None:
    pattern = LogPattern(match="nothing", event="nothing")
    (event,) = parsed(pattern, "Somebody, born 1970", "", "Somebody else").events
    assert (event.kind, event.quality) == ("bad_record", "bad")
    assert not re.search("Somebody|1970", event.text)
    assert event.text.startswith("2 lines")
