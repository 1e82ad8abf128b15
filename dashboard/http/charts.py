"""What the charts of a page ask for: the script that draws them, the values of one chart, the marks of a device.

A page itself holds no values: each chart asks when it comes into sight, and again for finer ones when somebody
looks closer. Values come as bytes (`dashboard/views/chart_lines.py`), or as CSV of what is seen.
"""

import csv
import io
from collections.abc import Sequence
from urllib.parse import quote

from pydantic import Field, Json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.schema.metric import Metric
from core.text.csv_cell import harmless
from core.text.numbers import general
from core.time.clock import from_ms
from dashboard.http.api.parameters import DeviceQuery, Moment, parse
from dashboard.http.api.problems import ProblemError
from dashboard.http.charts_script import LIBRARY, LIBRARY_PATH
from dashboard.i18n import t_data
from dashboard.queries import chart_marks, chart_series, stores
from dashboard.views.chart_lines import ChartLine, packed
from dashboard.views.chart_window import in_address, offsets
from dashboard.views.curves import RANGES, range_until

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
NEW = {"Cache-Control": "no-store"}
MOST_POINTS = 3_000  # one for each pixel of a wide screen
EXACT = 12  # digits of a value in a CSV file


class SpanQuery(DeviceQuery):
    """Of one device, over a range that ends now, or over [since, until)."""

    span: str = ""
    since: Moment | None = None
    until: Moment | None = None

    @property
    def times(self) -> tuple[int, int]:
        """Start and end, UTC milliseconds."""
        if self.span in RANGES:
            return range_until(stores.now(), RANGES[self.span])
        if self.since is None or self.until is None or self.since >= self.until:
            raise ProblemError(400, "say a `span`, or `since` and then `until`")
        return self.since, self.until


class LinesQuery(SpanQuery):
    """Of one metric, each of some components a line."""

    metric: str
    parts: Json[list[str]] = Field(default_factory=lambda: [""], max_length=32)
    points: int = Field(default=chart_series.POINTS, ge=2, le=MOST_POINTS)

    def known_metric(self) -> Metric:
        """The metric. ProblemError if the device has none of that name."""
        metric = self.known_device().profile.metrics.get(self.metric)
        if metric is None:
            raise ProblemError(404, f"the device has no metric {self.metric!r}")
        return metric


class ExpectedQuery(SpanQuery):
    """Of one detector on one component."""

    detector: str
    component: str = ""


def library(_request: Request) -> Response:
    """The script that draws."""
    return Response(LIBRARY, headers=FOR_EVER, media_type="text/javascript")


def lines(request: Request) -> Response:
    """The values of one chart."""
    query = parse(LinesQuery, request.query_params.multi_items())
    start, end = query.times
    rows = _lines(query, start, end)
    return _packed({}, rows, start, end)


def as_csv(request: Request) -> Response:
    """The same points, as a file."""
    query = parse(LinesQuery, request.query_params.multi_items())
    start, end = query.times
    text = _csv(query, _lines(query, start, end), start, end)
    name = f"{query.device}-{query.metric}-{in_address(start)}-{in_address(end)}.csv"
    named = f"attachment; filename*=UTF-8''{quote(name.replace(':', ''))}"
    content = text.encode("utf-8-sig")  # spreadsheets know the script by the mark
    return Response(content, headers={**NEW, "Content-Disposition": named}, media_type="text/csv")


def verdicts(request: Request) -> Response:
    """What a detector expected of each day, what was, and its forecast."""
    query = parse(ExpectedQuery, request.query_params.multi_items())
    start, end = query.times
    device = query.known_device()
    drawing = chart_series.expected(device.id, query.detector, query.component, start, end)
    return _packed(drawing.header, drawing.lines, start, max(end, drawing.end))


def marks(request: Request) -> Response:
    """What happened to a device."""
    query = parse(SpanQuery, request.query_params.multi_items())
    start, end = query.times
    rows = chart_marks.marks(query.known_device().id, start, end)
    return JSONResponse([row._asdict() for row in rows], headers=NEW)


ROUTES = [
    Route(LIBRARY_PATH, library, methods=["GET"]),
    Route("/charts/lines", lines, methods=["GET"]),
    Route("/charts/lines.csv", as_csv, methods=["GET"]),
    Route("/charts/verdicts", verdicts, methods=["GET"]),
    Route("/charts/marks", marks, methods=["GET"]),
]


def _lines(query: LinesQuery, start: int, end: int) -> list[ChartLine]:
    query.known_metric()
    return chart_series.lines(
        query.known_device(), query.metric, query.parts, start, end, query.points
    )


def _packed(header: dict[str, object], rows: Sequence[ChartLine], start: int, end: int) -> Response:
    zone = stores.site().zone
    everything = {
        "start": start,
        "end": end,
        "now": stores.now(),
        "offsets": offsets(start, end, zone),
        **header,
    }
    return Response(packed(everything, rows), headers=NEW, media_type="application/octet-stream")


def _csv(query: LinesQuery, rows: Sequence[ChartLine], start: int, end: int) -> str:
    """A row a point: the time with its zone, and what the point stands for."""
    metric, zone = query.known_metric(), stores.site().zone
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("time", "device", "metric", "component", "unit", "value", "lowest", "highest"))
    for line in rows:
        names = map(harmless, (query.device, query.metric, line.name, metric.unit))
        about = tuple(names)
        for at, *values in zip(line.at.tolist(), line.mean, line.low, line.high, strict=True):
            if start <= at < end and values[0] == values[0]:  # NaN stands for a gap
                state = metric.states.get(round(values[0])) if metric.kind == "state" else None
                numbers = [general(float(value), EXACT) for value in values]
                shown = harmless(t_data(state)) if state else numbers[0]
                moment = from_ms(at, zone).isoformat(timespec="milliseconds")
                writer.writerow((moment, *about, shown, *numbers[1:]))
    return text.getvalue()
