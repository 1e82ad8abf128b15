"""Runs a rule test on the engine that judges a site, and says what came to be other than expected."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import isclose

from alerts.evaluation.replay import Replay, ReplayClock
from alerts.timelines.load import RuleTests
from alerts.timelines.memory_series import MemorySeries
from alerts.timelines.script import BESIDE, DEVICE, T0, Script
from alerts.timelines.standing import Standing
from alerts.timelines.timeline_file import RuleExpectation, Timeline
from core.schema.profile import Profile
from core.schema.rules.base import Rule
from core.schema.site import Device, Site, SiteFile
from storage.records import Records
from storage.records.in_memory import empty, records_in_memory


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that stood elsewhere than it should."""

    test: int  # its place in the file
    at: int  # ms after the beginning
    rule: str
    expected: RuleExpectation
    actual: RuleExpectation


def run_rule_tests(tests: RuleTests) -> list[Difference]:
    """All of a file; empty if everything is as expected."""
    clock = ReplayClock(T0)
    with closing(records_in_memory(clock)) as records:
        differences: list[Difference] = []
        for number, test in enumerate(tests.tests):
            empty(records)
            clock.now = T0
            differences += _differences(number, test, tests.profile, records, clock)
        return differences


def _differences(
    number: int, test: Timeline, profile: Profile, records: Records, clock: ReplayClock
) -> Iterator[Difference]:
    replay = Replay(_site(profile), MemorySeries(), records, clock)
    for page in Script(test, profile).pages():
        replay.judge(page)
        standing = Standing(records, test.component)
        for rule, expected in _expected(test, profile, page.at - T0):
            actual = standing.of(rule)
            if not _fits(expected, actual):
                yield Difference(number, page.at - T0, rule.id, expected, actual)


def _site(profile: Profile) -> Site:
    file = SiteFile.model_validate({"id": "test", "name": "Test", "zone": "UTC", "devices": []})
    tested = Device(DEVICE, "", "", "", "", profile, (), ())
    silence = [rule for rule in profile.rules if rule.tells_silence]
    beside = profile.model_copy(update={"rules": silence, "detectors": []})
    return Site(file, {DEVICE: tested, BESIDE: Device(BESIDE, "", "", "", "", beside, (), ())})


def _expected(test: Timeline, profile: Profile, at: int) -> Iterator[tuple[Rule, RuleExpectation]]:
    for rule in profile.rules:
        for times, expected in test.expect.get(rule.id, {}).items():
            if at in times:
                yield rule, expected


def _fits(expected: RuleExpectation, actual: RuleExpectation) -> bool:
    if expected.state != actual.state:
        return False
    if expected.suppressed not in (None, actual.suppressed):
        return False
    if expected.value is None:
        return True
    return actual.value is not None and isclose(expected.value, actual.value, abs_tol=1e-9)
