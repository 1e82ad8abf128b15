"""From readings in the store to verdicts and alerts, through crashes, late rows and wrong clocks."""

import logging
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from alerts.detection.training import Trainer
from core.errors import StoreError
from core.time.clock import DAY, HOUR
from storage.records import Alert, Verdict
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from tests.alerts.detection.conftest import NOW, STEP, Place
from tests.alerts.detection.stub_detector import BROKEN, DYING

FILE = ("mri-1", "", "magnet_drift")


def rows(place: Place) -> list[tuple[object, ...]]:
    return [(one.at, one.kind, one.alarm, one.value, one.expected) for one in place.verdicts()]


def test_a_first_start_learns_from_what_is_old_and_judges_the_last_month(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    place.measure(NOW - 5 * DAY, NOW, temp=40.0)
    place.run()
    kinds = Counter(one.kind for one in place.verdicts())
    assert kinds == {"learning": 8, "normal": 24, "anomaly": 4}
    card, _ = place.models.load(*FILE) or pytest.fail("no model")
    assert (card.version, card.features, card.score) == (1, ["room"], 0.5)
    assert card.began_at == (NOW - 90 * DAY) // STEP * STEP
    assert card.ended_at == NOW - 28 * DAY
    assert len(card.input) == 64


def test_with_little_history_it_learns_as_it_would_have_live(place: Place) -> None:
    place.measure(NOW - 40 * DAY, NOW)
    place.run()
    kinds = [one.kind for one in place.verdicts()]
    assert kinds == ["learning"] * 24 + ["normal"] * 16


def test_a_new_site_is_told_that_it_learns(place: Place) -> None:
    place.measure(NOW - 5 * DAY, NOW)
    place.run()
    assert {one.kind for one in place.verdicts()} == {"learning"}
    assert place.models.load(*FILE) is not None


def test_what_a_detector_says_becomes_alerts(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    place.measure(NOW - 5 * DAY, NOW, temp=40.0)
    place.run()
    place.judge()
    found = {alert.rule: alert for alert in place.alerts()}
    assert found.keys() == {"magnet_drifts", "magnet_hot_soon"}
    first = next(one.at for one in place.verdicts() if one.alarm)
    drifts, soon = found["magnet_drifts"], found["magnet_hot_soon"]
    assert (drifts.state, drifts.began_at, drifts.metric) == ("firing", first, "magnet_temp_c")
    assert (soon.state, soon.limit) == ("firing", 60.0)


def test_killed_at_any_step_it_says_the_same(place: Place, tmp_path: Path) -> None:
    place.measure(NOW - 40 * DAY, NOW - 6 * DAY)
    place.measure(NOW - 6 * DAY, NOW, temp=40.0)
    place.run()
    calm = rows(place)
    (tmp_path / "again").mkdir()
    other = Place(tmp_path / "again")
    other.measure(NOW - 40 * DAY, NOW - 6 * DAY)
    other.measure(NOW - 6 * DAY, NOW, temp=40.0)
    for _ in range(60):
        other.detection.step(NOW)
        other.restart()
    other.run()
    assert rows(other) == calm
    other.close()


def test_killed_between_the_verdicts_and_the_file_it_says_nothing_twice(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run(NOW - 2 * DAY)
    old = place.models.path(*FILE).read_bytes()
    place.run()
    told = rows(place)
    place.models.path(*FILE).write_bytes(old)
    place.restart()
    place.run()
    assert rows(place) == told


def test_a_damaged_file_is_put_aside_said_and_learned_anew(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    path = place.models.path(*FILE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)
    told = rows(place)
    place.restart()
    place.run()
    assert "is learned anew" in caplog.text
    assert path.with_suffix(".damaged-1").read_bytes() == content
    assert place.models.load(*FILE) is not None
    assert rows(place) == told


def test_a_file_that_others_may_change_is_not_read_and_that_is_said_once(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    path = place.models.path(*FILE)
    path.chmod(0o666)
    place.restart()
    with caplog.at_level(logging.ERROR):
        place.run(NOW + HOUR)
        place.run(NOW + 2 * HOUR)
    assert [
        record.message for record in caplog.records if "may be changed by others" in record.message
    ]
    assert len(caplog.records) == 1
    path.chmod(0o600)
    place.measure(NOW, NOW + DAY)
    place.run(NOW + DAY)
    assert place.verdicts()[-1].at > NOW


def test_a_full_disk_loses_no_verdict(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run(NOW - 3 * DAY)

    def full(*_: object) -> None:
        raise StoreError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("alerts.detection.service.verdict_rows.write_verdicts", full)
        for minute in range(5):
            with pytest.raises(StoreError):
                place.detection.step(NOW + minute * 60_000)
    place.run()
    days = [one.at for one in place.verdicts()]
    assert len(days) == 8 + 28 + 3
    assert all(after - before == DAY for before, after in pairwise(days))


def test_rows_that_come_within_six_hours_are_waited_for(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * HOUR)
    place.run()
    [running] = place.detection._running.values()
    assert running.fed_until == (NOW - 5 * HOUR) // STEP * STEP - STEP
    place.run(NOW + 2 * HOUR)
    assert running.fed_until > NOW, "nothing came: that is news too"


def test_a_silent_sensor_is_told_by_a_rule_of_its_own(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 3 * DAY)
    place.measure(NOW - 3 * DAY, NOW, temp=1.0, metric="up")
    place.run()
    place.judge()
    assert {alert.rule for alert in place.alerts()} == {"magnet_sensor"}
    assert place.alerts()[0].state == "firing"
    place.measure(NOW, NOW + 2 * DAY)
    place.run(NOW + 2 * DAY)
    place.judge()
    assert [alert.state for alert in place.alerts()] == ["ok"]


def test_a_clock_that_was_never_set_changes_nothing(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    told = rows(place)
    place.restart()
    assert place.detection.step(86_400_000) is False
    place.run()
    assert rows(place) == told


def test_after_a_clock_that_was_ahead_it_begins_anew(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run(NOW + 400 * DAY)
    place.run(NOW)
    assert "a clock that was ahead" in caplog.text
    [running] = place.detection._running.values()
    assert running.fed_until <= NOW


def test_after_a_service_it_learns_anew_and_the_alert_is_over(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    place.measure(NOW - 5 * DAY, NOW + 3 * DAY, temp=40.0)
    place.run()
    place.judge()
    assert [a.state for a in place.alerts() if a.rule == "magnet_drifts"] == ["firing"]
    with place.records.writing("engineer", NOW) as db:
        feedback_rows.add_service_event(db, "mri-1", NOW, "engineer", "New heater")
    place.restart()
    place.run(NOW + 3 * DAY)
    place.judge()
    assert [one.kind for one in place.verdicts()][-2:] == ["learning"] * 2
    assert {alert.state for alert in place.alerts()} == {"ok"}


def test_what_was_learned_without_the_service_is_no_reason_to_end_an_alert(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    place.measure(NOW - 5 * DAY, NOW, temp=40.0)
    place.run()
    place.judge()
    with place.records.writing() as db:
        last = replace_kind(place, "learning")
        verdict_rows.write_verdicts(db, [last])
    place.judge()
    assert {alert.state for alert in place.alerts()} == {"firing"}


def replace_kind(place: Place, kind: str) -> Verdict:
    old = place.verdicts()[-1]
    return Verdict(old.device, old.component, old.detector, old.at + DAY, kind, 0.0, False)  # type: ignore[arg-type]


def test_it_never_learns_from_a_time_with_an_open_alert_unless_that_was_false(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 60 * DAY)
    place.measure(NOW - 60 * DAY, NOW - 40 * DAY, temp=50.0)
    place.measure(NOW - 40 * DAY, NOW)
    with place.records.writing() as db:
        alert = Alert(
            "mri-1", "", "magnet_warm", "Warm", "warning", "magnet_temp_c", "ok", NOW - 60 * DAY,
            fired_at=NOW - 60 * DAY, ended_at=NOW - 40 * DAY,
        )  # fmt: skip
        db.add(alert)
    place.run()
    assert place.verdicts()[-1].expected == pytest.approx(32.1, abs=0.01)
    with place.records.writing() as db:
        feedback_rows.give_feedback(db, 1, "false", "engineer", NOW)
    place.models.path(*FILE).unlink()
    place.restart()
    place.run(NOW + 2 * DAY)
    [running] = place.detection._running.values()
    assert running.watch.state()["mean"] > 35  # type: ignore[operator]


def test_answers_move_the_threshold(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    place.measure(NOW - 5 * DAY, NOW, temp=36.0)
    place.run()
    place.judge()
    [running] = place.detection._running.values()
    assert running.bias == 0
    [alert] = [one for one in place.alerts() if one.rule == "magnet_drifts"]
    with place.records.writing() as db:
        feedback_rows.give_feedback(db, alert.id, "false", "engineer", NOW)
    place.run(NOW + HOUR)
    assert running.bias == pytest.approx(0.2)
    assert running.watch.state()["mean"] is not None


def test_it_learns_in_another_process(place: Place) -> None:
    place.trainer = Trainer
    place.restart()
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    assert place.verdicts()[-1].kind == "normal"


@pytest.mark.parametrize("seam", [BROKEN, DYING])
def test_learning_that_fails_is_said_once_and_judging_goes_on(
    place: Place, caplog: pytest.LogCaptureFixture, seam: object
) -> None:
    place.seam, place.trainer = seam, Trainer  # type: ignore[assignment]
    place.restart()
    place.measure(NOW - 60 * DAY, NOW)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            place.run()
    assert len([r for r in caplog.records if "learning failed" in r.message]) == 1
    assert {one.kind for one in place.verdicts()} == {"learning"}


def test_a_model_that_another_process_learned_is_taken(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    card, state = place.models.load(*FILE) or pytest.fail("no model")
    place.models.save(replace(card, version=7), {**state, "mean": 99.0})
    place.measure(NOW, NOW + DAY)
    place.run(NOW + DAY)
    assert place.verdicts()[-1].expected == 99.0
    assert (place.models.load(*FILE) or pytest.fail("no model"))[0].version == 7


def test_verdicts_of_more_than_a_year_ago_are_forgotten(place: Place) -> None:
    place.measure(NOW - 90 * DAY, NOW)
    place.run()
    place.run(NOW + 350 * DAY)
    with place.records.reading() as db:
        assert not verdict_rows.verdicts_of(db, "mri-1", 0, NOW - 15 * DAY)
        assert verdict_rows.verdicts_of(db, "mri-1", NOW - 14 * DAY, NOW)
