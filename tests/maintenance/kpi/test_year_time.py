"""A year of the centre: where the time went, by the production code and on a grid of minutes.

The year's list of what happened is counted again with nothing of `maintenance/`; both must agree
exactly. Everything happens on whole minutes, so the grid loses nothing.
"""

from collections import Counter

import pytest

from core.time.clock import MINUTE
from maintenance.downtime.outages import downtime_by_cause, failures
from maintenance.kpi import formulas
from tests.maintenance.cast import KABUL
from tests.maintenance.kpi.conftest import Counted
from tests.support.year.expected_year import (
    DEVICES,
    END,
    OFF,
    PERIODS,
    grid,
    hours,
    opening_hours,
)
from tests.support.year.people import Year


@pytest.mark.parametrize("device", DEVICES)
def test_enough_has_happened_to_count(year: Year, device: str) -> None:
    told = year.told
    assert sum(one.cause != "planned" for one in told.outages_of(device)) >= 8
    assert sum(name == device for name, _ in told.serviced) >= 2
    assert sum(name == "cbct-1" for name, _ in told.serviced) >= 8
    ends = Counter(
        due.why_not or ("open" if due.done is None else "done")
        for due in told.due.values()
        if due.device == device
    )
    assert {"done", "missed", "in_use"} <= set(ends)
    assert any(due.done and due.done > due.late for due in told.due.values())
    assert len(told.tickets) >= 5
    assert {one.cause for one in told.outages} == {"machine", "mains", "waiting_part", "planned"}
    assert {one.extent for one in told.outages_of("cbct-1")} == {"hard", "partial"}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", ["covered", "whole"])
def test_time_is_divided_as_the_grid_divides_it(
    year: Year, counted: Counted, device: str, kind: str
) -> None:
    outages = year.told.outages_of(device)
    unplanned = [one for one in outages if one.cause != "planned"]
    hard = grid((o.start, o.end) for o in unplanned if o.extent == "hard")
    partial = grid((o.start, o.end) for o in unplanned if o.extent == "partial")
    planned = grid((o.start, o.end) for o in outages if o.cause == "planned")
    base = opening_hours() if kind == "covered" else ~grid([])
    for period in PERIODS:
        here = base & grid([period])
        known = here & ~grid([OFF])
        down = hours(known & hard)
        service = hours(known & planned & ~hard)
        part = hours(known & partial & ~hard & ~planned)
        split = getattr(counted(device, period), kind)
        got = (split.counted, split.unknown, split.planned, split.hard, split.partial)
        expected = (hours(here), hours(here & grid([OFF])), service, down, part)
        assert got == pytest.approx(expected, abs=1e-9)
        looked = hours(known) - service
        availability = formulas.availability(split)
        assert availability.value == pytest.approx(100 * (looked - down) / looked)
        assert availability.hours == pytest.approx(looked)
        weighted = formulas.weighted_downtime(split).value
        assert weighted == pytest.approx(100 * (down + part / 2) / looked)


@pytest.mark.parametrize("device", DEVICES)
def test_downtime_by_cause_adds_up_to_what_the_grid_has_of_each(
    year: Year, counted: Counted, device: str
) -> None:
    outages = year.told.outages_of(device)
    covered = year.house.site.devices[device].hours(KABUL)
    for period in PERIODS:
        left = opening_hours() & grid([period]) & ~grid([OFF])
        expected: Counter[str] = Counter()
        for one in sorted(outages, key=lambda one: (one.extent != "hard", one.start, one.cause)):
            mine = grid([(one.start, one.end)]) & left
            left &= ~mine
            expected[one.cause] += hours(mine)  # type: ignore[assignment]
        spans = covered.between(*period)
        found = downtime_by_cause(counted(device, period).outages, spans, [OFF], END)
        assert found == pytest.approx({cause: h for cause, h in expected.items() if h})


@pytest.mark.parametrize("device", DEVICES)
def test_failures_their_repair_and_the_time_between(
    year: Year, counted: Counted, device: str
) -> None:
    away = grid((o.start, o.end) for o in year.told.outages_of(device) if o.extent == "hard")
    merged: list[tuple[int, int]] = []
    for one in sorted(year.told.outages_of(device), key=lambda one: one.start):
        if one.cause == "planned" or one.extent == "partial":
            continue
        if merged and one.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(one.end, merged[-1][1]))
        else:
            merged.append((one.start, one.end))
    for period in PERIODS:
        mine = [span for span in merged if period[0] <= span[0] < period[1]]
        seen = counted(device, period)
        assert len(failures(seen.outages, period, END)) == len(mine)
        mttr = formulas.mttr(seen.outages, period, [OFF], END)
        assert mttr.n == len(mine)
        if mine:
            minutes = sum(end - start for start, end in mine) / MINUTE
            assert mttr.value == pytest.approx(minutes / 60 / len(mine))
        mtbf = formulas.mtbf(seen.covered, len(mine))
        up = hours(opening_hours() & grid([period]) & ~grid([OFF]) & ~away)
        assert mtbf.value == (pytest.approx(up / len(mine)) if len(mine) >= 2 else None)


def test_the_months_add_up_to_the_year(counted: Counted) -> None:
    for device in DEVICES:
        months = [counted(device, period) for period in PERIODS[:-1]]
        whole = counted(device, PERIODS[-1])
        total = months[0].covered
        for month in months[1:]:
            total += month.covered
        assert total.up == pytest.approx(whole.covered.up)
        assert sum(m.cost_cents for m in months) == pytest.approx(whole.cost_cents, abs=12)
