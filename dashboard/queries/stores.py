"""The site, its stores and the clock, as the dashboard has them: opened once for all sessions."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.errors import Mistake
from core.schema.editing.address import child
from core.schema.load import load_site
from core.schema.site import Site
from storage.backup.retention import newest
from storage.records import Records
from storage.series.store import SeriesStore, open_store

SITE_VARIABLE = "SCANWARD_SITE"
_AT_START = ("id", "http", "access", "storage")  # what the server and its stores were begun with


def now() -> int:
    """UTC milliseconds. The one place of the dashboard that reads the clock."""
    return time.time_ns() // 1_000_000


def steady() -> int:
    """Milliseconds of a clock that nobody sets, from an unknown beginning."""
    return time.monotonic_ns() // 1_000_000


def site_path() -> Path:
    """The site file."""
    return Path(os.environ[SITE_VARIABLE])


@st.cache_resource(show_spinner=False)
def site() -> Site:
    """The site this dashboard is for."""
    return load_site(site_path())


@st.cache_resource(show_spinner=False)
def site_mistakes() -> list[Mistake]:
    """What is wrong with the site file as it is now, which therefore changes nothing."""
    return []


def note_mistakes(mistakes: Sequence[Mistake]) -> None:
    """For the banner of every page."""
    site_mistakes()[:] = mistakes


def renew(new: Site) -> bool:
    """Show the site anew in all sessions; False if the server must begin anew for it."""
    known = site().raw
    if any(child(known, name) != child(new.raw, name) for name in _AT_START):
        return False
    site.clear()
    st.cache_data.clear()
    site()  # at once: who looks next finds the file that was checked
    return True


@st.cache_resource(show_spinner=False)
def series() -> SeriesStore:
    """The readings, as the site says they are kept."""
    return open_store(site())


@st.cache_resource(show_spinner=False, on_release=Records.close)
def records() -> Records:
    """The records; forms.writing() is the only door through which they are written."""
    return Records(site().records_url, newest_backup=lambda: newest(site()))
