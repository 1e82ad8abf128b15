"""The lines of charts: what was measured, and what detectors expected."""

from collections.abc import Sequence

from core.schema.site import Device
from dashboard.queries import detectors as detector_queries
from dashboard.queries import series as series_queries
from dashboard.queries.series import POINTS
from dashboard.views.chart_lines import ChartLine, chart_line
from dashboard.views.expected_lines import ExpectedDrawing, expected_drawing

__all__ = ["POINTS", "expected", "lines"]


def lines(
    device: Device, metric: str, parts: Sequence[str], start: int, end: int, points: int
) -> list[ChartLine]:
    """A line for each of these components over [start, end)."""
    meaning = device.profile.metrics[metric]
    return [
        chart_line(
            part,
            series_queries.curve(device.id, metric, part, start, end, points),
            meaning, start, end, points,
        )
        for part in parts
    ]  # fmt: skip


def expected(device: str, detector: str, component: str, start: int, end: int) -> ExpectedDrawing:
    """The days of one detector on one component in [start, end), its alarms, and its newest forecast."""
    rows = [
        row
        for row in detector_queries.verdicts(device, start, end)
        if (row.detector, row.component) == (detector, component)
    ]
    return expected_drawing(rows, start, end)
