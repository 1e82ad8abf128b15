"""Every metric of a device that has something to show, one chart each."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.metric import Metric
from core.schema.site import Device
from core.vocabulary.severity import Severity
from dashboard.components.device.chart import chart_data, chart_spec, colour
from dashboard.components.device.values import limit_text
from dashboard.components.fleet.badge import icon
from dashboard.i18n import t, t_data
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import series as series_queries
from dashboard.queries import stores
from dashboard.views import curves
from dashboard.views.device_status import RESPONSE, UP, in_order
from dashboard.views.dicom_values import DICOM, place

MOST_PARTS = 8


def charts(device: Device, time_range: str, start: int, end: int) -> None:
    """The profile's own metrics in its order, then what DICOM tells; what Scanward adds (`up`) is last."""
    components: dict[str, list[str]] = {}
    for reading in fleet_queries.latest():
        if reading.device == device.id and reading.metric in device.profile.metrics:
            components.setdefault(reading.metric, []).append(reading.component)
    names = [name for name in device.profile.metrics if name in components]
    for parts in components.values():
        parts.sort(key=in_order)
    by_dicom = {name for name in names if components[name] == [DICOM]}
    names.sort(
        key=lambda name: (
            name in (UP, RESPONSE),
            name in by_dicom,
            place(name) * (name in by_dicom),
        )
    )
    with st.container(key="charts"):
        for name in names:
            with st.container(key=f"chart-{device.id}-{name}"):
                _chart(device, name, components[name], time_range, start, end)


def _chart(
    device: Device, name: str, parts: list[str], time_range: str, start: int, end: int
) -> None:
    metric, site = device.profile.metrics[name], stores.site()
    shown = parts[:MOST_PARTS]
    drawn = {part: series_queries.curve(device.id, name, part, start, end) for part in shown}
    rows = curves.curve_rows(drawn, metric, site)
    limits = {rule.id: rule for part in shown for rule in device.profile.limits(name, part)}
    limit_texts = [(rule.severity, limit_text(rule, metric)) for rule in limits.values()]
    st.html(_caption(metric, limit_texts, parts, is_empty=not rows))
    rows += curves.limit_rows(limits.values(), metric, rows)
    if metric.kind != "state":
        rows += curves.room_rows(rows)
    rows += curves.edges(start, end, site)
    spec = chart_spec(metric, shown, time_range)
    st.vega_lite_chart(chart_data(rows), spec, key=f"vega-{device.id}-{name}", width="stretch")


def _caption(
    metric: Metric, limits: Sequence[tuple[Severity, str]], parts: Sequence[str], *, is_empty: bool
) -> str:
    title = t_data(metric.title)
    unit = t_data(metric.unit)
    named = t("device.chart", title=title, unit=unit) if unit else title
    chips = "".join(
        f'<span class="sw-limit"><span class="sw-{severity}-text">{icon(severity)}</span>'
        f"{escape(text)}</span>"
        for severity, text in limits
    )
    notes = [t("device.no_history")] if is_empty else []
    if len(parts) > MOST_PARTS:
        notes.append(t("device.some", shown=MOST_PARTS, count=len(parts)))
    hint = f'<span class="sw-hint">{escape(" ".join(notes))}</span>' if notes else ""
    return f'<div class="sw-caption"><h3>{escape(named)}</h3>{chips}{_legend(parts)}{hint}</div>'


def _legend(parts: Sequence[str]) -> str:
    """Which colour is which part; needed from two on."""
    if len(parts) < 2:
        return ""
    return "".join(
        f'<span class="sw-key"><span style="background:{colour(number)}"></span>{escape(part)}</span>'
        for number, part in enumerate(parts[:MOST_PARTS])
    )
