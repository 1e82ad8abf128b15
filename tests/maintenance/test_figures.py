"""Every figure against a worked example, counted by hand in the comment, and by its properties."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import DAY, HOUR, MINUTE
from core.covered import Interval, length, overlap, union, without
from maintenance import figures
from maintenance.figures import Due, Fix
from maintenance.outages import Outage, Split, downtime_by_cause, failures, split
from storage.records.work import Cause, Extent

WEEK = (0, 7 * DAY)
# Six days of twelve hours, from 08:00: 72 covered hours.
COVERED = [(day * DAY + 8 * HOUR, day * DAY + 20 * HOUR) for day in range(6)]


def h(hour: float) -> int:
    return round(hour * HOUR)


def out(
    start: float, end: float | None, cause: Cause = "machine", extent: Extent = "hard"
) -> Outage:
    return Outage(h(start), None if end is None else h(end), cause, extent)


# Day 0 from 10:00 to 14:00 down; day 1 from 19:00 to day 2 09:00 down, overnight; day 3 from 08:00 to
# 12:00 planned; day 4 from 08:00 to 10:00 partial; Scanward off on day 5 from 08:00 to 14:00.
STORY = [
    out(10, 14),
    out(24 + 19, 48 + 9, "mains"),
    out(72 + 8, 72 + 12, "planned"),
    out(96 + 8, 96 + 10, "machine", "partial"),
]
OFF = [(h(120 + 8), h(120 + 14))]


def test_covered_time_by_hand() -> None:
    # Hard, covered: 4 + (20 - 19) + (9 - 8) = 6 h. Planned 4 h, partial 2 h, unknown 6 h.
    found = split(STORY, COVERED, OFF, WEEK[1])
    assert found == Split(counted=72, unknown=6, planned=4, hard=6, partial=2)
    assert found.up == 72 - 6 - 4 - 6


def test_availability_by_hand() -> None:
    # Looked at: 72 - 6 unknown - 4 planned = 62 h; 56 of them up: 90.32 %.
    figure = figures.availability(split(STORY, COVERED, OFF, WEEK[1]))
    assert figure.value == pytest.approx(100 * 56 / 62)
    assert (figure.hours, figure.excluded_h) == (62, 10)


def test_uptime_day_and_night_by_hand() -> None:
    # 168 h; hard 4 + 14 = 18; planned 4; unknown 6: (168 - 6 - 4 - 18) / (168 - 6 - 4) = 140 / 158.
    figure = figures.availability(split(STORY, [WEEK], OFF, WEEK[1]))
    assert figure.value == pytest.approx(100 * 140 / 158)


def test_weighted_downtime_by_hand() -> None:
    # (6 x 1.0 + 2 x 0.5) / 62 = 7 / 62.
    figure = figures.weighted_downtime(split(STORY, COVERED, OFF, WEEK[1]))
    assert figure.value == pytest.approx(100 * 7 / 62)


def test_times_between_and_to_restoration_by_hand() -> None:
    # Two failures. Up 56 h: 28 h between them. Restored after 4 and 14 h: 9 h on average.
    assert len(failures(STORY, WEEK, WEEK[1])) == 2
    assert figures.mtbf(split(STORY, COVERED, OFF, WEEK[1]), 2).value == 28
    mttr = figures.mttr(STORY, WEEK, OFF, WEEK[1])
    assert (mttr.value, mttr.n) == (9, 2)


def test_one_failure_has_no_time_between_and_none_no_time_to_restoration() -> None:
    up = split([], COVERED, [], WEEK[1])
    for failed in (0, 1):
        assert not figures.mtbf(up, failed).is_sufficient
    assert not figures.mttr([], WEEK, [], WEEK[1]).is_sufficient


def test_pieces_that_touch_are_one_failure_and_one_that_goes_on_has_no_end() -> None:
    pieces = [out(10, 12), out(12, 20, "waiting_part"), out(20, 22)]
    assert failures(pieces, WEEK, WEEK[1]) == [(h(10), h(22))]
    going_on = [*pieces, out(30, 40), out(40, None, "waiting_vendor")]
    figure = figures.mttr(going_on, WEEK, [], WEEK[1])
    assert (figure.value, figure.n) == (12, 1)


def test_time_to_acknowledge_by_hand() -> None:
    # 10 and 50 minutes; one never acknowledged and one of last week do not count: 30 minutes.
    raised = [(h(1), h(1) + 10 * MINUTE), (h(2), h(2) + 50 * MINUTE), (h(3), None), (h(-5), h(5))]
    figure = figures.mtta(raised, WEEK)
    assert (figure.value, figure.n) == (0.5, 2)


def test_compliance_by_hand_per_class_and_never_pooled() -> None:
    # High: on time, late, missed, in use (apart), not due yet to be judged: 1 of 3. Low: 1 of 1.
    due = [
        Due("high", h(1), h(10), h(9)),
        Due("high", h(1), h(10), h(11)),
        Due("high", h(1), h(10), None, "missed"),
        Due("high", h(1), h(10), None, "in_use"),
        Due("high", h(160), h(200), None),
        Due("low", h(1), h(10), h(10)),
        Due("low", h(-1), h(10), None, "missed"),  # of the week before
    ]
    found = figures.compliance(due, WEEK, h(168))
    assert found["high"].value == pytest.approx(100 / 3)
    assert (found["low"].value, found["low"].n) == (100, 1)
    assert figures.apart(due, WEEK) == {"in_use": 1, "not_located": 0}


def test_what_was_skipped_for_any_other_reason_was_not_done() -> None:
    due = [Due("low", h(1), h(10), None, "other")]
    assert figures.compliance(due, WEEK, h(168))["low"].value == 0


def test_first_time_fix_by_hand() -> None:
    # A is back after 29 days, B took two visits, C is back after 30 days, D and E are good: 3 of 5.
    fixes = [
        Fix("ct", "a", 0, h(2), 1),
        Fix("ct", "b", 0, h(2), 2),
        Fix("ct", "c", 0, h(2), 1),
        Fix("ct", "d", 0, h(2), 1),
        Fix("mri", "a", 0, h(2), 1),
        Fix("ct", "a", h(2) + 29 * DAY, h(2) + 30 * DAY, 1),
        Fix("ct", "c", h(2) + 30 * DAY, h(2) + 31 * DAY, 1),
    ]
    figure = figures.first_time_fix(fixes, WEEK, 90 * DAY)
    assert (figure.value, figure.n) == (60, 5)
    assert not figures.first_time_fix(fixes[:4], WEEK, 90 * DAY).is_sufficient
    assert figures.first_time_fix(fixes, WEEK, 20 * DAY).n == 0, "too young to have proved itself"


def test_downtime_by_cause_by_hand() -> None:
    assert downtime_by_cause(STORY, COVERED, OFF, WEEK[1]) == {
        "machine": 4 + 2,
        "mains": 2,
        "planned": 4,
    }
    # The hard one has the hours that it shares with a partial one.
    both = [out(8, 14, "cooling", "partial"), out(10, 12)]
    assert downtime_by_cause(both, COVERED, [], WEEK[1]) == {"machine": 2, "cooling": 4}


def test_money_by_hand() -> None:
    # 12 000 a year for a device of 300 000 is 4 %.
    year = (0, round(365.25 * DAY))
    assert figures.cost_of_service_ratio(1_200_000, 30_000_000, year).value == pytest.approx(4)
    assert not figures.cost_of_service_ratio(1_200_000, 30_000_000, WEEK).is_sufficient
    assert not figures.cost_of_service_ratio(1_200_000, None, year).is_sufficient
    # 4 500 for 300 examinations is 15 each.
    assert figures.cost_per_scan(450_000, 300).value == 15
    assert not figures.cost_per_scan(450_000, 29).is_sufficient
    # 3 cases of 25 and 50 to recover, 2 of 25 and 0: 175; one outage is not told.
    figure = figures.cost_of_downtime([(3, 5000), (2, 0), (None, 700)], 2500)
    assert (figure.value, figure.n) == (175, 2)
    assert not figures.cost_of_downtime([(None, 0)], 2500).is_sufficient


def test_failures_after_maintenance_by_hand() -> None:
    # Five works; the first fails after 29 days, the second after 30: 1 of 5.
    maintained = [(name, h(1)) for name in ("a", "b", "c", "d", "e")]
    failed = [("a", h(1) + 29 * DAY), ("b", h(1) + 30 * DAY), ("f", h(2))]
    figure = figures.post_maintenance_failures(maintained, failed, WEEK, 60 * DAY)
    assert (figure.value, figure.n) == (20, 5)


def test_functional_assets_by_hand() -> None:
    # Two of three work at least in part; the retired one is gone.
    figure = figures.functional_assets(["working", "limited", "down", "retired"])
    assert figure.value == pytest.approx(200 / 3)
    assert not figures.functional_assets([]).is_sufficient


def test_less_than_a_day_of_known_hours_is_insufficient() -> None:
    short = split([], [(0, 23 * HOUR)], [], DAY)
    assert not figures.availability(short).is_sufficient
    assert not figures.weighted_downtime(short).is_sufficient


# ---- Properties ------------------------------------------------------------------------------------

moments = st.integers(-48 * 60, 10 * 24 * 60).map(lambda minute: minute * MINUTE)
pairs = st.tuples(moments, moments).map(sorted).map(lambda p: (p[0], p[1]))
causes = st.sampled_from(["machine", "mains", "planned", "waiting_part"])
outages = st.lists(
    st.builds(
        lambda span, cause, extent, ends: Outage(span[0], span[1] if ends else None, cause, extent),
        pairs,
        causes,
        st.sampled_from(["hard", "partial"]),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=8,
)
gaps = st.lists(pairs, max_size=4).map(union)
NOW = 8 * DAY


@given(outages, gaps, st.integers(1, 7 * 24 * 60 - 1))
@settings(max_examples=60)
def test_time_adds_up_over_adjacent_periods(
    known: list[Outage], unknown: list[Interval], cut: int
) -> None:
    at = cut * MINUTE
    left, right = overlap(COVERED, [(0, at)]), overlap(COVERED, [(at, WEEK[1])])
    parts = split(known, left, unknown, NOW) + split(known, right, unknown, NOW)
    whole = split(known, COVERED, unknown, NOW)
    for name in ("counted", "unknown", "planned", "hard", "partial", "up"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-9)
    found = [len(failures(known, p, NOW)) for p in ((0, at), (at, WEEK[1]), WEEK)]
    assert found[0] + found[1] == found[2]


@given(outages, gaps)
@settings(max_examples=60)
def test_every_share_is_within_bounds_and_all_of_them_are_the_counted_time(
    known: list[Outage], unknown: list[Interval]
) -> None:
    found = split(known, COVERED, unknown, NOW)
    shares = (found.unknown, found.planned, found.hard, found.partial, found.up)
    assert all(-1e-9 <= share <= found.counted + 1e-9 for share in shares)
    assert found.unknown + found.planned + found.hard + found.up == pytest.approx(found.counted)
    assert found.partial <= found.up + 1e-9
    for figure in (figures.availability(found), figures.weighted_downtime(found)):
        assert figure.value is None or -1e-9 <= figure.value <= 100 + 1e-9
    causes = downtime_by_cause(known, COVERED, unknown, NOW)
    assert sum(causes.values()) == pytest.approx(found.planned + found.hard + found.partial)


@given(outages, gaps, st.randoms())
@settings(max_examples=60)
def test_the_order_in_which_things_were_written_down_changes_nothing(
    known: list[Outage], unknown: list[Interval], chance: object
) -> None:
    mixed = list(known)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert split(mixed, COVERED, unknown, NOW) == split(known, COVERED, unknown, NOW)
    assert failures(mixed, WEEK, NOW) == failures(known, WEEK, NOW)
    one, other = (downtime_by_cause(o, COVERED, unknown, NOW) for o in (mixed, known))
    assert one == pytest.approx(other)
    assert figures.mttr(mixed, WEEK, unknown, NOW) == figures.mttr(known, WEEK, unknown, NOW)


@given(outages)
@settings(max_examples=60)
def test_more_downtime_never_makes_a_device_more_available(known: list[Outage]) -> None:
    for upto in range(len(known)):
        fewer, more = known[:upto], known[: upto + 1]
        if more[-1].cause != "planned":
            assert split(more, COVERED, [], NOW).up <= split(fewer, COVERED, [], NOW).up + 1e-9


def as_minutes(spans: Sequence[Interval]) -> set[int]:
    return {m for start, end in spans for m in range(start // MINUTE, end // MINUTE)}


small = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda p: (min(p) * MINUTE, max(p) * MINUTE)
    ),
    max_size=6,
)


@given(small, small)
def test_intervals_are_sets_of_moments(one: list[Interval], other: list[Interval]) -> None:
    left, right = union(one), union(other)
    assert as_minutes(left) == as_minutes(one)
    assert length(left) == len(as_minutes(one)) * MINUTE
    assert as_minutes(overlap(left, right)) == as_minutes(one) & as_minutes(other)
    assert as_minutes(without(left, right)) == as_minutes(one) - as_minutes(other)
