"""When detectors learn and what from: after services, beside open alerts, in another process."""

import logging
from dataclasses import replace

import pytest

from alerts.detection.backend import BACKEND
from alerts.detection.instance import new_instance
from alerts.detection.load import training_job
from alerts.detection.targets import detector_targets
from alerts.detection.training import Trainer
from core.time.clock import DAY, HOUR
from storage.records import Alert, Verdict
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from tests.alerts.detection.conftest import NOW, MonitoredSite
from tests.alerts.detection.stub_detector import BROKEN, DYING

FILE = ("mri-1", "", "magnet_drift")


def test_after_a_service_it_learns_anew_and_the_alert_is_over(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW + 3 * DAY, temp=40.0)
    monitored.run()
    monitored.judge()
    assert [a.state for a in monitored.alerts() if a.rule == "magnet_drifts"] == ["firing"]
    with monitored.records.writing("engineer", NOW) as db:
        feedback_rows.add_service_event(db, "mri-1", NOW, "engineer", "New heater")
    monitored.restart()
    monitored.run(NOW + 3 * DAY)
    monitored.judge()
    assert [verdict.kind for verdict in monitored.verdicts()][-2:] == ["learning"] * 2
    assert {alert.state for alert in monitored.alerts()} == {"ok"}


def test_what_was_learned_without_the_service_is_no_reason_to_end_an_alert(
    monitored: MonitoredSite,
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW, temp=40.0)
    monitored.run()
    monitored.judge()
    with monitored.records.writing() as db:
        last = replace_kind(monitored, "learning")
        verdict_rows.write_verdicts(db, [last])
    monitored.judge()
    assert {alert.state for alert in monitored.alerts()} == {"firing"}


def replace_kind(monitored: MonitoredSite, kind: str) -> Verdict:
    old = monitored.verdicts()[-1]
    return Verdict(old.device, old.component, old.detector, old.at + DAY, kind, 0.0, False)  # type: ignore[arg-type]


def test_it_never_learns_from_a_time_with_an_open_alert_unless_that_was_false(
    monitored: MonitoredSite,
) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 60 * DAY)
    monitored.measure(NOW - 60 * DAY, NOW - 40 * DAY, temp=50.0)
    monitored.measure(NOW - 40 * DAY, NOW)
    with monitored.records.writing() as db:
        alert = Alert(
            "mri-1", "", "magnet_warm", "Warm", "warning", "magnet_temp_c", "ok", NOW - 60 * DAY,
            fired_at=NOW - 60 * DAY, ended_at=NOW - 40 * DAY,
        )  # fmt: skip
        db.add(alert)
    monitored.run()
    assert monitored.verdicts()[-1].expected == pytest.approx(32.1, abs=0.01)
    with monitored.records.writing() as db:
        feedback_rows.give_feedback(db, 1, "false", "engineer", NOW)
    monitored.models.path(*FILE).unlink()
    monitored.restart()
    monitored.run(NOW + 2 * DAY)
    [instance] = monitored.detection._instances.values()
    assert instance.runner.state()["mean"] > 35  # type: ignore[operator]


def test_what_has_too_little_to_learn_from_says_so_in_its_verdicts(
    monitored: MonitoredSite,
) -> None:
    monitored.measure(NOW - 60 * DAY, NOW - 55 * DAY)
    monitored.measure(NOW - 2 * DAY, NOW)
    monitored.run()
    last = monitored.verdicts()[-1]
    assert last.reason == "too little was measured to learn what is normal"
    assert last.kind == "cannot_judge"


def test_answers_move_the_threshold(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW, temp=36.0)
    monitored.run()
    monitored.judge()
    [instance] = monitored.detection._instances.values()
    assert instance.bias == 0
    [alert] = [alert for alert in monitored.alerts() if alert.rule == "magnet_drifts"]
    with monitored.records.writing() as db:
        feedback_rows.give_feedback(db, alert.id, "false", "engineer", NOW)
    monitored.run(NOW + HOUR)
    assert instance.bias == pytest.approx(0.2)
    assert instance.runner.state()["mean"] is not None


@pytest.mark.servers
def test_it_learns_in_another_process(monitored: MonitoredSite) -> None:
    monitored.trainer = Trainer
    monitored.restart()
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    assert monitored.verdicts()[-1].kind == "normal"


@pytest.mark.servers
@pytest.mark.parametrize("backend", [BROKEN, DYING])
def test_learning_that_fails_is_said_once_and_judging_goes_on(
    monitored: MonitoredSite, caplog: pytest.LogCaptureFixture, backend: object
) -> None:
    monitored.backend, monitored.trainer = backend, Trainer  # type: ignore[assignment]
    monitored.restart()
    monitored.measure(NOW - 60 * DAY, NOW)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            monitored.run()
    assert len([r for r in caplog.records if "learning failed" in r.message]) == 1
    assert {verdict.kind for verdict in monitored.verdicts()} == {"learning"}


def test_a_model_that_another_process_learned_is_taken(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW)
    monitored.run()
    card, state = monitored.models.load(*FILE) or pytest.fail("no model")
    monitored.models.save(replace(card, version=7), {**state, "mean": 99.0})
    monitored.measure(NOW, NOW + DAY)
    monitored.run(NOW + DAY)
    assert monitored.verdicts()[-1].expected == 99.0
    assert (monitored.models.load(*FILE) or pytest.fail("no model"))[0].version == 7


def test_nothing_from_before_a_service_is_learned_from(monitored: MonitoredSite) -> None:
    """Of this device; another's service is nothing to it."""
    monitored.measure(NOW - 3 * DAY, NOW)
    with monitored.records.writing() as db:
        feedback_rows.add_service_event(db, "mri-1", NOW - 40 * DAY, "engineer", "New sensor")
        feedback_rows.add_service_event(db, "ct-9", NOW - 30 * DAY, "engineer", "New tube")
    [target] = detector_targets(monitored.site, monitored.series.newest())
    instance = new_instance(BACKEND, target, monitored.site.zone, NOW)
    job = training_job(instance, monitored.site, monitored.records)
    assert (job.start, job.end) == (NOW - 40 * DAY, NOW)
