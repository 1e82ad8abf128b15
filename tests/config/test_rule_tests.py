"""Every rule that ships has a timeline in config/rule_tests that makes it fire and end, and it holds."""

from pathlib import Path

import pytest

from alerts.timelines.differences import described
from alerts.timelines.load import RuleTestLibrary, RuleTests
from alerts.timelines.run import run_rule_tests
from core.schema.item_rules import item_rules
from core.schema.load_plans import SHIPPED_PLANS
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.plan import PlanFile
from core.schema.profile import Profile
from core.schema.yaml_file import read

FOLDER = SHIPPED_PROFILES.parent / "rule_tests"
FILES = sorted(FOLDER.glob("*.yaml"))
LIBRARY = RuleTestLibrary()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_rules_stand_where_their_timelines_say(path: Path) -> None:
    tests = LIBRARY.load(path)
    assert [described(tests, difference) for difference in run_rule_tests(tests)] == []


def test_each_rule_has_a_timeline_that_makes_it_fire_and_end() -> None:
    rules = {path.stem: _own_rules(path) for path in SHIPPED_PROFILES.glob("*.yaml")}
    rules |= {f"plan-{path.stem}": _limits(path) for path in SHIPPED_PLANS.glob("*.yaml")}
    lacking = [
        f"{stem}: {rule}"
        for stem, own in sorted(rules.items())
        for rule in sorted(own - _fired_and_ended(FOLDER / f"{stem}.yaml"))
    ]
    assert len(rules) > 30
    assert lacking == []


def _own_rules(path: Path) -> set[str]:
    """What a profile says itself: what it extends is tested there."""
    _, profile = read(path, Profile, [])
    assert profile is not None
    return {rule.id for rule in profile.rules}


def _limits(path: Path) -> set[str]:
    """The rules that the limits of a file of plans are."""
    _, file = read(path, PlanFile, [])
    assert file is not None
    return {limit.rule.id for limit in item_rules(file.plans)}


def _fired_and_ended(path: Path) -> set[str]:
    return _fired_and_ended_in(LIBRARY.load(path)) if path.exists() else set()


def _fired_and_ended_in(tests: RuleTests) -> set[str]:
    shown = set()
    for test in tests.tests:
        for rule, states in test.expect.items():
            in_order = sorted(
                (at, expected.state) for times, expected in states.items() for at in times
            )
            fired_at = [at for at, state in in_order if state == "firing"]
            if fired_at and any(state == "ok" and at > fired_at[0] for at, state in in_order):
                shown.add(rule)
    return shown
