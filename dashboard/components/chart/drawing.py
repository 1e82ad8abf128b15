"""A chart on a canvas, as a component of Streamlit (v2), whose scripts lie in `browser/`.

What it gets is a description that stays the same for as long as the page shows the same: the values it asks for
itself (`dashboard/http/charts.py`), when it comes into sight. So a page that runs again sends nothing anew.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlencode

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from core.time.calendars import Calendar
from dashboard import i18n
from dashboard.http.charts_script import LIBRARY_PATH
from dashboard.text.format import MONTHS
from dashboard.views.chart_window import ChartWindow
from dashboard.views.curves import RANGES

FOLDER = Path(__file__).parent
_PACKAGE, _NAME = "scanward", "chart"
_COMPONENT = f"{_PACKAGE}.{_NAME}"

# Okabe and Ito's colours, told apart by everyone and on light and dark ground alike.
PALETTE = ("#2b8cc4", "#d9741a", "#0b9e77", "#c978a8", "#d4a017", "#7a6fd0", "#6b7b84", "#a0522d")
TONES = {"critical": "#d63a4e", "error": "#d9601a", "warning": "#c98a00", "info": "#4a86c8"}
EXPECTED = "#8a97a0"

# What the scripts write by themselves, by the name that they know it by.
_WORDS = {
    "date": "time.date",
    "day": "chart.day",
    "month": "time.month_year",
    "clock": "time.day",
    "seconds": "span.seconds",
    "minutes": "span.minutes",
    "minutes_even": "span.minutes_even",
    "hours": "span.hours",
    "hours_even": "span.hours_even",
    "days": "span.days",
    "days_even": "span.days_even",
    "summary": "chart.summary",
    "gaps": "chart.gaps",
    "keys": "chart.keys",
    "nothing": "device.no_history",
    "lost": "chart.lost",
    "signed_out": "login.signed_out",
    "until_now": "chart.until_now",
    "closer": "chart.closer",
    "farther": "chart.farther",
    "whole": "chart.whole",
    "full": "chart.full",
    "csv": "chart.csv",
    "table": "chart.table",
    "time": "tip.when",
    "value": "tip.value",
    "range": "tip.range",
    "part": "tip.part",
    "expected": "tip.expected",
    "more_rows": "chart.more_rows",
}


class LimitLine(TypedDict):
    """A line at a limit; what lies beyond it is shaded."""

    value: float
    colour: str
    severity: str
    upwards: bool


class Description(TypedDict, total=False):
    """What one chart shows."""

    lines: str  # where its values are asked for
    csv: str  # and as a file; absent if there is none
    marks: str  # where what happened to its device is asked for
    window: dict[str, Any]
    title: str
    unit: str
    kind: str
    metric: str
    states: dict[str, str]
    limits: list[LimitLine]
    levels: list[float]  # the baselines of what is measured against its own past
    colours: dict[str, str]  # by the name of the line, in their order
    group: str  # the charts that are looked at closer together


def draw(description: Description, key: str) -> None:
    """The chart, as wide as its place."""
    _register()
    calendar = i18n.calendar()
    words = _words(i18n.language(), calendar)
    common = {"library": LIBRARY_PATH.lstrip("/"), "words": words, "calendar": calendar}
    _component()(data={**description, **common}, key=key)


def described_window(window: ChartWindow) -> dict[str, Any]:
    """The time that a chart shows: one that goes on by itself is named, and how often it is asked again."""
    if window.name:
        return {"span": window.name, "every": RANGES[window.name].every_s}
    return {"since": window.start, "until": window.end}


def address(path: str, **query: str) -> str:
    """Relative, for a proxy may keep Scanward below a path."""
    return f"charts/{path}?{urlencode(query)}"


@cache
def _words(language: str, calendar: Calendar) -> dict[str, str]:
    catalogue, keys = i18n.catalogue(language), {**_WORDS, "months": MONTHS[calendar]}
    return {name: catalogue.find(key) or i18n.missing(key) for name, key in keys.items()}


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(_COMPONENT, js="chart.js", isolate_styles=False)


def _register() -> None:
    """Say to this run of Streamlit's server where the scripts lie: they have addresses, for the policy of the
    pages lets no script run that stands within them."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_COMPONENT) is None:
        config = ComponentConfig(_NAME, "browser")
        manager.register_from_manifest(ComponentManifest(_PACKAGE, "1", [config]), FOLDER)
