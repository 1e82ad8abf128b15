"""Curves, readings and events of a device."""

import streamlit as st

from core.readings import Event, Reading
from dashboard.queries import stores
from storage.series import Curve

POINTS = 360  # of a curve; about one for two pixels of a chart


@st.cache_data(ttl="10s", show_spinner=False)
def events(device: str, start: int, end: int, limit: int) -> list[Event]:
    """What a device said in words, newest first."""
    return stores.series().events(device, start, end, limit)


@st.cache_data(ttl="60s", max_entries=2_000, show_spinner=False)
def curve(device: str, metric: str, component: str, start: int, end: int) -> Curve:
    """One series over [start, end). Round both times, so that open pages share the answer."""
    return stores.series().range(device, metric, component, start, end, POINTS)


def readings(device: str, metric: str, since: int, limit: int) -> list[Reading]:
    """Raw readings, oldest first; never cached."""
    return stores.series().readings(device, metric, since, limit)
