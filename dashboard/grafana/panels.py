"""Panels for the metrics of a profile: their unit, their limits and their states as colours."""

import math
from collections.abc import Sequence

from grafana_foundation_sdk.builders import common as build
from grafana_foundation_sdk.builders import dashboard, stat, statetimeline, timeseries
from grafana_foundation_sdk.models.common import GraphThresholdsStyleMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.rules.limit import LimitRule
from core.vocabulary.severity import Severity
from dashboard.grafana.influxql import InfluxQl, curve, single, where
from dashboard.i18n import t, t_data

Panel = timeseries.Panel | stat.Panel | statetimeline.Panel

HEIGHT, HALF = 8, 12  # of Grafana's grid, which is 24 wide

_UNITS = {
    "": "short", "%": "percent", "°C": "celsius", "V": "volt", "A": "amp", "W": "watt",
    "Hz": "hertz", "s": "s", "ms": "ms", "min": "m", "h": "h", "B": "bytes", "kPa": "pressurekpa",
}  # fmt: skip
_COLOURS: dict[Severity, str] = {
    "info": "blue", "warning": "yellow", "error": "orange", "critical": "red"
}  # fmt: skip
_RANK: Sequence[Severity] = ("info", "warning", "error", "critical")
WELL, UNKNOWN = "green", "text"


def unit_of(metric: Metric) -> str:
    """Grafana's name of a unit; one that it does not know is put behind the number."""
    return _UNITS.get(metric.unit, f"suffix: {metric.unit}")


def thresholds(limits: Sequence[LimitRule], well: str = WELL) -> dashboard.ThresholdsConfig:
    """Colours between the limits: of the worst that would sound there.

    A colour of Grafana's begins at its number; a limit `above` sounds only past its own.
    """
    edges = sorted({_edge(rule) for rule in limits})
    steps = [Threshold(value=None, color=_colour(limits, _before(edges), well))]
    for edge, after in zip(edges, [*edges[1:], float("inf")], strict=False):
        inside = min(edge + 1, (edge + after) / 2)
        steps.append(Threshold(value=edge, color=_colour(limits, inside, well)))
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _edge(rule: LimitRule) -> float:
    return rule.limit if rule.above is None else math.nextafter(rule.limit, math.inf)


def _before(edges: Sequence[float]) -> float:
    return edges[0] - 1 if edges else 0.0


def _colour(limits: Sequence[LimitRule], value: float, well: str) -> str:
    sounding = [rule.severity for rule in limits if rule.is_beyond(value)]
    return _COLOURS[max(sounding, key=_RANK.index)] if sounding else well


def states(metric: Metric) -> list[ValueMapping]:
    """A word for each number of a state."""
    words = {
        str(number): ValueMappingResult(text=word, index=place)
        for place, (number, word) in enumerate(metric.states.items())
    }
    return [ValueMap(options=words)] if words else []


def over_time(source: DataSourceRef, site: str, name: str, profile: Profile) -> Panel:
    """One metric of the chosen device, a curve or a band for each component."""
    metric, limits = profile.metrics[name], profile.limits(name)
    which = where(site, device="$device", metric=name)
    if metric.kind == "state":
        query = InfluxQl(source, curve('last("value")', which, "component"), "$tag_component")
        return (
            statetimeline.Panel()
            .title(t_data(metric.title))
            .datasource(source)
            .mappings(states(metric))
            .thresholds(thresholds(limits))
            .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
            .with_target(query)
            .height(HEIGHT)
            .span(HALF)
        )
    panel = _curves(source, metric, limits, which)
    title = t_data(metric.title)
    return panel.title(t("grafana.per_hour", what=title) if metric.kind == "counter" else title)


def _curves(
    source: DataSourceRef, metric: Metric, limits: Sequence[LimitRule], which: str
) -> timeseries.Panel:
    what, fill = 'mean("value")', "null"
    if metric.kind == "counter":
        what, fill = 'non_negative_derivative(max("value"), 1h)', "none"
    query = InfluxQl(source, curve(what, which, "component", fill), "$tag_component")
    # Curves keep their own colours; a limit is a dashed line with a shade behind it.
    style = GraphThresholdsStyleMode.DASHED_AND_AREA if limits else GraphThresholdsStyleMode.OFF
    return (
        timeseries.Panel()
        .datasource(source)
        .unit(unit_of(metric))
        .thresholds(thresholds(limits, "transparent"))
        .thresholds_style(build.GraphThresholdsStyleConfig().mode(style))
        .show_points(VisibilityMode.NEVER)
        .span_nulls(span_nulls=600_000)  # a gap of more than ten minutes is seen as one
        .with_target(query)
        .height(HEIGHT)
        .span(HALF)
    )


def newest(
    source: DataSourceRef, site: str, device: str, name: str, profile: Profile
) -> stat.Panel:
    """The newest value of one metric of one device."""
    metric = profile.metrics[name]
    which = where(site, device=device, metric=name)
    return (
        stat.Panel()
        .title(t_data(metric.title))
        .datasource(source)
        .unit(unit_of(metric))
        .mappings(states(metric))
        .thresholds(thresholds(profile.limits(name), UNKNOWN))
        .with_target(
            InfluxQl(source, single('last("value")', which, "component"), "$tag_component")
        )
        .height(4)
        .span(6)
    )
