"""The figures of a month that can be counted by hand, and the same in every file."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from core.time.calendars import Calendar, parse_month
from core.time.clock import MINUTE
from maintenance.reports.locale import ReportLocale
from maintenance.reports.make import make, render
from maintenance.reports.model import Cell, Kind, Quantity, Report, ReportTable
from tests.maintenance.cast import House, at
from tests.maintenance.reports.cast import NOTE, NOW
from tests.maintenance.reports.files import sheets_of, text_of_html, text_of_pdf, tokens

KINDS: tuple[Kind, ...] = ("management", "uptime", "maintenance", "vendor")
VOICES: tuple[tuple[str, Calendar, str], ...] = (
    ("en", "gregorian", "2025-01"),
    ("fa", "solar", "1403-10"),
)


@cache
def made(
    centre: House,
    kind: Kind,
    language: str = "en",
    calendar: Calendar = "gregorian",
    month: str = "2025-01",
    now: int = NOW,
) -> tuple[Report, ReportLocale]:
    with centre.look() as db:
        asked = parse_month(month, calendar)
        return make(db, centre.site, centre.series, kind, asked, language, now)


def tiles(report: Report) -> list[tuple[float | None, float | None]]:
    """This month's and the last one's."""
    return [
        (_rounded(one.now.value, one.now.digits), _rounded(one.before.value, one.before.digits))
        for one in report.tiles
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def table(report: Report, title: str) -> ReportTable:
    return next(one for one in (report.first, *report.details) if one.title.startswith(title))


def numbers(row: list[Cell] | tuple[Cell, ...]) -> list[float | None]:
    return [_rounded(cell.value, 1) for cell in row if isinstance(cell, Quantity)]


def test_availability_is_counted_over_the_covered_and_known_hours_of_all_scanners(
    centre: House,
) -> None:
    """January: 2 x 312 h covered, 2 x 6 h unknown, 4 h planned, 9 h down. December: 2 x 324, 12."""
    report, _ = made(centre, "uptime")
    assert round(100 * 599 / 608, 1) == 98.5
    assert round(100 * 636 / 648, 1) == 98.1
    assert tiles(report) == [(98.5, 98.1), (9.0, 12.0), (2, 1), (10.5, 12.0)]
    rows = {str(row[0]).split(" [")[0]: numbers(list(row)) for row in _figures(report)}
    assert rows["Availability"][3:] == [2, 608, 16]
    assert rows["Weighted downtime"][0] == round(100 * (9 + 6 / 2) / 608, 1)
    assert rows["Time between failures"][0] == 299.5
    # Only the CT's examinations are known, in January only: 600, and its two failures.
    assert rows["Examinations between failures"][:4] == [300, None, 300, 2]
    assert rows["Planned maintenance"][:2] == [4.0, 0.0]
    assert rows["Unknown"][0] == 12.0
    assert rows["Examinations lost"][:3] == [None, 4, 4]


def _figures(report: Report) -> list[list[Cell]]:
    return [list(row) for row in table(report, "All figures").rows]


def test_downtime_is_listed_with_its_cause_and_the_causes_add_up(centre: House) -> None:
    report, _ = made(centre, "uptime")
    causes = {str(row[0]): numbers(list(row))[0] for row in table(report, "Downtime of the").rows}
    assert causes == {
        "the device itself": 6.0,
        "network": 6.0,
        "planned maintenance": 4.0,
        "cooling": 3.0,
        "mains power": 0.0,
    }
    listed = [list(row) for row in report.details[2].rows]
    assert [row[0] for row in listed] == ["CT one", "CT one", "CT one", "ProMax"]
    assert [numbers(row)[:2] for row in listed] == [[6, 6], [15, 3], [4, 4], [6, 6]]
    assert listed[0][-1] == NOTE


def test_months_before_scanward_watched_are_gaps_in_the_line(centre: House) -> None:
    report, _ = made(centre, "uptime")
    line = report.chart.series[0].values
    assert line[:9] == [None] * 9
    assert [round(value or 0, 1) for value in line[9:]] == [100.0, 98.1, 98.5]


def test_planned_work_is_counted_by_risk_class_and_costs_by_the_day(centre: House) -> None:
    """The CT is of medium risk: 25 checks scheduled, 2 missed. The contract is 100 a day."""
    report, _ = made(centre, "maintenance")
    assert tiles(report)[0] == (92.0, None)
    assert tiles(report)[3] == (31 * 100 + 240 + 30, 31 * 100)
    daily = next(
        row for row in table(report, "Planned work").rows if row[1] == "Daily check of the CT"
    )
    assert numbers(list(daily)) == [25, 23, 0, 2, 0, 0]
    [repair] = table(report, "Repairs").rows
    assert repair[3] == "Gantry too hot"
    assert numbers(list(repair))[1:] == [5.0, 270.0]
    [bad] = table(report, "What checks").rows
    assert numbers(list(bad))[0] == 40.0
    [part] = table(report, "Parts used").rows
    assert numbers(list(part))[:2] == [2, 240]


def test_cost_is_shared_out_over_the_examinations_of_the_months_that_are_known(
    centre: House,
) -> None:
    """January: 600 examinations for 3370; nobody read the counter in November. 4 lost in December."""
    report, _ = made(centre, "maintenance")
    figures = table(report, "All figures of the work")
    rows = {str(row[0]).split(" [")[0]: numbers(list(row)) for row in figures.rows}
    each = round(3370 / 600, 1)
    assert rows["Cost per examination"][:4] == [each, None, each, 600]
    assert rows["Cost per examination"][4:] == [744.1, 2 * 744 - 744.1]
    assert rows["Cost of downtime"][:4] == [None, 4 * 25 + 50, 150, 0]
    assert rows["Working devices, today"][:4] == [100, None, None, 1]
    assert rows["Time to acknowledgement"][:4] == [None, None, None, 0]
    ct, cbct = (list(row) for row in table(report, "What each device cost").rows)
    year = 31 * 100 + 31 * 100 + 30 * 100 + 270  # and the contract's earlier months
    assert numbers(ct)[0] == 3370
    assert (numbers(ct)[1] or 0) > year
    assert numbers(ct)[2:] == [600, 600, each, each]
    assert numbers(cbct) == [0, 0, None, None, None, None]


def test_a_vendor_is_judged_by_the_clock_of_its_contract(centre: House) -> None:
    """Of two answers one came after 2 of 4 covered hours, one after 9; one fault is not solved."""
    report, _ = made(centre, "vendor")
    assert tiles(report)[:3] == [(2, None), (50, None), (50, None)]
    [row] = report.first.rows
    assert numbers(list(row)) == [2, 1, 50, 50, 0]
    late, good = (numbers(list(row)) for row in table(report, "Tickets").rows)
    assert late[1] == 9.0
    assert good[1:] == [2.0, 11.0]


def test_a_month_that_is_not_over_says_so_and_counts_until_now(centre: House) -> None:
    report, _ = made(centre, "uptime", now=at("2025-01-10 00:00"))
    assert "not over" in report.hint
    assert tiles(report)[1][0] == 6.0
    whole, _ = made(centre, "uptime")
    assert whole.hint == ""


@pytest.mark.servers
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice[0])
def test_every_file_says_every_word_and_number_of_the_report(
    kind: Kind, voice: tuple[str, Calendar, str], centre: House
) -> None:
    """Nothing is clipped, lost or left in other digits: what was said is found in what is read."""
    report, locale = made(centre, kind, *voice)
    said = Counter[str]()
    for text in _texts(report, locale):
        said += tokens(text)
    for form, read in (("pdf", text_of_pdf), ("html", text_of_html)):
        found = tokens(read(render(report, locale, form)))  # type: ignore[arg-type]
        assert said - found == Counter(), form
    book = sheets_of(render(report, locale, "xlsx"))
    values = [cell for rows in book.values() for row in rows for cell in row]
    known = Counter(round(float(v), 4) for v in values if isinstance(v, int | float))
    quantities = Counter(
        round(cell.value, 4)
        for cell in _cells(report)
        if isinstance(cell, Quantity) and cell.value is not None
    )
    assert quantities - known == Counter()
    words = {value for value in values if isinstance(value, str)}
    assert {one.title for one in report.tiles} <= words
    assert {str(cell) for cell in _cells(report) if isinstance(cell, str) and cell} <= words


def _cells(report: Report) -> Iterator[Cell]:
    for tile in report.tiles:
        yield tile.now
        yield tile.before
    for one in (report.first, *report.details):
        for row in one.rows:
            yield from row


def _texts(report: Report, locale: ReportLocale) -> Iterator[str]:
    yield from (report.site, report.title, report.period, report.made, report.chart.title)
    yield from report.chart.months
    yield from report.notes
    for tile in report.tiles:
        yield from (tile.title, tile.basis if tile.now.value is not None else "")
    for one in (report.first, *report.details):
        yield one.title
        yield from (column.title for column in one.columns if one.rows)
    yield from (locale.text(cell) for cell in _cells(report))


def test_the_seed_is_watched_but_for_its_gap(centre: House) -> None:
    report, _ = made(centre, "uptime")
    unknown = numbers(_figures(report)[1])[-1]
    assert unknown is not None
    assert abs(unknown - (2 * 6 + 4)) < 10 * MINUTE / (60 * MINUTE)
