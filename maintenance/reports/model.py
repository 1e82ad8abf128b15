"""What a report is before it is a file: tiles, one chart, tables and notes. Values, not text.

Words are in the report's language already; numbers and moments are not, so that a workbook can hold
numbers and a page can write them with its own digits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["management", "uptime", "maintenance", "vendor"]
Format = Literal["pdf", "xlsx", "html"]  # of its file
Align = Literal["start", "end"]
MEDIA: Mapping[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit. None is "insufficient data"; `needs` says what it would take."""

    value: float | None
    unit: str = ""  # "%", "h", "d", a currency, or none
    digits: int = 0
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, UTC milliseconds. None: it has not come, something goes on."""

    at: int | None
    has_time: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of something that has a page of its own: on a screen it leads there."""

    text: str
    kind: Literal["device", "asset", "ticket", "parts", "today"]
    key: str = ""  # its id or number


Cell = str | Quantity | Moment | Reference


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure, the figure of the time `against` which it stands, and what it stands on."""

    title: str
    now: Quantity
    before: Quantity
    basis: str
    against: Literal["before", "year"] = "before"
    stands_on: str = ""  # the key of the table with its cases


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One value a month, None where there is not enough to say anything."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Twelve months, the reported one last. Bars of several series stand on one another."""

    title: str
    unit: str
    kind: Literal["line", "bars"]
    months: Sequence[str]
    series: Sequence[ChartSeries]
    digits: int = 0


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table; `weight` is its share of the width."""

    title: str
    weight: float = 1.0
    align: Align = "start"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows of cells, or `empty` in words when there are none."""

    title: str
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    about: str = ""  # one sentence below the title
    key: str = ""  # by which a tile names it


@dataclass(frozen=True, slots=True)
class Report:
    """One month of one site: a page to print (tiles, chart, first table), details, notes."""

    kind: Kind
    site: str
    title: str
    period: str
    made: str
    hint: str  # what the reader must know first: the month is not over; empty if nothing
    tiles: Sequence[Tile]
    chart: Chart
    first: ReportTable
    details: Sequence[ReportTable]
    notes_title: str
    notes: Sequence[str]
