"""What is wrong in a file of rule tests is said with its line; what comes to be otherwise, too."""

from pathlib import Path

import pytest

from alerts.timelines.differences import described
from alerts.timelines.given import Value, parse_times, series_of
from alerts.timelines.load import RuleTestLibrary
from alerts.timelines.run import run_rule_tests
from core.errors import ConfigError
from core.schema.metric import Metric
from core.time.clock import MINUTE

UPS = """profile: ups-apc
tests:
  - name: The load is too much
    given:
      output_load_pct: {0m: 70, 10m..30m/1m: 85, 31m: 60}
    expect:
      load_high: {0m: ok, 10m: pending, 20m: firing, 31m: ok}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def differences(path: Path) -> list[str]:
    tests = RuleTestLibrary().load(path)
    return [described(tests, row).removeprefix(str(path)) for row in run_rule_tests(tests)]


def mistakes(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        RuleTestLibrary().load(path)
    return [str(mistake).removeprefix(str(path)) for mistake in raised.value.mistakes]


def test_what_is_as_expected_is_not_spoken_of(tmp_path: Path) -> None:
    assert differences(written(tmp_path, UPS)) == []


def test_a_difference_has_its_line_time_rule_and_both_states(tmp_path: Path) -> None:
    path = written(tmp_path, UPS.replace("20m: firing", "19m30s: firing"))
    assert differences(path) == [
        ":7: The load is too much: at 19m30s load_high: expected firing, but is pending (value 85)"
    ]


def test_value_and_suppression_are_looked_at_if_they_are_expected(tmp_path: Path) -> None:
    wanted = "20m: {state: firing, value: 90, suppressed: true}"
    path = written(tmp_path, UPS.replace("20m: firing", wanted))
    assert differences(path) == [
        ":7: The load is too much: at 20m load_high: expected firing (value 90, suppressed),"
        " but is firing (value 85, not suppressed)"
    ]


def test_what_was_never_read_or_answers_no_more_is_unknown(tmp_path: Path) -> None:
    text = UPS.replace(
        "    expect:\n      load_high: {0m: ok, 10m: pending, 20m: firing, 31m: ok}",
        "    does_not_answer: [25m..50m]\n    expect:\n"
        "      load_high: {20m: firing, 40m: unknown}\n      battery_hot: {0m: unknown}",
    )
    assert differences(written(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("load_high", "load_hihg", ":7: tests[0].expect.load_hihg: unknown rule 'load_hihg' (did you mean 'load_high'?)"),
        ("output_load_pct", "load_pct", ":5: tests[0].given.load_pct: unknown metric 'load_pct' (did you mean 'output_load_pct'?)"),
        ("ups-apc", "ups-acp", ":1: profile: unknown profile 'ups-acp' (did you mean 'ups-apc'?)"),
        ("20m: firing", "20m: fires", ":7: tests[0].expect.load_high.20m: Input should be 'ok', 'pending', 'firing', 'clearing' or 'unknown'"),
        ("20m: firing", "20 m: firing", ":7: tests[0].expect.load_high.20 m: '20 m' is not a time; write 10m, 1h30m or 0m..2h/5m"),
        ("10m..30m/1m", "30m..10m/1m", ":5: tests[0].given.output_load_pct.30m..10m/1m: '30m..10m' ends before it begins"),
        ("10m..30m/1m", "10m..30m", ":5: tests[0].given.output_load_pct.10m..30m: '10m..30m' has no step; write 0m..2h/5m"),
        (": 85", ": a lot", ":5: tests[0].given.output_load_pct: 'a lot' is no number and no state of it"),
        ("expect:", "expects:", ":6: tests[0].expects: unknown key (did you mean 'expect'?)"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_line(old: str, new: str, mistake: str, tmp_path: Path) -> None:
    assert mistake in mistakes(written(tmp_path, UPS.replace(old, new)))


def test_a_file_that_is_no_yaml_has_its_line_as_well(tmp_path: Path) -> None:
    [mistake] = mistakes(written(tmp_path, UPS.replace("31m: 60}", "31m: 60")))
    assert "line 6" in mistake


@pytest.mark.parametrize(
    "text", ["", "tests: []", "profile: ups-apc\ntests: []", "- 1", "[[[", "\ufeff"]
)
def test_a_file_that_says_nothing_is_refused(text: str, tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, text))


def test_what_is_no_finite_number_is_none(tmp_path: Path) -> None:
    for word in ("nan", "1e999", "-inf"):
        [mistake] = mistakes(written(tmp_path, UPS.replace(": 85", f": {word}")))
        assert "is no number" in mistake


def test_digits_are_those_of_the_one_who_writes(tmp_path: Path) -> None:
    assert differences(written(tmp_path, UPS.replace("20m: firing", "۲۰m: firing"))) == []


def test_a_value_that_jumps_between_two_looks_is_judged_all_the_same(tmp_path: Path) -> None:
    """A hold is counted in the time of the readings."""
    text = UPS.replace("0m: ok, 10m: pending, 20m: firing, 31m: ok", "3h: ok")
    assert differences(written(tmp_path, text)) == []


def test_times_and_values_are_read_as_people_write_them() -> None:
    metric = Metric(title="Leak", kind="state", states={0: "no", 1: "yes"})
    assert parse_times("1h30m") == (90 * MINUTE,)
    assert parse_times("0m..2m/1m") == (0, MINUTE, 2 * MINUTE)
    given: dict[tuple[int, ...], Value] = {
        parse_times("0m..4m/1m"): "10 -> 30",
        parse_times("2m"): True,
    }
    assert list(series_of(given, metric).values()) == [10, 15, 1, 25, 30]
    assert list(series_of({(0, 1, 2): [5, "yes"]}, metric).values()) == [5, 1, 5]
    with pytest.raises(ValueError, match="more than"):
        parse_times("0m..90d/1s")
