"""Rules that listen to a detector, on a timeline of its verdicts; and what people's answers do."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.feedback import bias, share_right
from alerts.evaluation.anomaly import judge_anomaly
from alerts.evaluation.forecast import judge_forecast
from alerts.evaluation.judge import OK, RuleState
from alerts.notification.delivery import deliver_due
from alerts.notification.language import MessageWords
from alerts.notification.notices import NoticeGiver
from alerts.notification.verdict_message import explain
from core.schema.rules.anomaly import AnomalyRule
from core.schema.rules.forecast import ForecastRule
from core.time.clock import DAY, HOUR
from storage.records import Verdict
from storage.records.feedback import Tally
from tests.alerts.conftest import Phone
from tests.alerts.detection.conftest import NOW, MonitoredSite

ANOMALY = AnomalyRule.model_validate(
    {"id": "a", "title": "A", "severity": "error", "basis": "engineering", "kind": "anomaly",
     "detector": "d", "for": "2d"}
)  # fmt: skip
SENSOR = ANOMALY.model_copy(update={"verdicts": ["stuck", "absent"], "hold": 0})
FORECAST = ForecastRule.model_validate(
    {"id": "f", "title": "F", "severity": "error", "basis": "engineering", "kind": "forecast",
     "detector": "d", "below": 60, "within": "30d"}
)  # fmt: skip
FIRING = RuleState("firing", DAY)


def verdict_on(day: int, kind: str, *, alarm: bool = False, **more: object) -> Verdict:
    return Verdict("mri-2", "", "d", day * DAY, kind, 0.9, alarm, **more)  # type: ignore[arg-type]


def anomaly(*verdicts: Verdict, rule: AnomalyRule = ANOMALY, serviced: int = 0) -> list[str]:
    """Where the rule stands after each."""
    state, states = OK, list[str]()
    for verdict in verdicts:
        state = judge_anomaly(rule, state, verdict, serviced)
        states.append(state.state)
    return states


def test_an_alarm_must_last_before_it_fires_and_ends_with_the_alarm() -> None:
    days = [verdict_on(day, "anomaly", alarm=True) for day in range(1, 5)]
    assert anomaly(*days, verdict_on(5, "normal")) == [
        "pending",
        "pending",
        "firing",
        "firing",
        "ok",
    ]


@pytest.mark.parametrize("kind", ["stuck", "absent", "impossible", "unfit", "learning"])
def test_what_tells_nothing_of_the_device_neither_fires_nor_ends_an_alert(kind: str) -> None:
    assert judge_anomaly(ANOMALY, OK, verdict_on(9, kind)) == OK
    assert judge_anomaly(ANOMALY, OK, verdict_on(9, kind, alarm=True)) == OK
    assert judge_anomaly(ANOMALY, FIRING, verdict_on(9, kind)) == FIRING
    assert judge_forecast(FORECAST, FIRING, verdict_on(9, kind)) == FIRING


def test_after_a_service_the_old_alert_is_over_though_the_detector_learns() -> None:
    wrong = [verdict_on(day, "anomaly", alarm=True) for day in range(1, 5)]
    assert anomaly(*wrong, verdict_on(6, "learning"), serviced=5 * DAY)[-1] == "ok"
    assert anomaly(*wrong, verdict_on(6, "learning"), serviced=DAY // 2)[-1] == "firing"


def test_a_broken_sensor_has_a_rule_of_its_own_and_is_over_when_it_speaks() -> None:
    story = [
        verdict_on(1, "normal"),
        verdict_on(2, "stuck"),
        verdict_on(3, "absent"),
        verdict_on(4, "learning"),
    ]
    assert anomaly(*story, rule=SENSOR) == ["ok", "firing", "firing", "ok"]
    assert anomaly(verdict_on(1, "anomaly", alarm=True), rule=SENSOR) == ["ok"]


def soon(day: int, left: float, limit: float = 60.0) -> Verdict:
    return verdict_on(day, "anomaly", alarm=True, limit=limit, limit_at=int((day + left) * DAY))


def test_a_forecast_fires_within_its_time_and_does_not_flicker_at_the_edge() -> None:
    state, states = OK, list[str]()
    for day, left in enumerate([40, 29, 33, 28, 37, 39]):
        state = judge_forecast(FORECAST, state, soon(day, left))
        states.append(state.state)
    assert states == ["ok", "firing", "firing", "firing", "firing", "ok"]


def test_a_limit_that_lies_farther_is_reached_later_so_the_rule_s_is_too() -> None:
    assert judge_forecast(FORECAST, OK, soon(1, 20, limit=50.0)).state == "firing"
    assert judge_forecast(FORECAST, OK, soon(1, 20, limit=70.0)) == OK


def test_a_level_that_is_used_up_is_foretold_without_any_alarm() -> None:
    verdict = verdict_on(1, "normal", limit=60.0, limit_at=10 * DAY)
    assert judge_forecast(FORECAST, OK, verdict).state == "firing"
    assert judge_forecast(FORECAST, FIRING, verdict_on(2, "normal")) == OK


def test_an_alarm_that_cannot_look_ahead_any_more_ends_no_forecast() -> None:
    assert judge_forecast(FORECAST, FIRING, verdict_on(2, "anomaly", alarm=True)) == FIRING


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=30))
def test_firing_means_that_the_alarm_held_for_its_time(story: list[tuple[int, bool]]) -> None:
    days = sorted(dict(story).items())
    verdicts = [verdict_on(d, "anomaly" if alarm else "normal", alarm=alarm) for d, alarm in days]
    for number, state in enumerate(anomaly(*verdicts)):
        run = 0
        while run <= number and verdicts[number - run].alarm:
            run += 1
        held = verdicts[number].at - verdicts[number - run + 1].at if run else -1
        assert (state == "firing") == (run > 0 and held >= ANOMALY.hold)


# What people say


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_answers_stay_within_bounds_and_each_pulls_its_own_way(right: int, wrong: int) -> None:
    tally = Tally(right, wrong)
    assert -1 <= bias(tally) <= 1
    assert bias(tally._replace(true=right + 1)) < bias(tally) + 1e-12
    assert bias(tally._replace(false=wrong + 1)) > bias(tally) - 1e-12
    assert 0 < share_right(tally) < 1


def test_without_answers_nothing_moves() -> None:
    assert bias(Tally(0, 0)) == 0
    assert bias(Tally(3, 1)) == 0, "three of four is what is taken for granted"


# What is sent


def test_the_words_of_a_forecast() -> None:
    verdict = verdict_on(
        10, "anomaly", alarm=True, value=76.0, expected=81.6, low=81.0, high=82.2, since=4 * DAY,
        carried_by=["rate"], limit=60.0, limit_at=33 * DAY, limit_at_low=27 * DAY,
        limit_at_high=44 * DAY,
    )  # fmt: skip

    words = MessageWords("en", "gregorian", ZoneInfo("Asia/Kabul"))
    assert explain(verdict, "%", words) == [
        "Was 76 %, expected 81.6 % (81 to 82.2)",
        "It began about 1970-01-05",
        "Seen in: how fast it falls",
        "Reaches 60 % in 23 days, between 17 and 34",
    ]
    verdict.limit_at_high = None
    assert explain(verdict, "%", words)[-1].endswith("in 23 days, not before 17, perhaps never")
    assert explain(verdict_on(1, "learning"), "%", words) == []


def test_a_message_tells_what_the_detector_saw(monitored: MonitoredSite) -> None:
    monitored.measure(NOW - 90 * DAY, NOW - 5 * DAY)
    monitored.measure(NOW - 5 * DAY, NOW, temp=40.0)
    monitored.run()
    monitored.judge()
    phone = Phone()
    NoticeGiver(monitored.site, monitored.records).give_notices(NOW + HOUR)
    deliver_due(monitored.site, monitored.records, {"log": phone}, lambda: NOW + HOUR)
    [message] = phone.received
    assert message.title == "Error: MRI (Magnet room): The magnet drifts (and 1 more)"
    for line in (
        "Was 40.1 °C, expected 32.1 °C (29.1 to 35.1)",
        "Reaches 60 °C in 20 days, between 15 and 30",
        "- MRI (Magnet room): The magnet will be hot",
    ):
        assert line in message.body
