"""A metric that held within its limits proves a line; thin evidence never does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.schema.proof import HeldProof
from core.time.clock import DAY as DAY_MS
from core.time.clock import HOUR, MINUTE
from maintenance.proofs.facts import ProofVerdict
from maintenance.proofs.judging import judge
from maintenance.proofs.observed import (
    Observation,
    ObservedSeries,
    ProofWindow,
    SeenAlert,
    SeenVerdict,
)
from storage.series import Point
from tests.maintenance.proofs.cast import DAY, HELD, NOW, STEP, WINDOW, a_day, points, room


def judged(
    *series: ObservedSeries, proof: HeldProof = HELD, window: ProofWindow = WINDOW, by: str = "sara"
) -> ProofVerdict:
    return judge(proof, Observation(series=series), window, by)


def test_a_day_within_the_limits_is_proven_with_all_that_was_seen() -> None:
    [fact] = judged(room()).facts
    assert (fact.subject, fact.count, fact.lowest, fact.highest) == ("room_temp_c", 145, 21.0, 22.0)
    assert (fact.low, fact.high, fact.source, fact.coverage_pct) == (18.0, 26.0, "mqtt", 100.0)
    assert (fact.start, fact.end, fact.newest_at, fact.unit) == (NOW - DAY, NOW, NOW, "°C")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"points": ()}, "there is no reading of Room temperature since"),
        ({"points": a_day(21, 26.1)}, "Room temperature was 26.1 °C on"),
        ({"points": a_day(17.9, 21)}, "outside its limits"),
        ({"points": points([21, 22] * 60, NOW - HOUR)}, "no reading of Room temperature since"),
        ({"points": points([21, 22] * 48)}, "was read for 65 % of the time, 90 % are needed"),
        ({"points": points([21.5] * 145)}, "all of the time: its probe may stand still"),
        ({"low": None, "high": None}, "no limit is set for Room temperature"),
        ({"needs_baseline": 3}, "needs 3 readings more"),
        ({"line_unit": "°F"}, "has another unit than the line asks for"),
        ({"lost_source": "mqtt"}, "the source mqtt does not answer"),
        ({"has_clock_doubt": True}, "the clock of Room temperature is in doubt"),
        ({"corrected_by": "Ali"}, "was corrected or withdrawn by Ali"),
        ({"refused_answers": 2}, "2 answers for Room temperature were no believable number"),
        ({"entered_by": frozenset({"sara"})}, "sara has typed Room temperature: another must"),
        ({"alert": SeenAlert("The room is warm", NOW - HOUR)}, "there was an alert on Room"),
        ({"verdicts": (SeenVerdict("stuck", False, NOW),)}, "does not call Room temperature normal"),
        ({"verdicts": (SeenVerdict("impossible", False, NOW),)}, "does not call"),
        ({"verdicts": (SeenVerdict("normal", True, NOW),)}, "does not call"),
    ],
)  # fmt: skip
def test_thin_evidence_is_refused_in_words(changed: dict[str, Any], reason: str) -> None:
    verdict = judged(room(**changed))
    assert not verdict.is_proven
    assert verdict.facts == ()
    assert any(reason in text for text in verdict.reasons), verdict.reasons


def test_a_gap_in_which_a_fault_could_hide_is_no_evidence() -> None:
    day = list(a_day())
    with_gap = tuple(day[:60] + day[80:])  # three hours and twenty minutes of 24
    proof = HELD.model_copy(update={"coverage_pct": 80.0})
    [reason] = judged(room(points=with_gap), proof=proof).reasons
    assert "there is no reading of Room temperature from" in reason


def test_what_others_typed_counts_and_what_the_same_person_typed_does_not() -> None:
    series = room(entered_by=frozenset({"ali"}))
    assert judged(series, by="sara").is_proven
    assert not judged(series, by="ali").is_proven


def test_each_part_must_hold() -> None:
    good, bad = room(component="a"), room(component="b", points=a_day(21, 30))
    assert judged(good, room(component="b")).is_proven
    [reason] = judged(good, bad).reasons
    assert reason.startswith("Room temperature (b) was 30")


def test_nothing_that_is_read_proves_nothing() -> None:
    assert judged().reasons == ("no source of the device brings it",)


def test_a_maintenance_window_is_no_evidence() -> None:
    morning = (NOW - 20 * HOUR, NOW - 18 * HOUR)
    hot = tuple(p._replace(high=40.0) if morning[0] <= p.at < morning[1] else p for p in a_day())
    assert judged(room(points=hot), window=replace(WINDOW, pauses=(morning,))).is_proven
    assert not judged(room(points=hot)).is_proven
    long = replace(WINDOW, pauses=((WINDOW.start, NOW),))
    assert not judged(room(), window=long).is_proven
    standing = replace(WINDOW, pauses=((NOW - HOUR, NOW + HOUR),))
    assert "the device is in a maintenance window" in judged(room(), window=standing).reasons


def test_what_was_seen_before_a_work_that_lasts_is_old() -> None:
    before = NOW - 25 * HOUR
    window = replace(WINDOW, start=before - DAY, end=before)
    verdict = judged(room(points=points([21, 22] * 73, before)), window=window)
    assert [text for text in verdict.reasons if "is being worked on since" in text]


@pytest.mark.parametrize(
    ("verdicts", "has_chart", "is_proven"),
    [
        ((SeenVerdict("normal", False, NOW - HOUR),), False, True),
        ((SeenVerdict("normal", False, NOW - 3 * DAY),), False, False),  # nobody judged since
        ((SeenVerdict("learning", False, NOW),), False, False),
        ((SeenVerdict("cannot_judge", False, NOW),), False, False),
        ((), False, False),
        ((), True, True),
    ],
)
def test_steady_is_only_what_somebody_judges(
    verdicts: tuple[SeenVerdict, ...], has_chart: bool, is_proven: bool
) -> None:
    proof = HELD.model_copy(update={"steady": True})
    series = room(verdicts=verdicts, has_chart=has_chart)
    assert judged(series, proof=proof).is_proven is is_proven


@settings(max_examples=30)
@given(
    values=st.lists(st.floats(-40, 80), min_size=1, max_size=300),
    missing=st.sets(st.integers(0, 299)),
    late=st.integers(0, 3 * HOUR),
)
def test_whatever_comes_what_is_proven_lay_within_the_limits_and_was_read(
    values: list[float], missing: set[int], late: int
) -> None:
    every = points(values, NOW - late)
    read = tuple(p for index, p in enumerate(every) if index not in missing and p.at >= NOW - DAY)
    verdict = judged(room(points=read))
    if verdict.is_proven:
        [fact] = verdict.facts
        assert all(18 <= point.mean <= 26 for point in read)
        assert NOW - read[-1].at <= 15 * MINUTE
        assert len(read) * (STEP + 5 * MINUTE) >= 0.9 * DAY_MS
        assert fact.count == len(read)


@settings(max_examples=30)
@given(at=st.integers(0, 144), value=st.one_of(st.floats(-1e6, 17.99), st.floats(26.01, 1e6)))
def test_one_value_beyond_a_limit_is_enough_to_refuse(at: int, value: float) -> None:
    day: list[Point] = list(a_day())
    day[at] = day[at]._replace(mean=value, low=value, high=value)
    assert not judged(room(points=tuple(day))).is_proven


@settings(max_examples=30)
@given(st.data())
def test_less_is_never_a_better_proof(data: st.DataObject) -> None:
    day = list(a_day())
    fewer = data.draw(st.lists(st.sampled_from(day), unique=True))
    series = room(points=tuple(sorted(fewer)))
    if judged(series).is_proven:
        assert judged(room(points=tuple(day))).is_proven
