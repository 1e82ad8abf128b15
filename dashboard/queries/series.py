"""Curves, readings and events of a device."""

import streamlit as st

from core.readings import SOURCE_KINDS, Event, Reading
from core.time.clock import DAY
from dashboard.queries import stores
from storage.series import Curve

POINTS = 360  # of a curve; about one for two pixels of a chart
DOUBTS_LAST = 400 * DAY  # a doubt about a source is reported once, and holds until it ends
MOST_EVENTS = 5_000  # that are searched for it


@st.cache_data(ttl="10s", show_spinner=False)
def events(device: str, start: int, end: int, limit: int) -> list[Event]:
    """What a device said in words, newest first."""
    return stores.series().events(device, start, end, limit)


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def source_events(device: str, minute: int) -> list[Event]:
    """What is known of its sources themselves: clocks, probes, keys that no profile has; newest first.

    `minute` is the start of one, so that open pages share the answer.
    """
    start, end = minute - DOUBTS_LAST, minute + DAY
    events = stores.series().events(device, start, end, MOST_EVENTS)
    return [event for event in events if event.kind in SOURCE_KINDS]


@st.cache_data(ttl="60s", max_entries=2_000, show_spinner=False)
def curve(
    device: str, metric: str, component: str, start: int, end: int, points: int = POINTS
) -> Curve:
    """One series over [start, end). Round both times, so that open pages share the answer."""
    return stores.series().range(device, metric, component, start, end, points)


def readings(device: str, metric: str, since: int, limit: int) -> list[Reading]:
    """Raw readings, oldest first; never cached."""
    return stores.series().readings(device, metric, since, limit)
