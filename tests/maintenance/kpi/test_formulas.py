"""Worked examples of the figures, by hand and small enough to follow."""

import pytest

from core.time.clock import DAY, HOUR
from core.time.covered_hours import Hours, Interval
from maintenance.downtime.outages import Outage, downtime_by_cause, failures, split
from maintenance.kpi import formulas
from maintenance.kpi.formulas import DueTask, Fix
from tests.maintenance.cast import KABUL, at

WEEK = (at("2025-01-04 00:00"), at("2025-01-11 00:00"))
OPEN = Hours(frozenset(("sat", "sun", "mon", "tue", "wed", "thu")), 8 * 60, 20 * 60, KABUL)
COVERED = OPEN.between(*WEEK)
OFF = [(at("2025-01-09 18:00"), at("2025-01-09 20:00"))]
LATER = WEEK[1] + 400 * DAY

# The week of docs/maintenance.md.
OUTAGES = [
    Outage(at("2025-01-04 10:00"), at("2025-01-04 16:00"), "machine", "hard"),
    Outage(at("2025-01-05 18:00"), at("2025-01-06 10:00"), "mains", "hard"),
    Outage(at("2025-01-07 09:00"), at("2025-01-07 12:00"), "machine", "partial"),
    Outage(at("2025-01-08 08:00"), at("2025-01-08 12:00"), "planned", "hard"),
]


def test_the_week_of_the_manual_in_covered_hours() -> None:
    week = split(OUTAGES, COVERED, OFF, LATER)
    assert (week.counted, week.unknown, week.planned, week.hard, week.partial) == (72, 2, 4, 10, 3)
    availability = formulas.availability(week)
    assert availability.value == pytest.approx(84.848, abs=1e-3)
    assert (availability.hours, availability.excluded_h) == (66, 6)
    assert formulas.weighted_downtime(week).value == pytest.approx(17.424, abs=1e-3)
    assert formulas.mtbf(week, 2).value == 28
    mttr = formulas.mttr(OUTAGES, WEEK, OFF, LATER)
    assert (mttr.value, mttr.n, mttr.hours) == (11, 2, 22)


def test_examinations_between_failures_are_of_the_known_months_only() -> None:
    assert formulas.scans_between_failures(900, 3).value == 300
    assert formulas.scans_between_failures(900, 1).value is None
    assert formulas.scans_between_failures(29, 3).value is None
    assert formulas.scans_between_failures(29, 3).n == 3


def test_the_same_week_day_and_night() -> None:
    week = split(OUTAGES, [WEEK], OFF, LATER)
    assert (week.counted, week.hard) == (168, 22)
    assert formulas.availability(week).value == pytest.approx(100 * 140 / 162)


def test_downtime_by_cause_in_the_same_week() -> None:
    by_cause = downtime_by_cause(OUTAGES, COVERED, OFF, LATER)
    assert by_cause == {"machine": 9, "mains": 4, "planned": 4}


def test_a_failure_whose_cause_changed_is_one_and_a_partial_one_is_none() -> None:
    pieces = [
        Outage(0, HOUR, "machine", "hard"),
        Outage(HOUR, 5 * HOUR, "waiting_part", "hard"),
        Outage(9 * HOUR, 10 * HOUR, "machine", "partial"),
    ]
    assert failures(pieces, (0, DAY), DAY) == [(0, 5 * HOUR)]
    assert formulas.mttr(pieces, (0, DAY), [], DAY).value == 5


def test_a_failure_that_goes_on_has_no_time_to_restoration_yet() -> None:
    pieces = [Outage(0, HOUR, "machine", "hard"), Outage(5 * HOUR, None, "machine", "hard")]
    mttr = formulas.mttr(pieces, (0, DAY), [], 9 * HOUR)
    assert (mttr.value, mttr.n) == (1, 1)
    assert split(pieces, [(0, 9 * HOUR)], [], 9 * HOUR).hard == 5


@pytest.mark.parametrize(
    ("device", "fault", "opened", "good"),
    [
        ("ct-1", "arc", 29 * DAY, False),
        ("ct-1", "arc", 31 * DAY, True),
        ("ct-1", "table", 29 * DAY, True),
        ("ct-2", "arc", 29 * DAY, True),
    ],
)
def test_a_fault_that_is_back_within_thirty_days_was_not_fixed(
    device: str, fault: str, opened: int, good: bool
) -> None:
    again = Fix(device, fault, HOUR + opened, HOUR + opened + DAY, 1)
    others = [Fix(f"x-{n}", "x", 0, HOUR, 1) for n in range(4)]
    fixes = [Fix("ct-1", "arc", 0, HOUR, 1), again, *others]
    figure = formulas.first_time_fix(fixes, (0, DAY), 400 * DAY)
    assert (figure.n, figure.value) == (5, 100 if good else 80)


