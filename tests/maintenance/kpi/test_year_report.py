"""The maintenance report of the year's last month, as it is printed, counted again."""

import pytest

from core.time.calendars import Month
from core.time.clock import HOUR
from maintenance.reports.make import make
from maintenance.reports.model import Quantity, Report
from tests.maintenance.kpi.test_year_counts import spent
from tests.support.year.expected_year import DEVICES, END, PERIODS, UNREAD
from tests.support.year.people import Year

DECEMBER = PERIODS[-2]
SPANS = {"month": [DECEMBER], "year": PERIODS[:-1]}


@pytest.fixture(scope="module")
def report(year: Year) -> Report:
    with year.house.look() as db:
        house = year.house
        month = Month("gregorian", 2025, 12)
        return make(db, house.site, house.series, "maintenance", month, "en", END)[0]


def said(report: Report, name: str) -> tuple[float | None, float | None]:
    """What the table of figures has of the month and of the twelve."""
    table = next(one for one in report.details if one.title == "All figures of the work")
    row = next(row for row in table.rows if str(row[0]).startswith(f"{name} ["))
    month, _, twelve = (cell.value for cell in row[1:4] if isinstance(cell, Quantity))
    return month, twelve


def test_cost_and_cost_per_examination_are_those_of_what_happened(
    year: Year, report: Report
) -> None:
    found = zip(SPANS.values(), said(report, "Cost of service"), strict=True)
    for periods, value in found:
        cents = sum(spent(year, device, *one) for device in DEVICES for one in periods)
        assert value == pytest.approx(cents / 100, abs=0.3)
    found = zip(SPANS.values(), said(report, "Cost per examination"), strict=True)
    for periods, value in found:
        known = [(d, p) for d in DEVICES for p in periods if d == "ct-1" or not _is_unread(p)]
        cents = sum(spent(year, device, *one) for device, one in known)
        n = sum(
            m for d, p in known for x, t, m in year.told.examined if x == d and p[0] <= t < p[1]
        )
        assert value == pytest.approx(cents / 100 / n, abs=1e-3)


def _is_unread(month: tuple[int, int]) -> bool:
    return month[0] <= UNREAD[1] and UNREAD[0] < month[1]


def test_alerts_assets_and_what_was_lost_too(year: Year, report: Report) -> None:
    for periods, waited, cost in zip(
        SPANS.values(),
        said(report, "Time to acknowledgement"),
        said(report, "Cost of downtime"),
        strict=True,
    ):
        start, end = periods[0][0], periods[-1][1]
        raised = [(a, t) for _, a, t in year.told.raised if t is not None and start <= a < end]
        assert waited == pytest.approx(sum(t - a for a, t in raised) / HOUR / len(raised))
        lost = [one for one in year.told.lost if start <= one[1] < end]
        assert cost == pytest.approx(sum(n * 2500 + extra for _, _, n, extra in lost) / 100)
    sheets = {asset: state for asset, _, state in year.told.sheets}
    here = [state for state in sheets.values() if state != "retired"]
    fit = sum(state in ("working", "limited") for state in here)
    assert said(report, "Working devices, today")[0] == pytest.approx(100 * fit / len(here))
