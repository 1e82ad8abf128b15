"""A device in a state in which it should not be, by the profile's words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluation.judge import OK, RuleState
from alerts.evaluation.state import judge_state
from core.errors import ConfigError
from core.schema.load import load_profile, load_site
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.rules.state import StateRule
from core.time.clock import MINUTE
from dashboard.components.device.values import rule_list
from tests.alerts.evaluation.small_site import SmallSite, at, write_site

METRIC = 'kind: state, states: {3: mains, 4: bypass, 5: battery, 7: "off"}'


@pytest.fixture
def ups(tmp_path: Path) -> Iterator[SmallSite]:
    site = SmallSite(tmp_path, 'kind: state, equals: [bypass, "off"], for: 5m', METRIC)
    yield site
    site.close()


def test_a_state_by_its_word_must_last_before_it_fires(ups: SmallSite) -> None:
    assert ups.read(4, 0) == "pending"
    ups.restart()
    assert ups.read(4, 4) == "pending"
    assert ups.read(7, 5) == "firing"  # another of the wrong ones
    assert ups.read(5, 6) == "ok"
    [alert] = ups.alerts()
    assert (alert.began_at, alert.fired_at, alert.ended_at) == (at(0), at(5), at(6))


def test_a_number_that_means_nothing_is_neither_wrong_nor_right(ups: SmallSite) -> None:
    assert ups.read(99, 0) == "ok"
    ups.read(4, 1)
    assert ups.read(0, 2) == "pending"
    assert ups.read(4, 6) == "firing"
    assert ups.read(99, 7) == "firing"
    assert ups.read(4.5, 8) == "firing"
    assert ups.read(3, 9) == "ok"


def test_a_late_reading_changes_nothing(ups: SmallSite) -> None:
    ups.read(4, 0)
    ups.read(4, 6)
    assert ups.read(3, 5) == "firing"


def test_the_words_are_shown(ups: SmallSite) -> None:
    assert "Rule: bypass, off for 5 min" in rule_list(ups.site.devices["ct-1"].profile)


@pytest.mark.parametrize(
    ("rule", "metric", "mistake"),
    [
        (
            "equals: [bypas]",  # codespell:ignore
            METRIC,
            r"rules\[0\].equals\[0\]: unknown state 'bypas' \(did you mean",
        ),
        ("equals: [3, 6]", METRIC, r"rules\[0\].equals\[1\]: unknown state 6"),
        ("equals: [off]", METRIC, r'rules\[0\].equals\[0\].*: .*"on" in quotes'),
        ("equals: []", METRIC, r"rules\[0\].equals"),
        ("equals: [3], for: -5m", METRIC, r"rules\[0\].for: .*not a duration"),
        ("equals: [3]", "unit: K", r"rules\[0\].metric: 'value_x' is no state"),
    ],
)
def test_nonsense_is_refused_with_its_place(
    tmp_path: Path, rule: str, metric: str, mistake: str
) -> None:
    with pytest.raises(ConfigError, match=mistake):
        load_site(write_site(tmp_path, f"kind: state, {rule}", metric))


@pytest.mark.parametrize(("profile", "mains", "bypass"), [("ups-rfc1628", 3, 4), ("ups-apc", 2, 9)])
def test_a_ups_in_bypass_is_an_alert(profile: str, mains: int, bypass: int) -> None:
    shipped = load_profile(Path("config/profiles") / f"{profile}.yaml")
    [rule] = [own for own in shipped.rules if own.id == "on_bypass"]
    assert isinstance(rule, StateRule)
    assert rule.is_wrong(bypass)
    assert not rule.is_wrong(mains)
    assert rule.is_known(mains)


PARENT = Profile(metrics={"value_x": Metric(title="V", kind="state", states={1: "a", 2: "b"})})
RULE = StateRule.model_validate(
    {
        **{"kind": "state", "id": "rule", "title": "Rule", "metric": "value_x"},
        **{"severity": "warning", "basis": "engineering", "equals": ["b"], "for": "2m"},
    }
).in_profile(PARENT)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 9]), st.integers(1, 3))))
def test_it_fires_only_after_the_hold_and_ends_only_at_another_known_state(
    steps: list[tuple[int, int]],
) -> None:
    state, now, wrong_since = OK, 0, None
    for value, minutes in steps:
        now += minutes * MINUTE
        before, state = state, judge_state(RULE, state, value, now)
        if value == 1:
            wrong_since = None
        elif value == 2 and wrong_since is None:
            wrong_since = now
        assert (state == OK) == (wrong_since is None)
        if state.state == "firing" and before.state != "firing":
            assert value == 2
            assert wrong_since is not None
            assert now - wrong_since >= RULE.hold
        if value not in (1, 2):
            assert state == before
        assert state == OK or state == RuleState(state.state, wrong_since or 0)
