"""The same year: plans, mending, money, tickets and parts, counted again from what happened."""

from itertools import pairwise

import pytest

from core.time.clock import DAY, HOUR, MINUTE
from maintenance.kpi import formulas
from maintenance.tickets import sla
from storage.records import assets as asset_rows
from storage.records import parts as part_rows
from storage.records import planning as task_rows
from storage.records import tickets as ticket_rows
from tests.maintenance.cast import KABUL
from tests.maintenance.kpi.conftest import Counted
from tests.support.year.expected_year import (
    DEVICES,
    END,
    PERIODS,
    START,
    grid,
    of_week,
    weekday,
)
from tests.support.year.people import Year

THIRTY_DAYS = 30 * DAY
YEAR = (START, END)
APART = ("in_use", "not_located")


@pytest.mark.parametrize("device", DEVICES)
def test_plan_compliance_is_what_the_people_did(year: Year, counted: Counted, device: str) -> None:
    for start, end in PERIODS:
        mine = [d for d in year.told.due.values() if d.device == device and start <= d.at < end]
        expected: dict[str, list[bool]] = {}
        for due in mine:
            is_over = due.done is not None or due.why_not or due.late <= END
            if due.why_not not in APART and is_over:
                on_time = due.done is not None and due.done <= due.late
                expected.setdefault(due.risk, []).append(on_time)
        seen = counted(device, (start, end)).due_tasks
        found = formulas.compliance(seen, (start, end), END)
        assert {k: f.n for k, f in found.items() if f.n} == {k: len(v) for k, v in expected.items()}
        for risk, results in expected.items():
            assert found[risk].value == pytest.approx(100 * sum(results) / len(results))
        apart = {why: sum(due.why_not == why for due in mine) for why in APART}
        assert formulas.undone_by_reason(seen, (start, end)) == apart


@pytest.mark.parametrize("device", DEVICES)
def test_first_time_fixes(year: Year, counted: Counted, device: str) -> None:
    mine = [fix for fix in year.told.fixes if fix.device == device]
    for start, end in PERIODS:
        proved = [f for f in mine if start <= f.done < end and f.done + THIRTY_DAYS <= END]
        good = 0
        for fix in proved:
            until = fix.done + THIRTY_DAYS
            again = [f for f in mine if fix.done <= f.opened < until and f.fault == fix.fault]
            good += fix.visits == 1 and not again
        figure = formulas.first_time_fix(counted(device, (start, end)).fixes, (start, end), END)
        assert figure.n == len(proved)
        share = pytest.approx(100 * good / max(len(proved), 1))
        assert figure.value == (share if len(proved) >= 5 else None)


@pytest.mark.parametrize("device", DEVICES)
def test_failures_after_maintenance(year: Year, counted: Counted, device: str) -> None:
    mine = [fix.opened for fix in year.told.fixes if fix.device == device]
    served = [t for d, t in year.told.serviced if d == device]
    for start, end in PERIODS:
        proved = [t for t in served if start <= t < end and t + THIRTY_DAYS <= END]
        bad = sum(any(t <= fault < t + THIRTY_DAYS for fault in mine) for t in proved)
        seen = counted(device, (start, end))
        found = formulas.post_maintenance_failures(seen.maintained, seen.failed, (start, end), END)
        assert found.n == len(proved)
        assert found.value == (100 * bad / len(proved) if len(proved) >= 5 else None)


def test_the_clock_of_every_ticket_is_what_the_grid_counts(year: Year) -> None:
    covered = of_week("Sun Mon Tue Wed Thu", 9, 17)
    with year.house.look() as db:
        promise = sla.promise_of(asset_rows.contract_of(db, "ct-1"), KABUL)
        assert promise is not None
        for number, steps in year.told.tickets:
            rows = [sla.Step(step.state, step.at) for step in ticket_rows.ticket_steps(db, number)]
            assert [(step.state, step.at) for step in rows] == steps
            sent, answered, waits, back, solved = (when for _, when in steps[1:6])
            if steps[-1][1] > END:
                continue  # beyond the grid
            clock = sla.resolution_clock(rows, promise, END)
            running = grid([(sent, waits), (back, solved)])
            assert clock.used == (covered & running).sum() * MINUTE
            assert clock.is_broken == (clock.used > 16 * HOUR)
            first = sla.response_clock(rows, promise, END)
            assert first.used == (covered & grid([(sent, answered)])).sum() * MINUTE
            assert first.is_broken == (first.used > 4 * HOUR)


def test_the_shelf_holds_what_came_less_what_went(year: Year) -> None:
    with year.house.look() as db:
        assert part_rows.stock_by_part(db) == dict(year.told.shelf)
        assert len(part_rows.stock_moves(db, part="fan")) == year.told.moves


def test_a_daily_check_is_due_when_the_next_working_day_opens(year: Year) -> None:
    with year.house.look() as db:
        daily = [one for one in task_rows.tasks_due(db, START, END) if one.plan == "ct_daily"]
    assert len(daily) > 300
    midnights = [START + day * DAY for day in range(365)]
    opens = [m + 8 * HOUR for m in midnights if weekday(m) != "Fri"]
    for one, following in pairwise(daily):
        done_on = midnight_of(one.due_at if one.done_at is None else one.done_at)
        assert following.due_at == next(at for at in opens if at > done_on + DAY)


def midnight_of(moment: int) -> int:
    return moment - (moment - START) % DAY
