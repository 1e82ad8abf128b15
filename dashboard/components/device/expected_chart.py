"""The value of each day against what was expected, with its band, the time in alarm, and the forecast to the limit."""

from core.schema.metric import Metric
from core.time.clock import HOUR
from dashboard.components.chart.drawing import (
    EXPECTED,
    PALETTE,
    Description,
    address,
    described_window,
    draw,
)
from dashboard.i18n import t, t_data
from dashboard.views.chart_window import ChartWindow
from dashboard.views.detector_status import DetectorStatus


def expected_chart(
    device: str, status: DetectorStatus, metric: Metric, start: int, end: int
) -> None:
    """The chart of one detector on one component; nothing before its first day with a value."""
    if all(row.value is None for row in status.verdicts):
        return
    end = -(-end // HOUR) * HOUR  # a verdict comes once a day: it stays the same for an hour
    start = start // HOUR * HOUR
    detector = status.settings.id
    query = {"device": device, "detector": detector, "component": status.component}
    described: Description = {
        "lines": address("verdicts", **query),
        "marks": address("marks", device=device),
        "window": described_window(ChartWindow("", start, end)),
        "title": t("chart.expected", title=t_data(metric.title)),
        "unit": t_data(metric.unit),
        "kind": metric.kind,
        "metric": status.settings.metric,
        "states": {},
        "limits": [],
        "colours": {"value": PALETTE[0], "expected": EXPECTED},
        "group": "expected",
    }
    draw(described, f"canvas-{device}-{detector}-{status.component}")
