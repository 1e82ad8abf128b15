"""Why an alert fired: each kind of rule says what it judged, and invents nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluation.kinds import judge_for
from alerts.evaluation.reason import AlertReason, FiredPast, LimitReached, reason_of
from alerts.evaluation.reason_words import NumberWriter, forecast_sentences, reason_sentences
from core.readings import Reading
from core.schema.metric import Metric
from core.schema.rules.base import Rule
from core.schema.rules.registry import KINDS, rule_model
from core.time.clock import DAY, HOUR, MINUTE
from storage.records import Verdict
from storage.series import Curve, Point

T0 = 1_760_000_400_000
WATER = Metric(title="Water", unit="°C")
DOOR = Metric(title="Door", kind="state", states={0: "closed", 1: "open"})
WRITE = NumberWriter(
    value=lambda value: f"{value:.4g} °C",
    span=lambda span: f"{span // MINUTE} min",
    moment=lambda at: f"minute {(at - T0) // MINUTE}",
    day=lambda at: f"day {(at - T0) // DAY}",
    name=str,
    number=lambda value: f"{value:.3g}",
)
COMMON = {"id": "r", "title": "R", "severity": "warning", "basis": "engineering"}


def rule(kind: str, **fields: Any) -> Rule:
    return rule_model(kind).model_validate({**COMMON, "kind": kind, **fields})


def past(value: float | None = None, limit: float | None = None, **known: Any) -> FiredPast:
    known.setdefault("metric", WATER)
    return FiredPast(T0 - 10 * MINUTE, T0, "", metric_name="m", value=value, limit=limit, **known)


def verdict(**fields: Any) -> Verdict:
    usual: dict[str, Any] = {"kind": "anomaly", "score": 0.99, "alarm": True}
    return Verdict("d", "", "water", T0, **{**usual, **fields})


def falling(start: int, end: int, points: int) -> Curve:
    """3 °C an hour."""
    times = range(end - HOUR, end, MINUTE)
    values = [20 - 3 * (at - end + HOUR) / HOUR for at in times]
    return Curve([Point(a, v, v, v, 1) for a, v in zip(times, values, strict=True)], "raw", 0)


def water_phantom(since: int, count: int) -> list[Reading]:
    values = [0.0, 0.4] * 10
    return [Reading("d", "m", value, T0 - 40 * DAY + n * DAY) for n, value in enumerate(values)]


DRIFT = verdict(
    value=24.9, expected=21.8, low=20.9, high=22.7, limit=30.0, limit_at=T0 + 4 * DAY,
    limit_at_low=T0 + 2 * DAY, limit_at_high=T0 + 9 * DAY,
)  # fmt: skip
INSIDE = verdict(
    value=29.13, expected=27.35, low=24.78, high=29.92, carried_by=["mean", "mean:1.2"],
)  # fmt: skip
CASES: list[tuple[str, dict[str, Any], FiredPast, list[str]]] = [
    ("limit", {"metric": "m", "above": 55}, past(56.5, 55), ["Was 56.5 °C, 1.5 °C above 55 °C"]),
    ("limit", {"metric": "m", "below": 10}, past(8, 10), ["Was 8 °C, 2 °C below 10 °C"]),
    ("limit", {"metric": "m", "above": 55}, past(55.00001, 55), ["Was 55 °C, at its limit"]),
    ("limit", {"metric": "m", "above": 55}, past(None, 55), ["Limit 55 °C; what it was is not known"]),
    ("limit", {"metric": "m", "above": 0}, past(1, 0, metric=DOOR),
     ["Was: 1 °C, expected: closed"]),
    ("state", {"metric": "m", "equals": [1]}, past(1, metric=DOOR), ["Was: 1 °C, expected: closed"]),
    ("any_of", {"indicators": [{"metric": "m", "above": 0}, {"metric": "n", "equals": [5]}]},
     past(7, 0), ["Was 7 °C, 7 °C above 0 °C"]),
    ("any_of", {"indicators": [{"metric": "n", "above": 0}, {"metric": "m", "equals": [1]}]},
     past(1, metric=DOOR), ["Was: 1 °C, expected: closed"]),
    ("tolerance", {"metric": "m", "tolerance_pct": 20}, past(13, 12),
     ["Was 13 °C, expected 10 °C (8 °C to 12 °C)"]),
    ("tolerance", {"metric": "m", "tolerance_pct": 20}, past(7, 8),
     ["Was 7 °C, expected 10 °C (8 °C to 12 °C)"]),
    ("tolerance", {"metric": "m", "tolerance_pct": 20}, past(-13, -12),
     ["Was -13 °C, expected -10 °C (-12 °C to -8 °C)"]),
    ("tolerance", {"metric": "m", "tolerance_pct": 150}, past(-6, -5),
     ["Was -6 °C, 1 °C below -5 °C"]),  # of a baseline of 10 or of -2: nobody can tell
    ("rate", {"metric": "m", "below": -2, "window": "1h"}, past(17, curve=falling),
     ["Fell 3 °C in 60 min, limit 2 °C"]),
    ("rate", {"metric": "m", "below": -2, "window": "1h"}, past(17),
     ["Limit -2 °C in 60 min; how fast it was is not known"]),
    ("absence", {"metric": "m", "for": "5m"}, past(),
     ["No reading since minute -10, expected every 5 min at least"]),
    ("events", {"metric": "m", "event": "arc", "more_than": 20, "within": "10m"}, past(25, 20),
     ["25 within 10 min, at most 20 expected"]),
    ("anomaly", {"detector": "water"}, past(24.9, verdict=DRIFT),
     ["Was 24.9 °C, expected 21.8 °C (20.9 °C to 22.7 °C)"]),
    ("anomaly", {"detector": "water"}, past(29.13, verdict=INSIDE),
     ["On average 1.2 °C higher than expected",
      "Was 29.13 °C, expected 27.35 °C: that day alone is within the usual"]),
    ("anomaly", {"detector": "water"}, past(29, verdict=verdict(kind="stuck", value=29.0)),
     ["The sensor stands still at 29 °C"]),
    ("anomaly", {"detector": "water"}, past(29),  # the verdict is no longer kept
     ["Was 29 °C; what was expected is not known any more"]),
    ("forecast", {"detector": "water", "above": 30, "within": "30d"}, past(24.9, 30, verdict=DRIFT),
     ["Was 24.9 °C, expected 21.8 °C (20.9 °C to 22.7 °C)"]),
    ("shewhart", {"metric": "m", "mean": 0, "sigma": 2}, past(9),
     ["Was 9 °C, expected 0 °C (4.5 sigma)", "Farther than 3 sigma from what is expected"]),
    ("shewhart", {"metric": "m", "mean": 0, "sigma": 2, "tests": ["beyond_3_sigma", "eight_on_one_side"]},
     past(1), ["Was 1 °C, expected 0 °C (0.5 sigma)", "8 in a row on one side of what is expected"]),
    ("cusum", {"metric": "m", "mean": 10, "sigma": 2}, past(12),
     ["Was 12 °C, expected 10 °C (1 sigma)",
      "Small differences from 10 °C add up since minute -10"]),
    ("cusum", {"metric": "m"}, past(1, first=water_phantom),
     ["Was 1 °C, expected 0.2 °C (2.3 sigma)",
      "Small differences from 0.2 °C add up since minute -10"]),
    ("cusum", {"metric": "m"}, past(1),  # its first readings are no longer kept
     ["Was 1 °C; its expected value is not known any more"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "known", "sentences"), CASES)
def test_each_kind_says_what_it_judged(
    kind: str, fields: dict[str, Any], known: FiredPast, sentences: list[str]
) -> None:
    reason = judge_for("d", rule(kind, **fields)).reason(known)
    assert [str(phrase) for phrase in reason_sentences(reason, WRITE)] == sentences


def test_what_is_out_is_named_with_the_time_it_was_seen_over() -> None:
    known = verdict(
        value=29.13, expected=27.35, low=24.78, high=29.92, carried_by=["mean"], since=T0 - 9 * DAY
    )
    words = [str(phrase) for phrase in reason_sentences(reason_of(known), WRITE)]
    assert words[0] == "What is out: mean, over 12960 min"


def test_no_shipped_kind_is_left_out() -> None:
    assert {kind for kind, *_ in CASES} >= set(KINDS)


def test_a_state_without_a_word_is_given_as_it_is() -> None:
    known = past(7, metric=Metric(title="Door", kind="state", states={}))
    reason = judge_for("d", rule("state", metric="m", equals=[7])).reason(known)
    assert [str(phrase) for phrase in reason_sentences(reason, WRITE)] == ["Was: 7 °C"]


def test_what_a_detector_expects_now_replaces_what_it_expected_then() -> None:
    newer = verdict(value=25.5, limit=30.0, limit_at=T0 + 2 * DAY)
    known = past(24.9, 30, verdict=DRIFT, newest_verdict=newer)
    reason = judge_for("d", rule("forecast", detector="water", above=30, within="30d")).reason(
        known
    )
    assert reason.value == 24.9
    assert [*map(str, forecast_sentences(reason.forecast, WRITE, T0))] == ["Reaches 30 °C on day 2"]


@pytest.mark.parametrize(
    ("forecast", "sentences"),
    [
        (None, []),
        (LimitReached(30, None), []),
        (LimitReached(30, T0 + 4 * DAY, T0 + 2 * DAY, T0 + 9 * DAY),
         ["Reaches 30 °C on day 4 (day 2 to day 9)"]),
        (LimitReached(30, T0 + 4 * DAY, T0 + 2 * DAY),
         ["Reaches 30 °C on day 4, not before day 2, perhaps never"]),
        (LimitReached(30, T0 - DAY), ["Should have reached 30 °C on day -1"]),
    ],
)  # fmt: skip
def test_a_forecast_names_the_day_and_its_interval(
    forecast: LimitReached | None, sentences: list[str]
) -> None:
    assert [*map(str, forecast_sentences(forecast, WRITE, T0))] == sentences


@given(
    value=st.none() | st.floats(-1e6, 1e6),
    expected=st.none() | st.floats(-1e6, 1e6),
    half=st.none() | st.floats(0, 1e6),
)
def test_an_alarm_never_shows_its_band_round_the_value_as_the_fault(
    value: float | None, expected: float | None, half: float | None
) -> None:
    known = expected is not None and half is not None
    low, high = (expected - half, expected + half) if known else (None, None)  # type: ignore[operator]
    reason = reason_of(verdict(value=value, expected=expected, low=low, high=high))
    words = [str(phrase) for phrase in reason_sentences(reason, WRITE)]
    inside = value is not None and low is not None and high is not None and low <= value <= high
    assert any(text.startswith("Was ") and " to " in text for text in words) is (
        known and value is not None and not inside
    )


def test_a_kind_that_says_nothing_of_its_own_gives_value_and_limit() -> None:
    make: Callable[..., AlertReason] = AlertReason
    assert make("value", 3.0, 2.0).off == 1.0
    assert make("value", None, 2.0).off is None
