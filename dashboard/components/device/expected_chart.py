"""The value of each day against what was expected, with its band, and the time in alarm shaded."""

from typing import Any

import altair as alt

from dashboard.components.device.chart import LIMITS, PALETTE
from dashboard.i18n import t

HEIGHT = 170
EXPECTED = "#8a97a0"


def expected_spec(days: int) -> dict[str, Any]:
    """The drawing without its data, over so many days."""
    x = alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", nice=False),
        axis=alt.Axis(
            format="%d %b" if days < 300 else "%b %Y", labelOverlap=True, grid=False, tickCount=6
        ),
    )
    scale = alt.Scale(zero=False, padding=6)
    spaced = "replace(format(datum.value, ',.9~r'), /,/g, '\\u202f')"
    axis = alt.Axis(tickCount=4, grid=True, labelExpr=spaced)
    day = _only("datum.kind == 'day'")
    run = alt.Detail("run:N")
    layers = [
        _only("datum.kind == 'edge'").mark_rule(opacity=0).encode(x),
        _only("datum.kind == 'alarm'")
        .mark_rect(color=LIMITS["warning"], opacity=0.16, clip=True)
        .encode(x, x2="until:T", y=alt.value(0), y2=alt.value(HEIGHT)),
        day.mark_area(color=EXPECTED, opacity=0.25).encode(
            x, alt.Y("low:Q", title=None), alt.Y2("high:Q"), run
        ),
        day.mark_line(color=EXPECTED, strokeDash=[5, 4], strokeWidth=1.4).encode(
            x, alt.Y("expected:Q", title=None, scale=scale, axis=axis), run
        ),
        day.mark_line(color=PALETTE[0], strokeWidth=1.8, point={"size": 22}).encode(
            x, alt.Y("value:Q", title=None, scale=scale, axis=axis), run
        ),
        _pointer(day, x),
    ]
    chart: Any = alt.layer(*layers).properties(height=HEIGHT, background="transparent")
    chart.usermeta = {"embedOptions": {"renderer": "canvas"}}
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("data", None)
    return spec


def _pointer(day: Any, x: alt.X) -> Any:
    near = alt.selection_point(nearest=True, on="pointerover", empty=False, clear="pointerout")
    tips = [
        alt.Tooltip("when:N", title=t("tip.when")),
        alt.Tooltip("text:N", title=t("tip.value")),
        alt.Tooltip("due:N", title=t("tip.expected")),
    ]
    shown = alt.when(near).then(alt.value(1)).otherwise(alt.value(0))
    dot = day.mark_point(filled=True, size=55, color=PALETTE[0])
    return dot.encode(x, alt.Y("value:Q", title=None), opacity=shown, tooltip=tips).add_params(near)


def _only(rows: str) -> Any:
    return alt.Chart().transform_filter(rows)
