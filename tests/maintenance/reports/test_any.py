"""Any month, any text: a report is always made, and never says a number that nobody knows."""

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.calendars import Month
from maintenance.reports.locale import ReportLocale
from maintenance.reports.make import make, render
from maintenance.reports.model import (
    Chart,
    ChartSeries,
    Format,
    Kind,
    Moment,
    Quantity,
    Report,
    ReportTable,
    TableColumn,
    Tile,
)
from tests.core.time.test_calendars import months
from tests.maintenance.cast import KABUL, House
from tests.maintenance.reports.cast import NOW
from tests.maintenance.reports.files import sheets_of, text_of_html, text_of_pdf
from tests.support.examples import examples

INSUFFICIENT = {"en": "insufficient data", "fa": "معلومات ناکافی"}
kinds: st.SearchStrategy[Kind] = st.sampled_from(["management", "uptime", "maintenance", "vendor"])
languages: st.SearchStrategy[str] = st.sampled_from(["en", "fa"])
forms: st.SearchStrategy[Format] = st.sampled_from(["pdf", "xlsx", "html"])


@pytest.fixture(scope="module")
def empty() -> Iterator[House]:
    with TemporaryDirectory() as folder:
        house = House(Path(folder))
        yield house
        house.close()


@pytest.mark.servers
@given(month=months(), kind=kinds, language=languages, form=forms)
@examples(15)
def test_a_month_of_which_nothing_is_known_says_so(
    empty: House, month: Month, kind: Kind, language: str, form: Format
) -> None:
    with empty.look() as db:
        report, locale = make(db, empty.site, empty.series, kind, month, language, NOW)
    assert {tile.now.value for tile in report.tiles} == {None}
    assert {value for one in report.chart.series for value in one.values} == {None}
    content = render(report, locale, form)
    if form == "html":
        assert text_of_html(content).count(INSUFFICIENT[language]) > 4
    elif form == "xlsx":
        first = next(iter(sheets_of(content).values()))
        assert sum(INSUFFICIENT[language] in row for row in first) >= 4
    elif language == "en":
        assert text_of_pdf(content).count(INSUFFICIENT[language]) > 4


numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)
cells = (
    st.text(max_size=200)
    | st.builds(Quantity, st.none() | numbers, st.sampled_from(["", "h", "%"]), st.integers(0, 2))
    | st.builds(Moment, st.none() | st.integers(0, 4_000_000_000_000), st.booleans())
)


TILE = Tile("=5", Quantity(1.0), Quantity(None), "=6")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = st.text(max_size=60)
    columns = [
        TableColumn(draw(text), 1.0, draw(st.sampled_from(["start", "end"]))) for _ in range(3)
    ]
    rows = draw(st.lists(st.tuples(cells, cells, cells), max_size=4))
    table = ReportTable(draw(text), columns, rows, draw(text), draw(text))
    values = draw(st.lists(st.none() | st.floats(0, 1e9), min_size=12, max_size=12))
    chart = Chart(
        draw(text),
        draw(st.sampled_from(["%", ""])),
        draw(st.sampled_from(["line", "bars"])),
        ["x"] * 12,
        [ChartSeries("a", values), ChartSeries("b", values[::-1])],
    )
    tile = Tile(draw(text), Quantity(draw(numbers)), Quantity(None), draw(text))
    return Report(
        "uptime", draw(text), draw(text), "p", "m", draw(text), [tile], chart, table, [table], "n", [draw(text)]
    )  # fmt: skip


@given(report=reports(), language=languages, form=forms)
@examples(12)
def test_whatever_people_have_written_becomes_a_file(
    report: Report, language: str, form: Format
) -> None:
    locale = ReportLocale(language, "gregorian", KABUL)
    content = render(report, locale, form)
    if form == "xlsx":
        assert len(sheets_of(content)) == 3
    else:
        assert len(content) > 1000


@pytest.mark.servers
def test_a_cell_that_would_fill_pages_is_cut_in_print_and_whole_in_the_workbook() -> None:
    locale = ReportLocale("en", "gregorian", KABUL)
    long = "word " * 3000 + "end"
    table = ReportTable("T", [TableColumn("a")], [(long,)])
    chart = Chart("c", "", "bars", ["x"] * 12, [ChartSeries("a", [1.0] * 12)])
    report = Report("uptime", "s", "t", "p", "m", "", [TILE], chart, table, [], "n", [])
    assert text_of_pdf(render(report, locale, "pdf")).count("word") < 1000
    assert long in {c for rows in sheets_of(render(report, locale, "xlsx")).values() for r in rows for c in r}  # fmt: skip


def test_a_text_that_looks_like_a_formula_is_none() -> None:
    locale = ReportLocale("en", "gregorian", KABUL)
    table = ReportTable("=1+1", [TableColumn("=2")], [("=cmd|' /C calc'!A0",)])
    chart = Chart("c", "", "bars", ["x"] * 12, [ChartSeries("=3", [1.0] * 12)])
    report = Report(
        "uptime", "=s", "=t", "=p", "=m", "", [TILE], chart, table, [table], "=n", ["=4"]
    )
    book = openpyxl.load_workbook(io.BytesIO(render(report, locale, "xlsx")))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
