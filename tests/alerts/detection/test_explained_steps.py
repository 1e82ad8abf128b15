"""A step of the level, live: told by its rule, and over when somebody answers, or work explains it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.detection.backend import BACKEND
from alerts.detection.explained_steps import NOTHING, StepAnswersOfSite
from core.time.clock import DAY, HOUR
from core.vocabulary.alerts import FeedbackOpinion
from core.vocabulary.work_orders import OrderKind
from storage.records import Alert
from storage.records import feedback as feedback_rows
from storage.records.work_orders import Labour, WorkOrder
from tests.alerts.detection import conftest
from tests.alerts.detection.conftest import NOW, PROFILE, MonitoredSite

KEY = ("mri-1", "", "magnet_drift")
RULE = """  - {id: magnet_stepped, kind: anomaly, title: The magnet's temperature changed at once,
     detector: magnet_drift, verdicts: [step], severity: warning, basis: engineering}
"""


@pytest.fixture
def stepping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitoredSite]:
    """Five days ago at noon it became 3 K warmer."""
    monkeypatch.setattr(conftest, "PROFILE", PROFILE.replace("snmp:\n", RULE + "snmp:\n"))
    site = MonitoredSite(tmp_path, BACKEND)
    site.measure(NOW - 60 * DAY, NOW - 5 * DAY)
    site.measure(NOW - 5 * DAY, NOW + 3 * DAY, temp=35.0)
    yield site
    site.close()


def state(site: MonitoredSite) -> list[str]:
    site.judge()
    return [alert.state for alert in site.alerts() if alert.rule == "magnet_stepped"]


def answer(site: MonitoredSite, opinion: FeedbackOpinion, at: int = NOW) -> None:
    [alert] = [alert for alert in site.alerts() if alert.rule == "magnet_stepped"]
    with site.records.writing() as db:
        feedback_rows.give_feedback(db, alert.id, opinion, "engineer", at)


def last_kind(site: MonitoredSite) -> str:
    return site.verdicts()[-1].kind


def test_a_step_fires_until_somebody_calls_it_a_new_sensor(stepping: MonitoredSite) -> None:
    stepping.run()
    last = stepping.verdicts()[-1]
    [(size, at)] = [shown.numbers for shown in last.evidence if shown.name == "step"]
    assert (last.kind, last.alarm) == ("step", False)
    assert size == pytest.approx(3.0, abs=0.1)
    assert at == pytest.approx(NOW - 5 * DAY, abs=HOUR)
    assert state(stepping) == ["firing"]
    answer(stepping, "false")
    stepping.run(NOW + 2 * DAY)
    assert last_kind(stepping) == "normal"
    assert state(stepping) == ["ok"]


@pytest.mark.parametrize("opinion", ["true", "unknown"])
def test_an_answer_that_explains_nothing_ends_nothing(
    stepping: MonitoredSite, opinion: FeedbackOpinion
) -> None:
    stepping.run()
    state(stepping)
    answer(stepping, opinion)
    stepping.run(NOW + 2 * DAY)
    assert last_kind(stepping) == "step"
    assert state(stepping) == ["firing"]


def test_an_answer_that_is_taken_back_explains_no_more(stepping: MonitoredSite) -> None:
    stepping.run()
    state(stepping)
    answer(stepping, "false")
    stepping.run(NOW + DAY)
    answer(stepping, "true", NOW + DAY)
    stepping.run(NOW + 2 * DAY)
    assert last_kind(stepping) == "step"


def finish(
    site: MonitoredSite, done_at: int | None, began_at: int = 0, kind: OrderKind = "corrective"
) -> None:
    order = WorkOrder(
        device="mri-1", kind=kind, opened_by="hand", title="Calibration", opened_at=NOW - 6 * DAY,
        done_at=done_at,
    )  # fmt: skip
    if began_at:
        order.labour.append(Labour(order=order, who="sara", began_at=began_at, minutes=30))
    with site.records.writing() as db:
        db.add(order)


@pytest.mark.parametrize("kind", ["corrective", "preventive"])
def test_work_that_was_done_on_that_day_explains_the_step(
    stepping: MonitoredSite, kind: OrderKind
) -> None:
    finish(stepping, NOW - 5 * DAY + 2 * HOUR, kind=kind)
    stepping.run()
    assert {verdict.kind for verdict in stepping.verdicts()} <= {"learning", "normal"}
    assert state(stepping) == []


@pytest.mark.parametrize("done_at", [None, NOW - 3 * DAY, NOW - 8 * DAY])
def test_work_that_is_not_done_or_of_another_day_does_not(
    stepping: MonitoredSite, done_at: int | None
) -> None:
    finish(stepping, done_at)
    stepping.run()
    assert last_kind(stepping) == "step"


def test_work_that_took_days_explains_what_happened_in_them(stepping: MonitoredSite) -> None:
    finish(stepping, NOW - 2 * DAY, began_at=NOW - 6 * DAY)
    stepping.run()
    assert last_kind(stepping) == "normal"


def test_a_service_explains_it_for_a_detector_that_begins_anew(stepping: MonitoredSite) -> None:
    with stepping.records.writing() as db:
        feedback_rows.add_service_event(db, "mri-1", NOW - 5 * DAY, "engineer", "New sensor")
        known = StepAnswersOfSite.read(db, stepping.site, NOW)
    assert known.of(KEY, NOW).explained == ((0, NOW - 4 * DAY),)


def test_where_no_rule_tells_steps_nothing_is_asked(monitored: MonitoredSite) -> None:
    finish(monitored, NOW - DAY)
    with monitored.records.reading() as db:
        assert StepAnswersOfSite.read(db, monitored.site, NOW).of(KEY, NOW) == NOTHING


REACHING = """  - {id: mains, title: The mains has failed, metric: room_temp_c, above: 90, explains: site,
     severity: error, basis: engineering}
  - {id: magnet_warm, title: The magnet is warm, metric: magnet_temp_c, above: 34, severity: error,
     basis: engineering}
  - {id: room_warm, title: The room is warm, metric: room_temp_c, above: 27, severity: error,
     basis: engineering}
