"""From readings in the store to verdicts and alerts, through crashes, late rows and wrong clocks."""

import logging
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.clock import DAY, HOUR
from storage.records import verdicts as verdict_rows
from tests.alerts.detection.conftest import NOW, STEP, MonitoredSite

FILE = ("mri-1", "", "magnet_drift")


def rows(monitored: MonitoredSite) -> list[tuple[object, ...]]:
    return [
        (verdict.at, verdict.kind, verdict.alarm, verdict.value, verdict.expected)
        for verdict in monitored.verdicts()
    ]


def test_a_first_start_learns_from_what_is_old_and_judges_the_last_month(
    monitored: MonitoredSite,
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW, temp=40.0)
    monitored.run()
    kinds = Counter(verdict.kind for verdict in monitored.verdicts())
    assert kinds == {"learning": 8, "normal": 24, "anomaly": 4}
    card, _ = monitored.models.load(*FILE) or pytest.fail("no model")
    assert (card.version, card.features, card.score) == (1, ["room"], 0.5)
    assert card.began_at == (NOW - 90 * DAY) // STEP * STEP
    assert card.ended_at == NOW - 28 * DAY
    assert len(card.input) == 64


def test_with_little_history_it_learns_as_it_would_have_live(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 40 * DAY, NOW)
    monitored.run()
    kinds = [verdict.kind for verdict in monitored.verdicts()]
    assert kinds == ["learning"] * 24 + ["normal"] * 16


def test_a_new_site_is_told_that_it_learns(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 5 * DAY, NOW)
    monitored.run()
    assert {verdict.kind for verdict in monitored.verdicts()} == {"learning"}
    assert monitored.models.load(*FILE) is not None


def test_what_a_detector_says_becomes_alerts(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW, temp=40.0)
    monitored.run()
    monitored.judge()
    alerts = {alert.rule: alert for alert in monitored.alerts()}
    assert alerts.keys() == {"magnet_drifts", "magnet_hot_soon"}
    first = next(verdict.at for verdict in monitored.verdicts() if verdict.alarm)
    drifts, soon = alerts["magnet_drifts"], alerts["magnet_hot_soon"]
    assert (drifts.state, drifts.began_at, drifts.metric) == ("firing", first, "magnet_temp_c")
    assert (soon.state, soon.limit) == ("firing", 60.0)


def test_killed_at_any_step_it_says_the_same(monitored: MonitoredSite, tmp_path: Path) -> None:
    monitored.measure(NOW - 40 * DAY, NOW - 6 * DAY)
    monitored.measure(NOW - 6 * DAY, NOW, temp=40.0)
    monitored.run()
    calm = rows(monitored)
    (tmp_path / "again").mkdir()
    other = MonitoredSite(tmp_path / "again")
    other.measure(NOW - 40 * DAY, NOW - 6 * DAY)
    other.measure(NOW - 6 * DAY, NOW, temp=40.0)
    for _ in range(60):
        other.detection.step(NOW)
        other.restart()
    other.run()
    assert rows(other) == calm
    other.close()


def test_killed_between_the_verdicts_and_the_file_it_says_nothing_twice(
    monitored: MonitoredSite,
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run(NOW - 2 * DAY)
    old = monitored.models.path(*FILE).read_bytes()
    monitored.run()
    judged = rows(monitored)
    monitored.models.path(*FILE).write_bytes(old)
    monitored.restart()
    monitored.run()
    assert rows(monitored) == judged


def test_a_damaged_file_is_put_aside_said_and_learned_anew(
    monitored: MonitoredSite, caplog: pytest.LogCaptureFixture
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    path = monitored.models.path(*FILE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)
    judged = rows(monitored)
    monitored.restart()
    monitored.run()
    assert "is learned anew" in caplog.text
    assert path.with_suffix(".damaged-1").read_bytes() == content
    assert monitored.models.load(*FILE) is not None
    assert rows(monitored) == judged


def test_a_file_that_others_may_change_is_not_read_and_that_is_said_once(
    monitored: MonitoredSite, caplog: pytest.LogCaptureFixture
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    path = monitored.models.path(*FILE)
    path.chmod(0o666)
    monitored.restart()
    with caplog.at_level(logging.ERROR):
        monitored.run(NOW + HOUR)
        monitored.run(NOW + 2 * HOUR)
    assert [
        record.message for record in caplog.records if "may be changed by others" in record.message
    ]
    assert len(caplog.records) == 1
    path.chmod(0o600)
    monitored.measure(NOW, NOW + DAY)
    monitored.run(NOW + DAY)
    assert monitored.verdicts()[-1].at > NOW


def test_a_full_disk_loses_no_verdict(
    monitored: MonitoredSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run(NOW - 3 * DAY)

    def full(*_: object) -> None:
        raise StoreError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("alerts.detection.service.verdict_rows.write_verdicts", full)
        for minute in range(5):
            with pytest.raises(StoreError):
                monitored.detection.step(NOW + minute * 60_000)
    monitored.run()
    days = [verdict.at for verdict in monitored.verdicts()]
    assert len(days) == 8 + 28 + 3
    assert all(after - before == DAY for before, after in pairwise(days))


def test_rows_that_come_within_six_hours_are_waited_for(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * HOUR)
    monitored.run()
    [instance] = monitored.detection._instances.values()
    assert instance.fed_until == (NOW - 5 * HOUR) // STEP * STEP - STEP
    monitored.run(NOW + 2 * HOUR)
    assert instance.fed_until > NOW, "nothing came: that is news too"


def test_a_silent_sensor_is_told_by_a_rule_of_its_own(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 3 * DAY)
    monitored.measure(NOW - 3 * DAY, NOW, temp=1.0, metric="up")
    monitored.run()
    monitored.judge()
    assert {alert.rule for alert in monitored.alerts()} == {"magnet_sensor"}
    assert monitored.alerts()[0].state == "firing"
    monitored.measure(NOW, NOW + 2 * DAY)
    monitored.run(NOW + 2 * DAY)
    monitored.judge()
    assert [alert.state for alert in monitored.alerts()] == ["ok"]


def test_a_clock_that_was_never_set_changes_nothing(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    judged = rows(monitored)
    monitored.restart()
    assert monitored.detection.step(86_400_000) is False
    monitored.run()
    assert rows(monitored) == judged


def test_after_a_clock_that_was_ahead_it_begins_anew(
    monitored: MonitoredSite, caplog: pytest.LogCaptureFixture
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run(NOW + 400 * DAY)
    monitored.run(NOW)
    assert "a clock that was ahead" in caplog.text
    [instance] = monitored.detection._instances.values()
    assert instance.fed_until <= NOW


def test_verdicts_of_more_than_a_year_ago_are_forgotten(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    monitored.run(NOW + 350 * DAY)
    with monitored.records.reading() as db:
        assert not verdict_rows.verdicts_of(db, "mri-1", 0, NOW - 15 * DAY)
        assert verdict_rows.verdicts_of(db, "mri-1", NOW - 14 * DAY, NOW)
