"""The dashboard's only door to storage, and the place of every cache.

What changes by itself is cached for a few seconds, for all open pages together: twenty browsers
cost the store no more than one. A StoreError is never cached; the caller shows it.
"""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.calendars import Month
from core.clock import MINUTE
from core.errors import StoreError
from core.load import load_site
from core.site import Site
from core.words import Event, Reading
from dashboard.status import UP, AlertRow, Standing, standing
from maintenance.calendar import entries, feed
from maintenance.reports import Kind, Language, Report, Speech, make
from storage.records import Alert, Records
from storage.records import alerts as stored
from storage.series import Curve, SeriesReader
from storage.series.store import SeriesStore, open_store

SITE_VARIABLE = "SCANWARD_SITE"

POINTS = 360  # of a curve; about one for two pixels of a chart

# Older than this, what is stored or judged is said loudly to be old.
LATE = MINUTE


# It warns that nothing is served yet, once for every cache below.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything the first page shows. Without a reading store there are no standings."""

    standings: tuple[Standing, ...]
    heard_at: int | None  # when anything at all was last heard
    judged_at: int | None  # up to when readings have been judged for alerts
    trouble: tuple[str, ...]  # what could not be read


def now() -> int:
    """UTC milliseconds. The one place of the dashboard that reads the clock."""
    return time.time_ns() // 1_000_000


@st.cache_resource(show_spinner=False)
def site() -> Site:
    """The site this dashboard is for."""
    return load_site(Path(os.environ[SITE_VARIABLE]))


def fleet(now: int) -> Fleet:
    """How every device stands."""
    trouble: list[str] = []
    alerts: list[AlertRow] = []
    judged_at = None
    try:
        alerts, judged_at = open_alerts(), judged_until()
    except StoreError as error:
        trouble.append(str(error))
    try:
        readings = latest()
    except StoreError as error:
        return Fleet((), None, judged_at, (str(error), *trouble))
    heard_at = newest(readings, now)
    is_judged = judged_at is not None and (heard_at or 0) - judged_at <= LATE
    standings = tuple(
        standing(
            device,
            [reading for reading in readings if reading.device == device.id],
            [row for row in alerts if row.device == device.id],
            now,
            is_judged=is_judged,
        )
        for device in site().devices.values()
    )
    return Fleet(standings, heard_at, judged_at, tuple(trouble))


def newest(readings: Sequence[Reading], now: int) -> int | None:
    """When anything was last heard. `up` is best: its time is Scanward's own, not a device's."""
    ups = [reading.at for reading in readings if reading.metric == UP]
    past = [reading.at for reading in readings if reading.at <= now]
    return max(ups, default=max(past, default=None))


@st.cache_data(ttl="3s", show_spinner=False)
def latest() -> list[Reading]:
    """The newest reading of every series."""
    return series().latest()


@st.cache_data(ttl="3s", show_spinner=False)
def open_alerts() -> list[AlertRow]:
    """Alerts that have not ended, pending ones too."""
    with records().reading() as db:
        return [_row(alert) for alert in stored.open_alerts(db).values()]


@st.cache_data(ttl="10s", show_spinner=False)
def alerts_since(since: int, device: str | None = None) -> list[AlertRow]:
    """Alerts that are open, or ended after `since`; newest first."""
    with records().reading() as db:
        return [_row(alert) for alert in stored.alerts_since(db, since, device)]


@st.cache_data(ttl="10s", show_spinner=False)
def events(device: str, start: int, end: int, limit: int) -> list[Event]:
    """What a device said in words, newest first."""
    return series().events(device, start, end, limit)


@st.cache_data(ttl="60s", max_entries=2_000, show_spinner=False)
def curve(device: str, metric: str, component: str, start: int, end: int) -> Curve:
    """One series over [start, end). Round both times, so that open pages share the answer."""
    return series().range(device, metric, component, start, end, POINTS)


def readings(device: str, metric: str, since: int, limit: int) -> list[Reading]:
    """Raw readings, oldest first; never cached."""
    return series().readings(device, metric, since, limit)


@st.cache_data(ttl="3s", show_spinner=False)
def judged_until() -> int | None:
    """Up to when readings have been judged for alerts."""
    with records().reading() as db:
        heard = stored.heard(db).values()
        return max((row.at for row in heard if row.metric == UP), default=None)


def calendar_feed(now: int) -> bytes:
    """Due work, and the ends of contracts and warranties, as iCalendar."""
    with records().reading() as db:
        found = entries(db, site(), now)
    return feed(site().file.name, site().file.id, found, now)


@st.cache_data(ttl="60s", max_entries=20, show_spinner=False)
def report(kind: Kind, month: Month, language: Language) -> tuple[Report, Speech]:
    """The report of a month, and the voice that writes it."""
    with records().reading() as db:
        return make(db, site(), SeriesReader(site().series_path), kind, month, language, now())


def forget() -> None:
    """Something was written: what shows it is asked anew."""
    open_alerts.clear()
    alerts_since.clear()
    report.clear()


@st.cache_resource(show_spinner=False)
def series() -> SeriesStore:
    """The readings, as the site says they are kept."""
    return open_store(site())


@st.cache_resource(show_spinner=False, on_release=Records.close)
def records() -> Records:
    """The records, for dashboard/work/ too."""
    return Records(site().records_url)


def _row(alert: Alert) -> AlertRow:
    return AlertRow(
        device=alert.device,
        component=alert.component,
        rule=alert.rule,
        title=alert.title,
        severity=alert.severity,
        metric=alert.metric,
        state=alert.state,
        began_at=alert.began_at,
        fired_at=alert.fired_at,
        ended_at=alert.ended_at,
        id=alert.id,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        value=alert.value,
        limit=alert.limit,
    )
