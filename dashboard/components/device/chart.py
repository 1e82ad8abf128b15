"""One metric over time, every component of it, with the limits near it and what happened meanwhile."""

import json
from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.schema.site import Device
from dashboard.components.chart.drawing import (
    PALETTE,
    TONES,
    Description,
    LimitLine,
    address,
    described_window,
    draw,
)
from dashboard.components.device.values import limit_text
from dashboard.components.fleet.badge import icon
from dashboard.components.shared.accepted import baseline_hints
from dashboard.i18n import t, t_data
from dashboard.queries import rounds as round_queries
from dashboard.views.chart_window import ChartWindow
from maintenance.rounds.accepted import Accepted

MOST_PARTS = 8


def chart(
    device: Device, name: str, parts: Sequence[str], time_range: str, start: int, end: int
) -> None:
    """A metric of a device with its caption; `time_range` is empty where start and end are chosen."""
    metric, shown = device.profile.metrics[name], parts[:MOST_PARTS]
    known = [_accepted(device, name, part) for part in shown]
    rules = {(rule.id, rule.limit): rule for each in known for rule in each.limits}
    levels = sorted({level for each in known for level in each.baselines})
    hints = [hint for each in known for hint in baseline_hints(each, metric)]
    st.html(_caption(metric, list(rules.values()), parts, [*dict.fromkeys(hints)]))
    query = {"device": device.id, "metric": name, "parts": json.dumps(list(shown))}
    described: Description = {
        "lines": address("lines", **query),
        "csv": address("lines.csv", **query),
        "marks": address("marks", device=device.id),
        "window": described_window(ChartWindow(time_range, start, end)),
        "title": t_data(metric.title),
        "unit": t_data(metric.unit),
        "kind": metric.kind,
        "metric": name,
        "states": {str(number): t_data(word) for number, word in metric.states.items()},
        "limits": [] if metric.kind == "state" else [_limit(rule) for rule in rules.values()],
        "levels": levels,
        "colours": {part: colour(number) for number, part in enumerate(shown)},
        "group": "measured",
    }
    draw(described, f"canvas-{device.id}-{name}")


def _accepted(device: Device, name: str, part: str) -> Accepted:
    """Its limits; those around a baseline need its first readings, and are asked for only if it has any."""
    if device.profile.tolerances(name, part):
        return round_queries.accepted_of(device.id, name, part)
    return Accepted(tuple(device.profile.limits(name, part)))


def colour(number: int) -> str:
    """The colour of the component with this number."""
    return PALETTE[number % len(PALETTE)]


def _limit(rule: LimitRule) -> LimitLine:
    return LimitLine(
        value=rule.limit,
        colour=TONES[rule.severity],
        severity=rule.severity,
        upwards=rule.above is not None,
    )


def _caption(
    metric: Metric, rules: Sequence[LimitRule], parts: Sequence[str], hints: Sequence[str]
) -> str:
    title, unit = t_data(metric.title), t_data(metric.unit)
    # Lengths of time and sizes have their unit at each value: `116 d`, `1.4 TB`.
    is_scaled = metric.unit in ("s", "B") and metric.kind != "counter"
    named = t("device.chart", title=title, unit=unit) if unit and not is_scaled else title
    chips = "".join(
        f'<span class="sw-limit"><span class="sw-{rule.severity}-text">{icon(rule.severity)}</span>'
        f"{escape(limit_text(rule, metric))}</span>"
        for rule in rules
    )
    many = t("device.some", shown=MOST_PARTS, count=len(parts)) if len(parts) > MOST_PARTS else ""
    hint = "".join(
        f'<span class="sw-hint">{escape(text)}</span>' for text in (*hints, many) if text
    )
    return f'<div class="sw-caption"><h3>{escape(named)}</h3>{chips}{_legend(parts)}{hint}</div>'


def _legend(parts: Sequence[str]) -> str:
    """Which colour is which part; needed from two on."""
    if len(parts) < 2:
        return ""
    return "".join(
        f'<span class="sw-key"><span style="background:{colour(number)}"></span>{escape(part)}</span>'
        for number, part in enumerate(parts[:MOST_PARTS])
    )
