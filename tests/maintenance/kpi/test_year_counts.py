"""The same year: money, examinations, alerts and assets, counted again from what happened.

And a watch over it: every figure of maintenance/kpi/formulas.py is counted again in this folder.
"""

import inspect
import re
from pathlib import Path

import pytest

from core.time.clock import DAY, HOUR
from maintenance.downtime.outages import failures
from maintenance.kpi import formulas
from tests.maintenance.cast import at
from tests.maintenance.kpi.conftest import Counted
from tests.support.year.expected_year import DEVICES, END, PERIODS, START, UNREAD
from tests.support.year.people import Year

YEAR = (START, END)
DAYS = [START + day * DAY for day in range(365)]
PUBLIC = [
    name
    for name, one in inspect.getmembers(formulas, inspect.isfunction)
    if one.__module__ == formulas.__name__ and not name.startswith("_")
]


def spent(year: Year, device: str, start: int, end: int) -> float:
    """Hundredths: what was paid, and the half of a contract that two devices share, by the day."""
    paid = sum(m for d, t, m in year.told.money if d == device and start <= t < end)
    under = sum(at("2025-03-01 00:00") <= day and start <= day < end for day in DAYS)
    return paid + 3_652_500 / 2 * under / 365.25


@pytest.mark.parametrize("device", DEVICES)
def test_money_is_counted_where_it_was_spent(year: Year, counted: Counted, device: str) -> None:
    for start, end in PERIODS:
        seen = counted(device, (start, end))
        assert seen.cost_cents == pytest.approx(spent(year, device, start, end), abs=1)
        lost = [one for one in year.told.lost if one[0] == device and start <= one[1] < end]
        figure = formulas.cost_of_downtime(seen.losses, 2500)
        total = sum(cases * 2500 + extra for _, _, cases, extra in lost) / 100
        assert figure.n == len(lost)
        assert figure.value == (pytest.approx(total) if lost else None)


@pytest.mark.parametrize("device", DEVICES)
def test_the_ratio_of_service_cost_is_a_year_s(year: Year, counted: Counted, device: str) -> None:
    ratio = formulas.cost_of_service_ratio(counted(device, YEAR).cost_cents, 20_000_000, YEAR)
    expected = 100 * spent(year, device, *YEAR) * 365.25 / 365 / 20_000_000
    assert ratio.value == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("device", DEVICES)
def test_examinations_and_what_each_cost(year: Year, counted: Counted, device: str) -> None:
    """Evenings on which nobody read lose nothing; where nobody read at a turn nothing is known."""
    unknown = []
    for start, end in PERIODS:
        seen = counted(device, (start, end))
        if seen.examinations is None:
            unknown.append((start, end))
            continue
        n = sum(m for d, t, m in year.told.examined if d == device and start <= t < end)
        figure = formulas.cost_per_scan(
            seen.cost_cents, seen.examinations.n, seen.examinations.hours
        )
        assert (seen.examinations.n, figure.n) == (n, n)
        each = spent(year, device, start, end) / 100 / n
        assert figure.value == pytest.approx(each, abs=0.02 / n)
        assert figure.hours * HOUR == pytest.approx(end - start, abs=3 * DAY)
    months = [p for p in PERIODS[:-1] if p[0] <= UNREAD[0] < p[1] or p[0] < UNREAD[1] <= p[1]]
    assert unknown == (months if device == "cbct-1" else [])
    assert len(months) == 2


@pytest.mark.parametrize("device", DEVICES)
def test_examinations_between_failures(year: Year, counted: Counted, device: str) -> None:
    for start, end in PERIODS[:-1]:
        seen = counted(device, (start, end))
        if seen.examinations is None:
            continue
        failed = len(failures(seen.outages, (start, end), END))
        figure = formulas.scans_between_failures(seen.examinations.n, failed)
        n = sum(m for d, t, m in year.told.examined if d == device and start <= t < end)
        assert figure.n == failed
        assert figure.value == (pytest.approx(n / failed) if failed >= 2 and n >= 30 else None)


@pytest.mark.parametrize("device", DEVICES)
def test_alerts_wait_for_people_as_long_as_they_waited(
    year: Year, counted: Counted, device: str
) -> None:
    for period in PERIODS:
        mine = [one for one in year.told.raised if one[0] == device]
        raised = [one for one in mine if period[0] <= one[1] < period[1]]
        waits = [(taken - at) / HOUR for _, at, taken in raised if taken is not None]
        seen = counted(device, period).alert_times
        assert len(seen) == len(raised)
        figure = formulas.mtta(seen, period)
        assert figure.n == len(waits)
        assert figure.value == (pytest.approx(sum(waits) / len(waits)) if waits else None)
    assert device != "ct-1" or 10 < len(waits) < len(raised)


def test_how_many_assets_worked_on_each_day(year: Year) -> None:
    """By the sheets as they were, but what stood still then did not work."""
    shares, overruled = set(), 0
    for when, seen in year.clerk.seen:
        figure = formulas.functional_assets(seen)
        sheets = {asset: state for asset, since, state in year.told.sheets if since <= when}
        still = {
            one.device
            for one in year.told.outages
            if one.start <= when < one.end and one.extent == "hard" and one.cause != "planned"
        }
        here = {asset: state for asset, state in sheets.items() if state != "retired"}
        fit = {asset for asset, state in here.items() if state in ("working", "limited")}
        overruled += bool(fit & still)
        assert figure.n == len(here)
        assert figure.value == pytest.approx(100 * len(fit - still) / len(here))
        shares.add((len(fit - still), len(here)))
    assert len(year.clerk.seen) == 365
    assert len(shares) > 5
    assert overruled >= 10


@pytest.mark.parametrize("name", PUBLIC)
def test_every_figure_is_counted_again_in_the_year(name: str) -> None:
    assert {"mtta", "cost_per_scan", "functional_assets"} <= set(PUBLIC)
    tests = [path.read_text() for path in Path(__file__).parent.glob("test_year_*.py")]
    assert any(re.search(rf"\bformulas\.{name}\(", text) for text in tests)
