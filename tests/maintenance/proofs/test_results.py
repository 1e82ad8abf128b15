"""Results, counters and events as proofs, and a source that was listened to."""

from typing import Any

import pytest

from core.readings import Event
from core.schema.proof import CounterProof, EventProof, NoEventProof, Proof, ResultProof
from core.time.clock import HOUR, MINUTE
from maintenance.proofs.facts import ProofVerdict
from maintenance.proofs.judging import judge
from maintenance.proofs.observed import Observation, ObservedSource, SeenAlert
from tests.maintenance.proofs.cast import BECAUSE, NOW, WINDOW, points, room

RESULT = ResultProof.model_validate({"metric": "m", "newer_than": "24h", "because": BECAUSE})
COUNTER = CounterProof.model_validate(
    {"metric": "m", "over": "24h", "newer_than": "6h", "because": BECAUSE}
)
PASSED = EventProof.model_validate(
    {"event": "passed", "within": "24h", "undone_by": ["failed"], "because": BECAUSE}
)
QUIET = NoEventProof.model_validate({"events": ["broken"], "over": "24h", "because": BECAUSE})


def judged(proof: Proof, seen: Observation, by: str = "sara") -> ProofVerdict:
    return judge(proof, seen, WINDOW, by)


def of_points(proof: Proof, values: list[float], end: int = NOW, **more: Any) -> ProofVerdict:
    series = room(points=points(values, end, HOUR), **more)
    return judged(proof, Observation(series=(series,)))


def test_the_newest_result_is_the_proof() -> None:
    [fact] = of_points(RESULT, [99.0, 20.0]).facts  # measured anew after a bad one
    assert (fact.newest, fact.newest_at, fact.count) == (20.0, NOW, 1)


@pytest.mark.parametrize(
    ("values", "more", "reason"),
    [
        ([], {}, "there is no reading"),
        ([20.0, 99.0], {}, "outside its limits"),
        ([20.0], {"low": None, "high": None}, "no limit is set"),
        ([20.0], {"needs_baseline": 2}, "needs 2 readings more"),
        ([20.0], {"entered_by": frozenset({"sara"})}, "another must confirm it"),
        ([20.0], {"corrected_by": "ali"}, "corrected or withdrawn by ali"),
        ([20.0], {"alert": SeenAlert("It drifts", NOW)}, "there was an alert"),
    ],
)
def test_a_result_that_cannot_stand_for_the_line_is_refused(
    values: list[float], more: dict[str, Any], reason: str
) -> None:
    verdict = of_points(RESULT, values, **more)
    assert any(reason in text for text in verdict.reasons), verdict


@pytest.mark.parametrize(
    ("values", "end", "reason"),
    [
        ([1000.0, 1001.0], NOW, ""),
        ([1000.0, 1000.0], NOW, "has not grown"),
        ([1000.0], NOW, "has not grown"),
        ([1000.0, 20.0, 30.0], NOW, "went back"),  # a new tube: its number must be looked at
        ([1000.0, 1001.0], NOW - 7 * HOUR, "there is no reading of"),
    ],
)
def test_a_counter_must_have_grown_lately_and_never_back(
    values: list[float], end: int, reason: str
) -> None:
    verdict = of_points(COUNTER, values, end, low=None, high=None)
    assert verdict.is_proven is (reason == "")
    assert verdict.is_proven or any(reason in text for text in verdict.reasons)


def event(kind: str, hours: int, quality: Any = "good") -> Event:
    return Event("ups-1", kind, kind.capitalize(), NOW - hours * HOUR, quality=quality)


@pytest.mark.parametrize(
    ("events", "is_proven"),
    [
        ([], False),
        ([event("passed", 2)], True),
        ([event("failed", 3), event("passed", 2)], True),
        ([event("passed", 3), event("failed", 2)], False),
        ([event("passed", 2), event("failed", 2)], False),  # in one second: nobody knows which last
        ([event("passed", 2, "clock")], False),
        ([event("failed", 2)], False),
    ],
)
def test_an_event_proves_until_another_takes_it_back(events: list[Event], is_proven: bool) -> None:
    assert judged(PASSED, Observation(events=tuple(events))).is_proven is is_proven


def listened(**changed: Any) -> ObservedSource:
    fields: dict[str, Any] = {
        "name": "logfile", "points": points([1.0] * 145), "every": 15 * MINUTE,
    }  # fmt: skip
    return ObservedSource(**{**fields, **changed})


def test_silence_of_a_source_that_was_listened_to_is_a_proof() -> None:
    [fact] = judged(QUIET, Observation(sources=(listened(),))).facts
    assert (fact.subject, fact.count, fact.source, fact.coverage_pct) == (
        "broken",
        0,
        "logfile",
        100,
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"points": ()}, "the source logfile does not answer"),
        ({"points": points([1.0] * 144 + [0.0] * 2)}, "the source logfile does not answer"),
        ({"points": points([0.0] * 20 + [1.0] * 125)}, "answered for 86 % of the time, 95 %"),
        ({"points": points([1.0] * 140, NOW - 2 * HOUR)}, "does not answer"),
        ({"doubt": "log_gap"}, "the source logfile is in doubt: log_gap"),
        ({"has_signs": False}, "brought nothing at all"),
    ],
)
def test_silence_that_nobody_listened_to_is_none(changed: dict[str, Any], reason: str) -> None:
    verdict = judged(QUIET, Observation(sources=(listened(**changed),)))
    assert any(reason in text for text in verdict.reasons), verdict


def test_no_event_needs_every_source_and_none_of_the_events() -> None:
    seen = Observation(events=(event("broken", 5), event("broken", 1)), sources=(listened(),))
    [reason] = judged(QUIET, seen).reasons
    assert reason.startswith("2 × broken, the last on ")
    deaf = listened(name="part-logfile", points=())
    assert not judged(QUIET, Observation(sources=(listened(), deaf))).is_proven
    assert not judged(QUIET, Observation()).is_proven
