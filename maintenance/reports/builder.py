"""What every report is put together from: labels with the number of their note, cells, months."""

from collections.abc import Callable, Sequence

from core.time.clock import HOUR
from core.time.covered_hours import Interval, length, overlap
from maintenance.kpi.formulas import Figure
from maintenance.reports.dataset import Facts
from maintenance.reports.locale import Speech
from maintenance.reports.measures import Span
from maintenance.reports.model import Cell, Chart, Column, Kind, Quantity, Report, Table, Tile

Measure = Callable[[Span], Figure]
Row = tuple[str, int, Measure]  # the key of its words, decimals, how it is counted


_STANDS = (
    ("n", 0.8),
    ("hours", 1.4),
    ("left_out", 1.3),
)  # columns that say what a figure stands on


class Desk:
    """Makes the parts of one report and keeps the list of its notes."""

    def __init__(self, facts: Facts, speech: Speech) -> None:
        self.facts = facts
        self.speech = speech
        self._notes: list[str] = []

    def note(self, key: str) -> str:
        """The number of a note in brackets; a figure that is explained twice has one note."""
        if key not in self._notes:
            self._notes.append(key)
        return self.speech.t("note.mark", number=self._notes.index(key) + 1)

    def label(self, key: str) -> str:
        """The name of a figure and the number of its note."""
        return f"{self.speech.t(f'figure.{key}')} {self.note(key)}"

    def cell(self, figure: Figure, digits: int) -> Quantity:
        """A figure as a cell. Money is in the site's currency."""
        unit = self.facts.site.file.currency if figure.unit == "currency" else figure.unit
        return Quantity(figure.value, unit, digits, self.speech.data(figure.needs))

    def tile(self, key: str, digits: int, measure: Measure, basis: str = "basis.hours") -> Tile:
        """A headline; `basis` says in words what it stands on."""
        now = measure("month")
        hours, left_out = (self.speech.number(h, 0) for h in (now.hours, now.excluded_h))
        said = self.speech.t(basis, n=now.n, hours=hours, left_out=left_out)
        before = self.cell(measure("before"), digits)
        return Tile(self.label(key), self.cell(now, digits), before, said)

    def figures(self, title: str, rows: Sequence[Row]) -> Table:
        """This month, the last and twelve months side by side, and what the month's stands on."""
        t = self.speech.t
        columns = [Column(t("column.figure"), 2.5)]
        columns += [Column(t(f"column.{name}"), 1.5, "end") for name in ("month", "before", "year")]
        columns += [Column(t(f"column.{name}"), weight, "end") for name, weight in _STANDS]
        return Table(title, columns, [self._row(*row) for row in rows], about=t("table.stands_on"))

    def _row(self, key: str, digits: int, measure: Measure) -> list[Cell]:
        month = measure("month")
        found = [self.cell(one, digits) for one in (month, measure("before"), measure("year"))]
        stands: list[Cell] = [Quantity(float(month.n)), "–", "–"]
        if month.hours or month.excluded_h:  # a figure that no time is behind has none to show
            stands[1:] = [hours(month.hours), hours(month.excluded_h)]
        return [self.label(key), *found, *stands]

    def inside(self, start: int, end: int | None, period: Interval | None = None) -> int:
        """Milliseconds of [start, end) that lie in the month; until now if it goes on."""
        until = self.facts.now if end is None else end
        within = [period or self.facts.period]
        return length(overlap([(start, until)], within)) if start < until else 0

    def months(self) -> list[str]:
        """Names for the chart."""
        return [self.speech.short_month(month) for month in self.facts.months]

    def report(
        self, kind: Kind, tiles: Sequence[Tile], chart: Chart, first: Table, details: list[Table]
    ) -> Report:
        """All of it together. Call it last: by then every note is known."""
        t, facts = self.speech.t, self.facts
        period = self.speech.period(facts.months[-1])
        hint = "" if facts.is_over else t("report.not_over", now=self.speech.moment(facts.now))
        return Report(
            kind=kind,
            site=facts.site.file.name,
            title=t(f"report.{kind}"),
            period=period,
            made=t("report.made", when=self.speech.moment(facts.now)),
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


def lasted(milliseconds: int) -> Quantity:
    """How long, in hours."""
    return hours(milliseconds / HOUR)
