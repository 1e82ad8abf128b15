"""One metric over time, every component of it, with the limits near it."""

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

from core.schema.metric import Metric
from dashboard import i18n
from dashboard.i18n import t, t_data
from dashboard.views.curves import ChartRow

HEIGHT = 190
MOST_SPECS = 2000  # drawings that are kept, some kilobytes each

_specs: dict[tuple[str, ...], str] = {}  # as JSON

# Okabe and Ito's colours, told apart by everyone and on light and dark ground alike.
PALETTE = ("#2b8cc4", "#d9741a", "#0b9e77", "#c978a8", "#d4a017", "#7a6fd0", "#6b7b84", "#a0522d")
LIMITS = {"critical": "#d63a4e", "error": "#d9601a", "warning": "#c98a00", "info": "#4a86c8"}

# Axis labels by the length of the range; 24 hours, never 12.
_TIMES = {
    "1h": "%H:%M",
    "6h": "%H:%M",
    "24h": "%H:%M",
    "7d": "%d %b",
    "30d": "%d %b",
    "90d": "%d %b",
}


def chart_spec(metric: Metric, parts: Sequence[str], time_range: str) -> dict[str, Any]:
    """The drawing without its data. It stays the same while data change, so nothing jumps."""
    # Made once, for it takes as long as the rest of the page.
    key = (metric.model_dump_json(), *parts, time_range, i18n.language())
    if key not in _specs:
        if len(_specs) >= MOST_SPECS:
            _specs.clear()
        _specs[key] = json.dumps(_made_spec(metric, parts, time_range))
    spec: dict[str, Any] = json.loads(_specs[key])
    return spec


def _made_spec(metric: Metric, parts: Sequence[str], time_range: str) -> dict[str, Any]:
    is_state = metric.kind == "state"
    step: Any = "step-after" if is_state else "linear"
    color = alt.Color(
        "part:N",
        scale=alt.Scale(domain=list(parts), range=[colour(i) for i in range(len(parts))]),
        legend=None,  # charts.py writes it above the chart, where it takes no room from it
    )
    x = alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", nice=False),
        axis=alt.Axis(format=_TIMES[time_range], labelOverlap=True, grid=False, tickCount=6),
    )
    y = alt.Y("mean:Q", title=None, scale=_scale(metric), axis=_axis(metric))
    points = _only("datum.kind == 'point'")
    band = points.mark_area(opacity=0.22, interpolate=step).encode(
        x, alt.Y("low:Q", title=None), alt.Y2("high:Q"), color, alt.Detail("run:N")
    )
    line = points.mark_line(strokeWidth=1.6, interpolate=step, clip=True).encode(
        x, y, color, alt.Detail("run:N")
    )
    dots = points.transform_filter("datum.alone").mark_circle(size=18).encode(x, y, color)
    layers = [*_frame(x, y), *_limits(y), band, line, dots, *_pointer(points, x, y, color, parts)]
    chart: Any = alt.layer(*layers).properties(height=HEIGHT, background="transparent")
    chart.usermeta = {"embedOptions": {"renderer": "canvas"}}
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("data", None)
    return spec


def colour(number: int) -> str:
    """The colour of the component with this number."""
    return PALETTE[number % len(PALETTE)]


def chart_data(rows: Sequence[ChartRow]) -> list[dict[str, Any]]:
    """The rows as Streamlit wants them."""
    return [{**row._asdict(), "color": LIMITS.get(row.severity, "")} for row in rows]


def _only(rows: str) -> Any:
    """A layer of some of the rows. Altair's own types lose their way after this call."""
    return alt.Chart().transform_filter(rows)


def _frame(x: alt.X, y: alt.Y) -> list[Any]:
    """Invisible marks that hold both axes open."""
    return [
        _only("datum.kind == 'edge'").mark_rule(opacity=0).encode(x),
        _only("datum.kind == 'room'").mark_rule(opacity=0).encode(y),
    ]


def _limits(y: alt.Y) -> list[Any]:
    """A line at each limit, and a shade over what lies beyond it."""
    color = alt.Color("color:N", scale=None)
    dash = alt.StrokeDash(
        "severity:N",
        scale=alt.Scale(domain=list(LIMITS), range=[[1, 0], [1, 0], [5, 4], [2, 3]]),
        legend=None,
    )
    limit = _only("datum.kind == 'limit'")
    above, below = limit.transform_filter("datum.upwards"), limit.transform_filter("!datum.upwards")
    return [
        above.mark_rect(opacity=0.07, clip=True).encode(y, y2=alt.value(0), color=color),
        below.mark_rect(opacity=0.07, clip=True).encode(y, y2=alt.value(HEIGHT), color=color),
        limit.mark_rule(strokeWidth=1.4).encode(y, color=color, strokeDash=dash),
    ]


def _pointer(points: Any, x: alt.X, y: alt.Y, color: alt.Color, parts: Sequence[str]) -> list[Any]:
    """The point nearest to the finger or mouse, with its time and value in words."""
    near = alt.selection_point(nearest=True, on="pointerover", empty=False, clear="pointerout")
    tips = [
        alt.Tooltip("when:N", title=t("tip.when")),
        alt.Tooltip("text:N", title=t("tip.value")),
        alt.Tooltip("span:N", title=t("tip.range")),
    ]
    if len(parts) > 1:
        tips.append(alt.Tooltip("part:N", title=t("tip.part")))
    dot = points.mark_point(filled=True, size=55)
    return [
        dot.encode(
            x,
            y,
            color,
            opacity=alt.when(near).then(alt.value(1)).otherwise(alt.value(0)),
            tooltip=tips,
        ).add_params(near)
    ]


def _scale(metric: Metric) -> alt.Scale:
    if metric.kind == "state" and metric.states:
        return alt.Scale(domain=[min(metric.states) - 0.3, max(metric.states) + 0.3], nice=False)
    return alt.Scale(zero=False, padding=6)


def _axis(metric: Metric) -> alt.Axis:
    if metric.kind == "state" and metric.states:
        words = {str(number): t_data(word) for number, word in metric.states.items()}
        named = f"({json.dumps(words, ensure_ascii=False)})[datum.value] || ''"
        return alt.Axis(
            values=sorted(metric.states), labelExpr=named, labelOverlap=False, labelLimit=110
        )
    spaced = "replace(format(datum.value, ',.9~r'), /,/g, '\\u202f')"
    return alt.Axis(tickCount=4, grid=True, labelExpr=spaced)