def test_a_second_visit_and_a_young_fix_count_as_they_should() -> None:
    fixes = [Fix(f"x-{n}", "x", 0, HOUR, 1 + (n == 0)) for n in range(5)]
    assert formulas.first_time_fix(fixes, (0, DAY), 31 * DAY).value == 80
    assert formulas.first_time_fix(fixes, (0, DAY), 30 * DAY).n == 0


def test_compliance_is_per_class_and_leaves_out_what_could_not_be_done() -> None:
    due = [
        DueTask("low", 1 * DAY, 3 * DAY, 3 * DAY),  # at the last moment
        DueTask("low", 1 * DAY, 3 * DAY, 3 * DAY + 1),  # late
        DueTask("low", 1 * DAY, 3 * DAY, None, "missed"),
        DueTask("low", 1 * DAY, 3 * DAY, None, "in_use"),
        DueTask("low", 1 * DAY, 3 * DAY, None, "not_located"),
        DueTask("low", 6 * DAY, 9 * DAY, None),  # may still be done
        DueTask("high", 1 * DAY, 3 * DAY, 2 * DAY),
        DueTask("high", 40 * DAY, 43 * DAY, None, "missed"),  # another period
    ]
    found = formulas.compliance(due, (0, 30 * DAY), 8 * DAY)
    assert {name: (f.n, f.value) for name, f in found.items()} == {
        "high": (1, 100),
        "low": (3, pytest.approx(100 / 3)),
    }
    assert formulas.undone_by_reason(due, (0, 30 * DAY)) == {"in_use": 1, "not_located": 1}


def test_money() -> None:
    year = (0, 365 * DAY)
    ratio = formulas.cost_of_service_ratio(2_000_000, 40_000_000, year)
    assert ratio.value == pytest.approx(5 * 365.25 / 365)
    assert formulas.cost_per_scan(300_000, 120).value == 25
    losses = [(4, 5000), (0, 100), (None, 9999)]
    lost = formulas.cost_of_downtime(losses, 2500)
    assert (lost.value, lost.n) == ((4 * 2500 + 5100) / 100, 2)


def test_answers_and_assets() -> None:
    alerts = [(0, HOUR), (HOUR, 4 * HOUR), (2 * HOUR, None), (2 * DAY, 2 * DAY + 1)]
    mtta = formulas.mtta(alerts, (0, DAY))
    assert (mtta.value, mtta.n) == (2, 2)
    found = formulas.functional_assets(["working", "limited", "down", "not_in_use", "retired"])
    assert (found.value, found.n) == (50, 4)


def test_work_after_which_it_failed() -> None:
    maintained = [(f"x-{n}", DAY) for n in range(5)]
    failed = [("x-0", 30 * DAY), ("x-1", 31 * DAY), ("x-2", DAY - 1), ("y", 2 * DAY)]
    found = formulas.post_maintenance_failures(maintained, failed, (0, 2 * DAY), 400 * DAY)
    assert (found.value, found.n) == (20, 5)


SHORT: Interval = (0, 23 * HOUR)


@pytest.mark.parametrize(
    "figure",
    [
        formulas.availability(split([], [SHORT], [], DAY)),
        formulas.availability(split([], [(0, DAY)], [(0, HOUR)], DAY)),
        formulas.weighted_downtime(split([], [SHORT], [], DAY)),
        formulas.mtbf(split([], [(0, DAY)], [], DAY), 1),
        formulas.mttr([], (0, DAY), [], DAY),
        formulas.mtta([(0, None)], (0, DAY)),
        formulas.first_time_fix([Fix("a", "b", 0, 1, 1)] * 4, (0, DAY), 400 * DAY),
        formulas.post_maintenance_failures([("a", 1)] * 4, [], (0, DAY), 400 * DAY),
        formulas.cost_of_service_ratio(100, None, (0, 365 * DAY)),
        formulas.cost_of_service_ratio(100, 0, (0, 365 * DAY)),
        formulas.cost_of_service_ratio(100, 100, (0, 90 * DAY)),
        formulas.cost_per_scan(100, 29),
        formulas.cost_of_downtime([(None, 5)], 2500),
        formulas.cost_of_downtime([(3, 5)], None),
        formulas.functional_assets(["retired"]),
    ],
)
def test_too_little_is_no_number_and_says_what_it_needs(figure: formulas.Figure) -> None:
    assert not figure.is_sufficient
    assert figure.needs
