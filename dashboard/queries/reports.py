"""Reports of a month, and the calendar of due work."""

import streamlit as st

from core.time.calendars import Month
from dashboard.queries import stores
from maintenance.planning.ical import entries, feed
from maintenance.reports.locale import Language, ReportLocale
from maintenance.reports.make import make
from maintenance.reports.model import Kind, Report
from storage.series import SeriesReader


def calendar_feed(now: int) -> bytes:
    """Due work, and the ends of contracts and warranties, as iCalendar."""
    with stores.records().reading() as db:
        found = entries(db, stores.site(), now)
    return feed(stores.site().file.name, stores.site().file.id, found, now)


@st.cache_data(ttl="60s", max_entries=20, show_spinner=False)
def report(kind: Kind, month: Month, language: Language) -> tuple[Report, ReportLocale]:
    """The report of a month, and the voice that writes it."""
    with stores.records().reading() as db:
        return make(
            db,
            stores.site(),
            SeriesReader(stores.site().series_path),
            kind,
            month,
            language,
            stores.now(),
        )
