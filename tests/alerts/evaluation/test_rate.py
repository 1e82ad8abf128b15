"""A value that rises or falls too fast: spikes, gaps, counters and restarts do not make it so."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.evaluation.judge import OK, RuleState
from alerts.evaluation.rate import judge_rate
from alerts.evaluation.rate_window import BinPoint, RateWindow, theil_sen, unwrapped
from core.errors import ConfigError
from core.schema.load import load_profile, load_site
from core.schema.rules.rate import RateRule
from core.time.clock import HOUR, MINUTE
from dashboard.components.device.values import rule_list
from tests.alerts.evaluation.small_site import SmallSite, at, write_site

# Rises by more than 2 an hour; a reading a minute.
RULE = "kind: rate, above: 2, clear: 1, per: 1h, window: 30m"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SmallSite]:
    site = SmallSite(tmp_path, RULE)
    yield site
    site.close()


def rise(site: SmallSite, start: int, end: int, per_hour: float, value: float = 4) -> set[str]:
    """A reading a minute from `value` on; the states that were seen."""
    return {site.read(value + per_hour * n / 60, start + n) for n in range(end - start)}


def test_it_fires_while_the_value_rises_fast_and_ends_when_it_rises_slowly(site: SmallSite) -> None:
    assert rise(site, 0, 40, 1.9) == {"ok"}
    assert "firing" in rise(site, 40, 70, 3, 5.3)
    [alert] = site.alerts()
    assert alert.fired_at is not None
    assert at(41) < alert.fired_at < at(70)
    assert (alert.limit, alert.metric) == (None, "value_x")
    states = [site.read(6.8, minute) for minute in range(70, 100)]
    assert states[-1] == "ok"
    assert states == sorted(states)  # it does not come and go: firing, then ok


def test_a_spike_is_no_rise(site: SmallSite) -> None:
    values = [4 if minute % 13 else 400 for minute in range(1, 90)]
    assert {site.read(value, minute) for minute, value in enumerate(values)} == {"ok"}


def test_after_a_gap_nobody_can_tell_until_there_are_enough_readings(site: SmallSite) -> None:
    rise(site, 0, 30, 0)
    assert site.read(40, 200) == "ok"  # ten times as much, but when?
    assert rise(site, 201, 214, 6, 40.1) == {"ok"}
    assert "firing" in rise(site, 214, 230, 6, 41.4)
    assert site.read(46, 400) == "firing"  # silence ends nothing
    assert rise(site, 401, 435, 0, 46) == {"firing", "ok"}


@pytest.mark.servers  # as long as they take
def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    values = [4 + (minute / 20) ** 2 + minute * 7 % 5 for minute in range(80)]
    states: list[list[str]] = []
    for name in ("once", "killed"):
        (tmp_path / name).mkdir()
        site = SmallSite(tmp_path / name, RULE)
        states.append([])
        for minute, value in enumerate(values):
            states[-1].append(site.read(value, minute))
            if name == "killed" and minute % 3:
                site.restart()
        site.close()
    assert states[0] == states[1]
    assert "firing" in states[0]


def test_another_engine_that_judged_meanwhile_leaves_no_hole(site: SmallSite) -> None:
    first = site.engine
    rise(site, 0, 20, 0)
    site.restart()
    rise(site, 20, 45, 12)
    assert site.state() == "firing"
    site.engine = first
    assert site.read(9.2, 46) == "firing"
    assert rise(site, 47, 80, 0, 9.2) == {"firing", "ok"}


def test_what_comes_late_counts_in_the_next_window_and_judges_no_past(site: SmallSite) -> None:
    for minute in (0, 1, 2, 3, 30):
        site.read(4 + minute / 10, minute)
    assert site.alerts() == []
    for minute in range(4, 30):
        assert site.read(4 + minute / 10, minute) == "ok"
    assert site.read(7.1, 31) == "firing"


def test_a_correction_stands_for_what_was_typed(site: SmallSite) -> None:
    for minute in range(0, 26, 5):
        site.read(4 + 0.5 * (minute == 25), minute)
    for minute in (25, 20, 15, 10):
        site.read(4 + minute / 10, minute, quality="corrected")
    assert site.read(7, 30) == "firing"


def test_enormous_values_stop_nobody(site: SmallSite) -> None:
    assert {site.read(1e308 * (-1) ** minute, minute) for minute in range(60)} == {"ok"}
    assert "firing" in rise(site, 60, 100, 6)


def test_each_component_has_its_own_window(site: SmallSite) -> None:
    for minute in range(40):
        assert site.read(100 * (minute % 2), minute, component="ab"[minute % 2]) == "ok"


def test_a_clock_that_is_ahead_blinds_nothing(site: SmallSite) -> None:
    site.now = at(0)
    site.read(4, 11 * 365 * 24 * 60)
    states = []
    for minute in range(1, 40):
        site.now = at(minute)
        states.append(site.read(4 + minute / 10, minute))
    assert "firing" in states


@pytest.mark.servers  # as long as they take
def test_a_counter_that_begins_anew_or_is_full_goes_on(tmp_path: Path) -> None:
    metric, rule = "kind: counter", "kind: rate, above: 100, per: 1h, window: 30m"
    site = SmallSite(tmp_path, rule, metric)
    turned = (1 << 32) - 20
    values = [turned + n for n in range(20)] + list(range(20)) + [n // 2 for n in range(40)]
    assert {site.read(value, minute) for minute, value in enumerate(values)} == {"ok"}
    assert site.read(0, 80) == "ok"  # it says nothing for once
    assert {site.read(20 + n, 81 + n) for n in range(20)} == {"ok"}
    assert "firing" in {site.read(40 + 3 * n, 101 + n) for n in range(30)}
    assert site.read(0, 131) == "firing"  # begun anew, and as fast as before
    assert {site.read(3 * n, 131 + n) for n in range(1, 20)} == {"firing"}
    site.close()


@pytest.mark.parametrize(
    ("rule", "metric", "mistake"),
    [
        ("above: 2, window: -30m", "unit: K", r"rules\[0\].window: .*not a duration"),
        ("above: 2, window: 0s", "unit: K", r"rules\[0\].window"),
        ("above: 2, per: 0s", "unit: K", r"rules\[0\].per"),
        ("above: 2, below: -2", "unit: K", r"rules\[0\]: .*either `above` or `below`"),
        ("window: 1h", "unit: K", r"rules\[0\]: .*either `above` or `below`"),
        ("below: -2, clear: -3", "unit: K", r"rules\[0\]: .*could never end"),
        ("above: .inf", "unit: K", r"rules\[0\].above"),
        ("above: 2", "kind: state, states: {1: a}", r"rules\[0\].metric: .*is a state"),
    ],
)
def test_nonsense_is_refused_with_its_place(
    tmp_path: Path, rule: str, metric: str, mistake: str
) -> None:
    with pytest.raises(ConfigError, match=mistake):
        load_site(write_site(tmp_path, f"kind: rate, {rule}", metric))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("above: 2", "rises by more than 2 K in 1 h"),
        ("below: -2", "falls by more than 2 K in 1 h"),
        ("below: 5", "rises by less than 5 K in 1 h"),
        ("above: -5", "falls by less than 5 K in 1 h"),
    ],
)
def test_it_is_said_in_words(tmp_path: Path, limit: str, words: str) -> None:
    site = load_site(write_site(tmp_path, f"kind: rate, {limit}, for: 10m"))
    shown = " ".join(rule_list(site.devices["ct-1"].profile).split())
    assert f"Rule: {words} for 10 min" in shown


@pytest.mark.parametrize(
    ("profile", "rule_id", "begin", "per_hour", "hours", "state"),
    [
        ("mri-superconducting", "helium_pressure_rises", 3.9, 2.4, 0.4, "firing"),  # 5 is too high
        ("mri-superconducting", "helium_pressure_rises", 3.9, 1.2, 2, "ok"),  # the cold head stands
        ("siemens-magnetom-c", "magnet_cools", 32, -0.5, 2, "firing"),  # no mains for two hours
        ("siemens-magnetom-c", "magnet_cools", 32, -0.5, 1, "pending"),
        ("siemens-magnetom-c", "magnet_cools", 32, 0.5, 2, "ok"),
        ("siemens-magnetom-c", "magnet_warms", 32, 0.5, 2, "firing"),
        ("siemens-magnetom-c", "magnet_warms", 31, 0.15, 4, "ok"),  # back from a power cut
    ],
)
def test_shipped_rates_fire_before_a_limit_would(
    profile: str, rule_id: str, begin: float, per_hour: float, hours: float, state: str
) -> None:
    shipped = load_profile(Path("config/profiles") / f"{profile}.yaml")
    [rule] = [own for own in shipped.rules if own.id == rule_id]
    assert isinstance(rule, RateRule)
    window, after = RateWindow(rule.window), OK
    for minute in range(0, round(hours * 60) + 1, 2):
        window.add(at(minute), begin + per_hour * minute / 60)
        slope = window.slope()
        if slope is not None:
            after = judge_rate(rule, after, slope * rule.per, at(minute))
    assert after.state == state


OWN = {"kind": "rate", "id": "rule", "title": "Rule", "severity": "warning", "metric": "value_x"}
MODEL = RateRule.model_validate({**OWN, "basis": "engineering", "above": 2, "clear": 1})


@given(st.floats(-1e6, 1e6), st.sampled_from(["ok", "pending", "firing"]))
def test_between_clear_and_limit_it_stays_as_it_was(rate: float, state: str) -> None:
    before = RuleState(state, 0) if state != "ok" else OK  # type: ignore[arg-type]
    after = judge_rate(MODEL, before, rate, HOUR)
    if rate > 2:
        assert after.state == "firing"
    elif rate <= 1 or state != "firing":
        assert after == OK
    else:
        assert after == before


@given(
    st.floats(-100, 100),
    st.lists(st.integers(0, 119), min_size=12, max_size=60, unique=True),
    st.data(),
)
def test_one_reading_of_many_never_moves_the_slope(
    per_hour: float, minutes: list[int], data: st.DataObject
) -> None:
    """A straight line with a spike anywhere in it has its own slope still."""
    minutes.sort()
    spike = data.draw(st.sampled_from(minutes))
    window = RateWindow(2 * HOUR)
    for minute in minutes:
        value = 1e6 if minute == spike else per_hour * minute / 60
        window.add(at(minute), value)
    slope = window.slope()
    if slope is not None and len({minute // 4 for minute in minutes}) > 7:
        assert slope * HOUR == pytest.approx(per_hour, abs=1e-3 + abs(per_hour) / 5)


@given(st.lists(st.floats(0, 1000), min_size=5, max_size=25), st.integers(0, 24))
def test_a_counter_that_begins_anew_counts_all_its_rises(rises: list[float], restart: int) -> None:
    totals = list(accumulate(rises))
    shown = [total if n <= restart else total - totals[restart] for n, total in enumerate(totals)]
    # One that is soon where it was before cannot be told from one that said nonsense for once.
    assume(restart >= len(rises) - 1 or shown[restart] > shown[-1])
    points = [BinPoint(n * MINUTE, value) for n, value in enumerate(shown)]
    counted = unwrapped(points)[-1].value
    assert counted == pytest.approx(totals[-1] - totals[0], abs=1e-6)


def test_the_slope_withstands_what_its_authors_say() -> None:
    line = [BinPoint(n, 3.0 * n) for n in range(10)]
    line[4], line[9] = BinPoint(4, 1e9), BinPoint(9, -1e9)
    assert theil_sen(line) == 3
