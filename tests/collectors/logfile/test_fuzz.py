"""Whatever a file holds, parse answers: thousands of lines that no one meant."""

from pathlib import Path

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from tests.collectors.logfile.cast import line, scanner
from tests.collectors.mqtt.cast import KABUL, T0
from tests.support.examples import examples

SCANNER, SOURCE = scanner(Path("shots.log"))

GARBAGE = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=30).map(lambda raw: raw.decode("cp1252", errors="replace")),
    st.tuples(st.integers(0, 9999), st.integers(0, 40)).map(lambda cut: line(cut[0])[: cut[1]]),
    st.text("0123456789-: shotx.", max_size=40),
    st.sampled_from(
        ["2026-02-30 00:00:01 shot 1", "2026-03-01 00:00:61 x", "9999-12-31 23:59:59 x"]
    ),
)


@examples(1320, suppress_health_check=list(HealthCheck))
@given(st.lists(GARBAGE, min_size=25, max_size=25))
def test_no_line_makes_parse_raise_and_none_hides_a_valid_one(garbage: list[str]) -> None:
    lines = [each for n, strange in enumerate(garbage) for each in (strange, line(10_000 + n))]

    times = RecordTimes(SOURCE.format_of(SCANNER.profile).times, KABUL)
    batch = parse(SCANNER, SOURCE, lines, times, T0 + 86_400_000)

    valid = {f"{10_000 + n}" for n in range(len(garbage))}
    assert valid <= {event.text for event in batch.events if event.kind == "shot"}
    assert sum(event.kind == "bad_record" for event in batch.events) <= 1
    assert all(event.quality != "bad" or len(event.text) < 120 for event in batch.events)