"""


@pytest.fixture
def telling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitoredSite]:
    """It became 3 K warmer two days ago."""
    monkeypatch.setattr(
        conftest, "PROFILE", PROFILE.replace("snmp:\n", RULE + REACHING + "snmp:\n")
    )
    site = MonitoredSite(tmp_path, BACKEND)
    site.measure(NOW - 60 * DAY, NOW - 2 * DAY)
    site.measure(NOW - 2 * DAY, NOW + 4 * DAY, temp=35.0)
    yield site
    site.close()


def fire(site: MonitoredSite, rule: str, began_at: int, ended_at: int | None = None) -> None:
    metric = "magnet_temp_c" if rule == "magnet_warm" else "room_temp_c"
    with site.records.writing() as db:
        db.add(
            Alert(
                "mri-1",
                "",
                rule,
                rule,
                "error",
                metric,
                "ok" if ended_at else "firing",
                began_at,
                fired_at=began_at,
                ended_at=ended_at,
            )
        )


@pytest.mark.parametrize("rule", ["mains", "magnet_warm"])
def test_what_an_alert_tells_of_already_is_no_step_of_its_own(
    telling: MonitoredSite, rule: str
) -> None:
    """A cut of the mains, which reaches every device, or the limit of the same value; over since yesterday."""
    fire(telling, rule, NOW - 2 * DAY - HOUR, NOW - DAY)
    telling.run()
    assert last_kind(telling) == "normal"
    assert state(telling) == []


def test_a_level_that_has_not_come_back_days_after_its_cause_is_told(
    telling: MonitoredSite,
) -> None:
    fire(telling, "mains", NOW - 2 * DAY - HOUR, NOW - 2 * DAY + HOUR)
    telling.run()
    assert state(telling) == []
    telling.run(NOW + 3 * DAY)
    assert last_kind(telling) == "step"
    assert state(telling) == ["firing"]


@pytest.mark.parametrize(
    ("rule", "began_at"), [("room_warm", NOW - 2 * DAY), ("mains", NOW - 12 * HOUR)]
)
def test_an_alert_of_another_value_or_another_day_explains_no_step(
    telling: MonitoredSite, rule: str, began_at: int
) -> None:
    fire(telling, rule, began_at)
    telling.run()
    assert last_kind(telling) == "step"


def test_a_detector_that_catches_up_knows_the_cut_of_weeks_ago(telling: MonitoredSite) -> None:
    """It judges that day, not today."""
    fire(telling, "mains", NOW - 20 * DAY, NOW - 20 * DAY + HOUR)
    with telling.records.reading() as db:
        known = StepAnswersOfSite.read(db, telling.site, NOW)
    span = (NOW - 21 * DAY, NOW - 19 * DAY + HOUR)
    assert known.of(KEY, 0).explained == (span,)
    assert known.of(KEY, NOW - 18 * DAY).explained == (span,)
    assert known.of(KEY, NOW).explained == ()
