"""What holds of the figures whatever happened: additive over periods, bounded, free of order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.clock import DAY, HOUR, MINUTE
from core.time.covered_hours import Interval, length, overlap, union, without
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from maintenance.downtime.outages import Outage, downtime_by_cause, failures, split
from maintenance.kpi import formulas
from maintenance.kpi.formulas import DueTask, Fix
from tests.support.examples import examples

NOW = 40 * DAY
moments = st.integers(0, 40 * DAY // MINUTE).map(lambda minute: minute * MINUTE)
CAUSES: tuple[DowntimeCause, ...] = ("machine", "mains", "waiting_part", "planned")
EXTENTS: tuple[DowntimeExtent, ...] = ("hard", "partial")


@st.composite
def outage(draw: st.DrawFn) -> Outage:
    start = draw(moments)
    end = draw(st.one_of(st.none(), st.integers(0, 5 * DAY).map(lambda lasts: start + lasts)))
    return Outage(start, end, draw(st.sampled_from(CAUSES)), draw(st.sampled_from(EXTENTS)))


@st.composite
def interval(draw: st.DrawFn) -> Interval:
    start, end = sorted((draw(moments), draw(moments)))
    return start, end


def apart(intervals: list[Interval]) -> list[Interval]:
    return union(intervals)


outages = st.lists(outage(), max_size=12)
stretches = st.lists(interval(), max_size=4).map(apart)


@given(outages, stretches, stretches, moments)
def test_what_is_counted_of_two_adjacent_periods_is_counted_of_both(
    pieces: list[Outage], covered: list[Interval], off: list[Interval], cut: int
) -> None:
    before = split(pieces, overlap(covered, [(0, cut)]), off, NOW)
    after = split(pieces, overlap(covered, [(cut, NOW)]), off, NOW)
    whole = split(pieces, covered, off, NOW)
    both = before + after
    for name in ("counted", "unknown", "planned", "hard", "partial", "up"):
        assert getattr(both, name) == pytest.approx(getattr(whole, name), abs=1e-6)
    first, second = failures(pieces, (0, cut), NOW), failures(pieces, (cut, NOW + 1), NOW)
    assert first + second == failures(pieces, (0, NOW + 1), NOW)


@given(outages, stretches, stretches)
def test_shares_are_bounded_and_figures_are_between_nothing_and_all(
    pieces: list[Outage], covered: list[Interval], off: list[Interval]
) -> None:
    shares = split(pieces, covered, off, NOW)
    assert min(shares.unknown, shares.planned, shares.hard, shares.partial) >= 0
    assert -1e-9 <= shares.up <= shares.counted == length(covered) / HOUR
    assert shares.partial <= shares.up + 1e-9
    availability = formulas.availability(shares).value
    weighted = formulas.weighted_downtime(shares).value
    assert (availability is None) == (weighted is None)
    if availability is not None and weighted is not None:
        assert -1e-9 <= availability <= 100 + 1e-9
        assert 100 - availability - 1e-6 <= weighted <= 100 + 1e-6


@given(outages, stretches, stretches, st.randoms())
def test_the_order_in_which_outages_are_told_means_nothing(
    pieces: list[Outage], covered: list[Interval], off: list[Interval], chance: random.Random
) -> None:
    shuffled = list(pieces)
    chance.shuffle(shuffled)
    assert split(pieces, covered, off, NOW) == split(shuffled, covered, off, NOW)
    assert formulas.mttr(pieces, (0, NOW), off, NOW) == formulas.mttr(shuffled, (0, NOW), off, NOW)
    one = downtime_by_cause(pieces, covered, off, NOW)
    assert one == pytest.approx(downtime_by_cause(shuffled, covered, off, NOW))


@given(outages, stretches, stretches)
def test_the_hours_of_all_causes_are_the_hours_in_which_something_was_wrong(
    pieces: list[Outage], covered: list[Interval], off: list[Interval]
) -> None:
    shares = split(pieces, covered, off, NOW)
    by_cause = downtime_by_cause(pieces, covered, off, NOW)
    wrong = shares.planned + shares.hard + shares.partial
    assert sum(by_cause.values()) == pytest.approx(wrong, abs=1e-6)


dues = st.lists(
    st.builds(
        lambda risk, at, grace, done, why: DueTask(
            risk, at, at + grace, None if why else done, why
        ),
        st.sampled_from(("high", "low")),
        moments,
        st.integers(0, 5 * DAY),
        st.one_of(st.none(), moments),
        st.sampled_from(("", "", "in_use", "not_located", "missed", "other")),
    ),
    max_size=15,
)  # fmt: skip
fixes = st.lists(
    st.builds(
        Fix,
        st.sampled_from(("ct-1", "ct-2")),
        st.sampled_from(("arc", "table")),
        moments,
        moments,
        st.integers(1, 3),
    ),
    max_size=15,
)


@given(dues, moments, st.randoms())
def test_every_occurrence_and_every_fix_belongs_to_one_period(
    rows: list[DueTask], cut: int, chance: random.Random
) -> None:
    periods = ((0, cut), (cut, NOW + 1), (0, NOW + 1))
    before, after, whole = (formulas.compliance(rows, period, NOW) for period in periods)
    for risk, figure in whole.items():
        halves = [half[risk] for half in (before, after) if risk in half]
        assert sum(half.n for half in halves) == figure.n
        good = sum((half.value or 0) * half.n for half in halves)
        assert good == pytest.approx((figure.value or 0) * figure.n)
        assert figure.value is None or 0 <= figure.value <= 100
    shuffled = chance.sample(rows, len(rows))
    assert formulas.compliance(shuffled, periods[2], NOW) == whole


@examples(50)
@given(fixes, moments, st.randoms())
def test_first_time_fixes_add_up_and_need_no_order(
    rows: list[Fix], cut: int, chance: random.Random
) -> None:
    far = NOW + 31 * DAY
    whole = formulas.first_time_fix(rows, (0, NOW + 1), far)
    parts = [formulas.first_time_fix(rows, p, far) for p in ((0, cut), (cut, NOW + 1))]
    assert sum(part.n for part in parts) == whole.n == len(rows)
    assert whole.value is None or 0 <= whole.value <= 100
    assert formulas.first_time_fix(chance.sample(rows, len(rows)), (0, NOW + 1), far) == whole


@given(stretches, stretches)
def test_overlap_and_what_is_left_make_up_the_whole(
    one: list[Interval], other: list[Interval]
) -> None:
    inside, outside = overlap(one, other), without(one, other)
    assert length(inside) + length(outside) == length(one)
    assert union([*inside, *outside]) == one
    assert overlap(inside, outside) == []
