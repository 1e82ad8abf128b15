"""The site, its stores and the clock, as the dashboard has them: opened once for all sessions."""

import os
import time
from pathlib import Path

import streamlit as st

from core.schema.load import load_site
from core.schema.site import Site
from storage.backup.retention import newest
from storage.records import Records
from storage.series.store import SeriesStore, open_store

SITE_VARIABLE = "SCANWARD_SITE"


def now() -> int:
    """UTC milliseconds. The one place of the dashboard that reads the clock."""
    return time.time_ns() // 1_000_000


def steady() -> int:
    """Milliseconds of a clock that nobody sets, from an unknown beginning."""
    return time.monotonic_ns() // 1_000_000


@st.cache_resource(show_spinner=False)
def site() -> Site:
    """The site this dashboard is for."""
    return load_site(Path(os.environ[SITE_VARIABLE]))


@st.cache_resource(show_spinner=False)
def series() -> SeriesStore:
    """The readings, as the site says they are kept."""
    return open_store(site())


@st.cache_resource(show_spinner=False, on_release=Records.close)
def records() -> Records:
    """The records; forms.writing() is the only door through which they are written."""
    return Records(site().records_url, newest_backup=lambda: newest(site()))
