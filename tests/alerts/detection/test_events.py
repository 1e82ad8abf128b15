"""Events are counted where the log could be read, and more of them than usual are found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from alerts.detection.backend import BACKEND
from alerts.detection.features import frames
from alerts.detection.targets import detector_targets
from core.readings import Batch, Event, Reading
from core.time.clock import DAY, HOUR, MINUTE
from tests.alerts.detection import conftest
from tests.alerts.detection.conftest import NOW, STEP, MonitoredSite

PROFILE = """
title: Scanner
metrics:
  arc_count: {title: Arcs, kind: counter}
detectors:
  - {id: arcs, kind: counts, metric: arc_count, events: tube_arc, worth: 2}
rules:
  - {id: arcs_often, kind: anomaly, title: It arcs more often, detector: arcs, severity: warning,
     basis: engineering}
logfile:
  log:
    record: '(?P<at>\\S+) (?P<text>.*)'
    times: ["%Y-%m-%d"]
    patterns: [{match: arc, event: tube_arc}]
"""


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitoredSite]:
    monkeypatch.setattr(conftest, "PROFILE", PROFILE)
    source = "{kind: logfile, path: x.log, format: log}"
    site = conftest.SITE.replace("{kind: snmp, host: 192.0.2.1, community: public}", source)
    monkeypatch.setattr(conftest, "SITE", site)
    site_with_log = MonitoredSite(tmp_path, BACKEND)
    yield site_with_log
    site_with_log.close()


def record(
    scanner: MonitoredSite, start: int, end: int, a_day: float, chance: np.random.Generator
) -> None:
    """The log can be read, and arcs come by chance."""
    ups = [Reading("mri-1", "up", 1, at, "logfile") for at in range(start, end, STEP)]
    days = (end - start) / DAY
    moments = np.sort(chance.uniform(start, end, chance.poisson(a_day * days))).astype(int)
    arcs = [Event("mri-1", "tube_arc", "The tube arced", int(at)) for at in moments]
    scanner.writer.append([Batch(ups, arcs)])
    while scanner.writer.seal(everything=True):
        pass


def test_events_are_counted_and_what_was_not_heard_is_no_zero(scanner: MonitoredSite) -> None:
    start = NOW // STEP * STEP
    ups = [
        Reading("mri-1", "up", value, start + n * STEP, "logfile")
        for n, value in enumerate((1, 1, 0))
    ]
    moments = (start + 1, start + 2, start + STEP, start + 2 * STEP + MINUTE, start - 1)
    arcs = [Event("mri-1", "tube_arc", "", at) for at in moments]
    other = Event("mri-1", "something_else", "", start + 3)
    scanner.writer.append([Batch(ups, [*arcs, other])])
    [target] = detector_targets(scanner.site, scanner.series.names())
    [frame] = frames(scanner.series, [target], start, start + 4 * STEP)
    counted = frame.columns["arc_count"]
    assert counted[:2].tolist() == [2.0, 1.0]
    assert np.isnan(counted[2:]).all(), "the log could not be read, or nobody looked"


def test_three_times_as_many_arcs_are_an_alert_within_days(scanner: MonitoredSite) -> None:
    chance = np.random.default_rng(5)
    raised_at = NOW - 12 * DAY
    record(scanner, NOW - 75 * DAY, raised_at, 2.0, chance)
    record(scanner, raised_at, NOW, 6.0, chance)
    scanner.run(NOW + HOUR)
    scanner.judge()
    assert [alert.rule for alert in scanner.alerts()] == ["arcs_often"]
    [alert] = scanner.alerts()
    assert raised_at < (alert.fired_at or 0) < raised_at + 10 * DAY
