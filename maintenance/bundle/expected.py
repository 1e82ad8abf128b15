"""What detectors expected of the device, against what was measured: the newest in words, each as a chart."""

from dataclasses import replace
from itertools import groupby
from zoneinfo import ZoneInfo

from maintenance.bundle.content import BundledCurve, BundledVerdict, Content
from maintenance.bundle.format import quantity, utc
from maintenance.bundle.html import row, table
from maintenance.bundle.value_sections import figure
from storage.series import Point

NOTE = (
    '<p class="muted">The band is what the detector expected, the line in it its best guess;'
    " one value a day, and one whenever an alarm begins or ends.</p>"
)


def expected_section(content: Content, zone: ZoneInfo) -> str:
    """Of the device's detectors that have been in alarm in thirty days or more; empty if none has."""
    device = content.devices[0].id
    judged = sorted(
        (row for row in content.verdicts if row.device == device and row.expected is not None),
        key=lambda row: (row.detector, row.component, row.at),
    )
    rows: list[str] = []
    figures: list[str] = []
    for _, same in groupby(judged, key=lambda row: (row.detector, row.component)):
        verdicts = list(same)
        model = next(
            (c for c in content.curves if (c.device, c.name) == (device, verdicts[0].metric)), None
        )
        if model is None or not any(verdict.alarm for verdict in verdicts):
            continue
        rows.append(_newest(verdicts, model))
        start, end = content.request.overview()
        request = replace(content.request, start=start, end=max(end, verdicts[-1].at + 1))
        figures.append(figure(request, _curves(verdicts, model), zone))
    if not rows:
        return ""
    heads = ("UTC", "What", "n:Was", "n:Expected", "n:Between")
    drawn = "".join(figures)
    return f'<h2>Expected and actual</h2>{NOTE}{table(heads, rows, "")}<div class="charts">{drawn}</div>'


def _newest(verdicts: list[BundledVerdict], model: BundledCurve) -> str:
    newest, metric = [verdict for verdict in verdicts if verdict.alarm][-1], model.metric
    part = f" ({newest.component})" if newest.component else ""
    between = " … ".join(quantity(edge, metric) for edge in (newest.low, newest.high))
    return row(
        [
            ("t", utc(newest.at)),
            ("", metric.title + part),
            ("n w", quantity(newest.value, metric)),
            ("n w", quantity(newest.expected, metric)),
            ("n", between),
        ]
    )


def _curves(verdicts: list[BundledVerdict], model: BundledCurve) -> list[BundledCurve]:
    """Two: the expected with its band, and what was."""
    expected = [
        Point(
            v.at,
            v.expected,
            v.expected if v.low is None else v.low,
            v.expected if v.high is None else v.high,
            1,
        )
        for v in verdicts
        if v.expected is not None
    ]
    actual = [Point(v.at, v.value, v.value, v.value, 1) for v in verdicts if v.value is not None]
    curves = [model._replace(component="expected", drawn=expected)]
    return [*curves, model._replace(component="actual", drawn=actual)] if actual else curves
