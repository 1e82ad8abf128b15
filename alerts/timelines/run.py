"""Runs a rule test on the engine that judges a site, and says what came to be other than expected."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import isclose

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.watch import ReplayedWatch
from alerts.timelines.load import RuleTests
from alerts.timelines.memory_series import MemorySeries
from alerts.timelines.script import BESIDE, DEVICE, SOURCE, T0, Script
from alerts.timelines.timeline_file import Expectation, Timeline
from core.readings import UP
from core.schema.profile import Profile
from core.schema.rules.base import Rule
from core.schema.site import Device, Site, SiteFile
from storage.records import Alert, Records, Verdict
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records import verdicts as verdict_rows
from storage.records.in_memory import records_in_memory


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that stood elsewhere than it should."""

    test: int  # its place in the file
    at: int  # ms after the beginning
    rule: str
    expected: Expectation
    actual: Expectation


def run_rule_tests(tests: RuleTests) -> list[Difference]:
    """All of a file; empty if everything is as expected."""
    return [
        difference
        for number, test in enumerate(tests.tests)
        for difference in _differences(number, test, tests.profile)
    ]


def _differences(number: int, test: Timeline, profile: Profile) -> Iterator[Difference]:
    clock = [T0]
    series, site = MemorySeries(), _site(profile)
    with closing(records_in_memory(lambda: clock[0])) as records:
        engine = AlertEngine(site, series, records, ReplayedWatch())
        for now, readings, events, rows in Script(test, profile).pages():
            clock[0] = now
            series.add(readings, events)
            engine.step()
            if rows:
                with records.writing() as db:
                    db.add_all(row for row in rows if not isinstance(row, Verdict))
                    verdict_rows.write_verdicts(
                        db, [row for row in rows if isinstance(row, Verdict)]
                    )
                engine.step_verdicts()
            engine.tick(now)
            for rule, expected in _expected(test, profile, now - T0):
                actual = _actual(records, test, rule)
                if not _fits(expected, actual):
                    yield Difference(number, now - T0, rule.id, expected, actual)


def _site(profile: Profile) -> Site:
    file = SiteFile.model_validate({"id": "test", "name": "Test", "zone": "UTC", "devices": []})
    tested = Device(DEVICE, "", "", "", "", profile, (), ())
    silence = [rule for rule in profile.rules if rule.tells_silence]
    beside = profile.model_copy(update={"rules": silence, "detectors": []})
    return Site(file, {DEVICE: tested, BESIDE: Device(BESIDE, "", "", "", "", beside, (), ())})


def _expected(test: Timeline, profile: Profile, at: int) -> Iterator[tuple[Rule, Expectation]]:
    for rule in profile.rules:
        for times, expected in test.expect.get(rule.id, {}).items():
            if at in times:
                yield rule, expected


def _actual(records: Records, test: Timeline, rule: Rule) -> Expectation:
    component = rule.component or test.component or (SOURCE if UP in rule.input_metrics else "")
    with records.reading() as db:
        alerts = alert_rows.open_alerts(db)
        last_read = cursor_rows.last_read_at(db)
        verdicts = verdict_rows.newest_verdicts(db, DEVICE)
    alert = alerts.get((DEVICE, component, rule.id))
    silences = [
        row.began_at
        for row in alerts.values()
        if row.device == DEVICE and row.metric == UP and row.state == "firing"
    ]
    times = [
        at
        for (device, metric, part), at in last_read.items()
        if device == DEVICE and metric in rule.input_metrics and rule.covers(part)
    ]
    return _standing(
        rule, alert, times, silences, (DEVICE, component, rule.detector_id) in verdicts
    )


def _standing(
    rule: Rule, alert: Alert | None, times: list[int], silences: list[int], is_judged: bool
) -> Expectation:
    """`times`: when each series that the rule watches was last read; `silences`: since when nothing is."""
    is_unknown = alert is not None and alert.unknown_since is not None
    if rule.detector_id is not None:
        is_unknown = is_unknown or not is_judged
    elif rule.input_metrics and UP not in rule.input_metrics:
        is_unknown = is_unknown or not times
        is_unknown = is_unknown or (bool(silences) and max(times) <= min(silences))
    if alert is None:
        return Expectation(state="unknown" if is_unknown else "ok", suppressed=False)
    state = "unknown" if is_unknown else alert.state
    return Expectation(state=state, value=alert.value, suppressed=alert.suppressed_by != "")


def _fits(expected: Expectation, actual: Expectation) -> bool:
    if expected.state != actual.state:
        return False
    if expected.suppressed not in (None, actual.suppressed):
        return False
    if expected.value is None:
        return True
    return actual.value is not None and isclose(expected.value, actual.value, abs_tol=1e-9)
