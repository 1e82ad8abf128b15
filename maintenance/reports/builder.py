"""Builds a report: its labels with the numbers of their notes, its cells, tiles and tables."""

from collections.abc import Callable, Sequence
from typing import Literal

from core.time.clock import HOUR
from core.time.covered_hours import Interval, length, overlap
from maintenance.kpi.formulas import Figure
from maintenance.reports.dataset import Dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.measures import Span
from maintenance.reports.model import (
    Cell,
    Chart,
    Kind,
    Quantity,
    Report,
    ReportTable,
    TableColumn,
    Tile,
)

Measure = Callable[[Span], Figure]
FigureRow = tuple[str, int, Measure]  # the key of its words, decimals, how it is counted

# The columns that say what a figure stands on, and their weights.
_BASIS_COLUMNS = (("n", 0.8), ("hours", 1.4), ("left_out", 1.3))


class ReportBuilder:
    """Makes the parts of one report and numbers its notes."""

    def __init__(self, dataset: Dataset, locale: ReportLocale) -> None:
        self.dataset = dataset
        self.locale = locale
        self._notes: list[str] = []

    def note(self, key: str) -> str:
        """The number of a note in brackets; a figure that is explained twice has one note."""
        if key not in self._notes:
            self._notes.append(key)
        return self.locale.t("note.mark", number=self._notes.index(key) + 1)

    def label(self, key: str) -> str:
        """The name of a figure and the number of its note."""
        return f"{self.locale.t(f'figure.{key}')} {self.note(key)}"

    def cell(self, figure: Figure, digits: int) -> Quantity:
        """A figure as a cell. Money is in the site's currency."""
        unit = self.dataset.site.file.currency if figure.unit == "currency" else figure.unit
        return Quantity(figure.value, unit, digits, self.locale.data(figure.needs))

    def tile(
        self,
        key: str,
        digits: int,
        measure: Measure,
        basis: str = "basis.hours",
        *,
        against: Literal["before", "year"] = "before",
        stands_on: str = "",
    ) -> Tile:
        """A headline; `basis` says in words what it stands on, `stands_on` which table has its cases."""
        now = measure("month")
        hours, left_out = (self.locale.number(h, 0) for h in (now.hours, now.excluded_h))
        basis_text = self.locale.t(basis, n=now.n, hours=hours, left_out=left_out)
        before = self.cell(measure(against), digits)
        return Tile(self.label(key), self.cell(now, digits), before, basis_text, against, stands_on)

    def figures(self, title: str, rows: Sequence[FigureRow]) -> ReportTable:
        """This month, the last and twelve months side by side, and what the month's stands on."""
        t = self.locale.t
        columns = [TableColumn(t("column.figure"), 2.5)]
        columns += [
            TableColumn(t(f"column.{name}"), 1.5, "end") for name in ("month", "before", "year")
        ]
        columns += [
            TableColumn(t(f"column.{name}"), weight, "end") for name, weight in _BASIS_COLUMNS
        ]
        return ReportTable(
            title, columns, [self._row(*row) for row in rows], about=t("table.stands_on")
        )

    def _row(self, key: str, digits: int, measure: Measure) -> list[Cell]:
        month = measure("month")
        figures = (month, measure("before"), measure("year"))
        basis: list[Cell] = [Quantity(float(month.n)), "–", "–"]
        if month.hours or month.excluded_h:  # a figure that no time is behind has none to show
            basis[1:] = [hours(month.hours), hours(month.excluded_h)]
        return [self.label(key), *(self.cell(figure, digits) for figure in figures), *basis]

    def time_inside(self, start: int, end: int | None, period: Interval | None = None) -> int:
        """Milliseconds of [start, end) that lie in the month; until now if it goes on."""
        until = self.dataset.now if end is None else end
        within = [period or self.dataset.period]
        return length(overlap([(start, until)], within)) if start < until else 0

    def month_names(self) -> list[str]:
        """Of the twelve months, for the chart."""
        return [self.locale.short_month(month) for month in self.dataset.months]

    def report(
        self,
        kind: Kind,
        tiles: Sequence[Tile],
        chart: Chart,
        first: ReportTable,
        details: list[ReportTable],
    ) -> Report:
        """The whole report. Call it last: by then every note has its number."""
        t, dataset = self.locale.t, self.dataset
        period = self.locale.period(dataset.months[-1])
        hint = "" if dataset.is_over else t("report.not_over", now=self.locale.moment(dataset.now))
        return Report(
            kind=kind,
            site=dataset.site.file.name,
            title=t(f"report.{kind}"),
            period=period,
            made=t("report.made", when=self.locale.moment(dataset.now)),
            hint=hint,
            tiles=tiles,
            chart=chart,
            first=first,
            details=details,
            notes_title=t("note.title"),
            notes=[
                f"{self.note(key)} {t(f'figure.{key}')}: {t(f'note.{key}')}" for key in self._notes
            ],
        )


def hours(value: float) -> Quantity:
    """Hours with one decimal."""
    return Quantity(value, "h", 1)


def duration(milliseconds: int) -> Quantity:
    """How long, in hours."""
    return hours(milliseconds / HOUR)
