"""When work is due: calendar, use, condition; and what the planner makes of it."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import DAY, HOUR, MINUTE, from_ms
from core.covered import Hours
from core.errors import RefusedError
from core.load import SHIPPED_PROFILES, load_profile
from core.load_plans import SHIPPED_PLANS, load_plans
from core.plan import Plan, Risk
from maintenance import checklist, due, orders, plans, risk
from maintenance.due import Used
from storage.records import Alert, Transition
from storage.records import house as stored
from storage.series import Point
from tests.maintenance.cast import KABUL, T0, House, at

OPENING = Hours(frozenset({"sat", "sun", "mon", "tue", "wed", "thu"}), 480, 1200, KABUL)
ITEMS = [{"id": "x", "text": "Look"}]


def plan(**keys: object) -> Plan:
    return Plan.model_validate({"id": "p", "title": "P", "items": ITEMS, **keys})


def test_a_daily_check_is_due_when_the_next_working_day_opens() -> None:
    thursday = at("2025-01-09 11:30")
    assert due.by_calendar(thursday, DAY, OPENING) == at("2025-01-11 08:00"), "Friday is off"
    assert due.by_calendar(at("2025-01-11 19:59"), DAY, OPENING) == at("2025-01-12 08:00")


def test_whichever_comes_first_counts() -> None:
    both = plan(every="182d", use={"metric": "tube_scan_s", "every": 1000})
    now = T0 + 10 * DAY
    slow, fast = Used(10, 1.0), Used(500, 50.0)
    assert due.due(both, T0, OPENING, None, [], now) == (at("2025-07-05 08:00"), "calendar")
    assert due.due(both, T0, OPENING, slow, [], now) == (at("2025-07-05 08:00"), "calendar")
    assert due.due(both, T0, OPENING, fast, [], now) == (now + 10 * DAY, "use")
    assert due.due(both, T0, OPENING, Used(1000, 50.0), [], now) == (now, "use")
    assert due.due(both, T0, OPENING, fast, [T0 - 1, T0 + DAY], now) == (T0 + DAY, "condition")


def test_what_is_not_used_is_never_due_by_use() -> None:
    only = plan(use={"metric": "tube_scan_s", "every": 1000})
    assert due.due(only, T0, OPENING, Used(0, 0.0), [], T0) is None
    assert due.due(only, T0, OPENING, None, [], T0) is None


def points(values: list[float]) -> list[Point]:
    return [Point(T0 + n * MINUTE, v, v, v, 1) for n, v in enumerate(values)]


def test_a_new_tube_begins_to_count_anew() -> None:
    assert due.amount_used(points([790, 800, 0, 5, 20])) == 10 + 20
    # The bucket in which it was changed holds both counters.
    change = Point(T0 + MINUTE, 400.0, 0.0, 805.0, 9)
    assert due.amount_used([*points([790]), change, Point(T0, 8, 3, 10, 2)]) == 15 + 10
    assert due.amount_used([]) == 0


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_use_is_what_the_counter_grew_however_often_it_began_anew(steps: list[int]) -> None:
    value, used, values = 0, 0, [0.0]
    for step in steps:
        if step % 7 == 0 and value > step // 7:
            value = step // 7  # replaced; so much was used by the time it was read
            used += value
        else:
            value += step
            used += step
        values.append(float(value))
    got = due.amount_used(points(values))
    # What a new counter had reached when it was first read cannot be told from an old one's fall.
    fell = sum(b for a, b in pairwise(values) if b < a)
    assert used - fell <= got <= used


def test_long_work_is_planned_when_the_device_is_used_least() -> None:
    busy = {(day, hour): 5.0 for day in range(7) for hour in range(24)}
    busy[0, 15] = busy[0, 16] = 1.0  # Monday afternoon
    start, end = at("2025-01-04 08:00"), at("2025-01-11 08:00")
    assert due.free_slot(busy, OPENING, start, end, 120) == at("2025-01-06 15:00")
    assert due.free_slot({}, OPENING, start, end, 120) == start
    assert due.free_slot(busy, OPENING, at("2025-01-10 00:00"), at("2025-01-10 20:00"), 60) is None


def test_the_busy_hours_of_a_counter_are_those_in_which_it_grew() -> None:
    hours = [Point(T0 + n * HOUR, 0, 100 * n, 100 * n + (7 if n == 2 else 0), 5) for n in range(4)]
    busy = due.busy_by_hour(hours, KABUL, is_counter=True)
    assert busy == {(5, 8): 0, (5, 9): 0, (5, 10): 7, (5, 11): 0}


# ---- The planner -------------------------------------------------------------------------------------


def open_of(house: House, plan: str, device: str = "ct-1") -> tuple[int, str, int | None]:
    with house.look() as db:
        one = stored.open_occurrence(db, plan, device)
        assert one is not None
        order = stored.order_of_occurrence(db, one.id)
        return one.due_at, one.due_by, order.id if order else None


def test_an_order_is_opened_once_however_often_the_planner_looks(house: House) -> None:
    house.planner.round(T0)
    when, by, order = open_of(house, "ct_daily")
    assert (when, by, order) == (at("2025-01-05 08:00"), "calendar", None)
    opened = [house.planner.round(when + n * MINUTE) for n in range(3)]
    assert [len(numbers) for numbers in opened] == [1, 0, 0]


def test_the_next_one_is_counted_from_when_it_was_really_done(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(at("2025-01-05 08:00"))
    _, _, order = open_of(house, "ct_daily")
    done = at("2025-01-05 10:00")
    with house.write(done) as db:
        for item in orders.get(db, order or 0).items:
            checklist.tick(db, order or 0, item.item, "not_applicable", by="sara", now=done)
        orders.complete(db, order or 0, by="sara", now=done)
    house.planner.round(done)
    assert open_of(house, "ct_daily")[0] == at("2025-01-06 08:00")


def test_a_day_that_nobody_checked_is_missed_and_the_next_is_due(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(at("2025-01-05 08:00"))
    house.planner.round(at("2025-01-06 08:00"))
    with house.look() as db:
        first = stored.occurrences(db, T0, at("2025-01-06 00:00"))
        assert {(o.skip_kind, o.skipped_by) for o in first} == {("missed", "maintenance")}
        states = [o.state for o in stored.orders(db, ended=True, device="ct-1")]
    assert states == ["open", "cancelled"]
    assert open_of(house, "ct_daily")[0] == at("2025-01-06 08:00")


def test_while_scanward_was_off_no_missed_days_are_made_up(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(T0 + 30 * DAY)
    house.planner.round(T0 + 30 * DAY + MINUTE)
    with house.look() as db:
        daily = [o for o in stored.occurrences(db, 0, T0 + 99 * DAY) if o.plan == "ct_daily"]
    assert len(daily) == 2


def test_use_brings_the_service_forward_by_the_pace_of_the_counter(house: House) -> None:
    house.planner.round(T0)
    for day in range(21):
        house.read("ct-1", "tube_scan_s", 4_000.0 * day, T0 + day * DAY)
    house.planner.round(T0 + 20 * DAY)
    when, by, _ = open_of(house, "ct_half_yearly")
    assert by == "use"
    assert abs(when - (T0 + 25 * DAY)) < 2 * DAY, "100 000 s at 4 000 s a day"


def test_an_anomaly_brings_the_service_forward_and_a_plain_limit_does_not(house: House) -> None:
    house.planner.round(T0)
    house.hot("ct-1", T0, None)  # a limit on gantry_temp_c, on which the plan waits
    house.planner.round(T0 + HOUR)
    assert open_of(house, "ct_half_yearly")[1] == "calendar"
    profile = house.site.devices["ct-1"].profile
    drift = {"id": "d", "kind": "drift", "metric": "gantry_temp_c"}
    rule = {"id": "gantry_drifts", "kind": "anomaly", "title": "It drifts", "detector": "d"}
    more = type(profile).model_validate(
        {"detectors": [drift], "rules": [{**rule, "severity": "warning", "basis": "engineering"}]}
    )
    object.__setattr__(house.site.devices["ct-1"], "profile", more.over(profile))
    with house.write(T0 + HOUR) as db:
        alert = Alert(
            device="ct-1",
            component="",
            rule="gantry_drifts",
            title="It drifts",
            severity="warning",
            metric="gantry_temp_c",
            state="firing",
            began_at=T0,
            fired_at=T0 + HOUR,
        )
        db.add(Transition(alert=alert, before="ok", after="firing", at=T0 + HOUR))
    house.planner.round(T0 + HOUR)
    when, by, order = open_of(house, "ct_half_yearly")
    assert (when, by) == (T0 + HOUR, "condition")
    assert order is not None


def test_a_skipped_one_has_a_reason_and_its_order_is_gone(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(at("2025-01-05 08:00"))
    now = at("2025-01-05 09:00")
    with house.look() as db:
        one = stored.open_occurrence(db, "ct_daily", "ct-1")
    assert one is not None
    with pytest.raises(RefusedError, match="say why"), house.write(now) as db:
        plans.skip(db, house.site, one.id, "in_use", " ", by="sara", now=now)
    with house.write(now) as db:
        plans.skip(db, house.site, one.id, "in_use", "emergency", by="sara", now=now)
    with pytest.raises(RefusedError, match="no open occurrence"), house.write(now) as db:
        plans.skip(db, house.site, one.id, "in_use", "emergency", by="sara", now=now)
    house.planner.round(now)
    assert open_of(house, "ct_daily")[0] == at("2025-01-06 08:00")


def test_work_done_before_scanward_knew_is_where_counting_begins(house: House) -> None:
    device = house.site.devices["ct-1"]
    one = device.plan("ct_yearly")
    assert one is not None
    with house.write(T0) as db:
        plans.record_done(db, device, one, at("2024-03-01 10:00"), by="sara", now=T0)
    house.planner.round(T0)
    assert from_ms(open_of(house, "ct_yearly")[0], KABUL).strftime("%Y-%m-%d") == "2025-03-01"
    with pytest.raises(RefusedError, match="after the last time"), house.write(T0) as db:
        plans.record_done(db, device, one, at("2023-03-01 10:00"), by="sara", now=T0)


def test_a_tolerance_counts_from_the_first_answers_until_the_next_service(house: House) -> None:
    measure = next(
        i.measure
        for p in house.site.devices["ct-1"].plans
        for i in p.items
        if i.id == "water_noise"
    )
    assert measure is not None
    assert checklist.around_baseline(measure, [5, 5, 5, 5]) == (None, None)
    assert checklist.around_baseline(measure, [4, 5, 6, 5, 5, 90]) == (4, 6), "20 % of 5"


# ---- Risk ---------------------------------------------------------------------------------------------


def test_the_worked_score_of_a_ct() -> None:
    """domain/maintenance.md: 6 + 3 + 5 = 14, +2 if it fails often."""
    ct = Risk(function=6, risk=3, maintenance=5)
    now, long_ago = 10_000 * DAY, 0
    assert risk.score(ct, [now - 300 * DAY], long_ago, now) == 14
    assert risk.score(ct, [now - 100 * DAY, now - 5 * DAY], long_ago, now) == 16
    assert risk.score(ct, [], long_ago, now) == 12
    assert risk.score(ct, [], now - 30 * DAY, now) == 14, "too new to say that it fails rarely"


@pytest.mark.parametrize(
    ("score", "days", "kind"),
    [(20, 91, "high"), (18, 91, "high"), (17, 182, "medium"), (15, 182, "medium"), (14, 365, "low"),
     (12, 365, "low"), (11, None, "outside")],
)  # fmt: skip
def test_the_score_proposes_an_interval(score: int, days: int | None, kind: str) -> None:
    assert risk.proposed_interval(score) == (None if days is None else days * DAY)
    assert risk.risk_class(score) == kind


# ---- The files that ship ---------------------------------------------------------------------------------

FILES = sorted(SHIPPED_PLANS.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_is_named_by_a_profile_and_its_counters_exist(path: Path) -> None:
    file = load_plans(path)
    users = [
        load_profile(profile)
        for profile in SHIPPED_PROFILES.glob("*.yaml")
        if f"plans: [{path.stem}]" in profile.read_text(encoding="utf-8")
    ]
    assert users
    known = {metric for profile in SHIPPED_PROFILES.glob("*.yaml") for metric in _metrics(profile)}
    for one in file.plans:
        assert one.use is None or one.use.metric in known
        assert set(one.brought_forward_by) <= known, one.id


def _metrics(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").partition("metrics:\n")[2].partition("\nrules:")[0]
    return [line.split(":")[0].strip() for line in text.splitlines() if line.startswith("  ")]


def test_no_two_plans_share_a_name() -> None:
    names = [one.id for path in FILES for one in load_plans(path).plans]
    # Both kinds of magnet have the same work; a device has only one of them.
    twice = {name for name in names if names.count(name) > 1}
    assert all(name.startswith("mri_") for name in twice)
