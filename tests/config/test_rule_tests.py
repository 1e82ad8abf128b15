"""Every rule that ships has a timeline in config/rule_tests that makes it fire and end, and it holds."""

from pathlib import Path

import pytest

from alerts.timelines.differences import described
from alerts.timelines.load import RuleTestLibrary, RuleTests
from alerts.timelines.run import run_rule_tests
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.profile import Profile
from core.schema.yaml_file import read

FOLDER = SHIPPED_PROFILES.parent / "rule_tests"
FILES = sorted(FOLDER.glob("*.yaml"))
LIBRARY = RuleTestLibrary()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_rules_stand_where_their_timelines_say(path: Path) -> None:
    tests = LIBRARY.load(path)
    assert tests.places.keys([])[0] == "profile"
    assert path.stem == _profile_name(path)
    assert [described(tests, difference) for difference in run_rule_tests(tests)] == []


def test_each_rule_has_a_timeline_that_makes_it_fire_and_end() -> None:
    lacking = [
        f"{path.stem}: {rule}"
        for path in sorted(SHIPPED_PROFILES.glob("*.yaml"))
        for rule in sorted(_own_rules(path) - _fired_and_ended(FOLDER / path.name))
    ]
    assert len(FILES) > 10
    assert lacking == []


def _own_rules(path: Path) -> set[str]:
    """What a profile says itself: what it extends is tested there."""
    _, profile = read(path, Profile, [])
    assert profile is not None
    return {rule.id for rule in profile.rules}


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


def _profile_name(path: Path) -> str:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    return first_line.removeprefix("profile: ")
