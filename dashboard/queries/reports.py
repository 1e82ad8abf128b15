"""Reports of a month, and the calendar of due work."""

import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.time.calendars import Calendar, Month, month_of
from dashboard import i18n
from dashboard.queries import stores
from maintenance.planning.ical import entries, feed
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Format, Kind, Report
from maintenance.reports.own_process import Figures, ReportFile, run_apart
from storage.records import Downtime
from storage.records import downtime as downtime_rows

MONTHS_BACK = 24  # that can be chosen


def months(now: int, calendar: Calendar | None = None) -> list[Month]:
    """This month in a calendar, the site's without one, and those before it."""
    site = stores.site()
    last = month_of(now, site.zone, calendar or site.file.calendar)
    return [last.later(-step) for step in range(MONTHS_BACK)]


def downtimes(month: Month) -> Sequence[Downtime]:
    """What touches the month, newest first."""
    start, end = month.interval(stores.site().zone)
    with stores.records().reading() as db:
        return downtime_rows.downtimes(db, start, end)[::-1]


def calendar_feed(now: int) -> bytes:
    """Due work, and the ends of contracts and warranties, as iCalendar, in the language of who asks."""
    with stores.records().reading() as db:
        items = entries(db, stores.site(), now)
    words = i18n.catalogue(
        i18n.language()
    ).translate  # a calendar shows marks of direction as boxes
    return feed(stores.site().file.name, stores.site().file.id, items, now, words)


@st.cache_data(ttl="300s", max_entries=20, show_spinner=False)
def report(kind: Kind, month: Month, language: str) -> tuple[Report, ReportLocale]:
    """The report of a month, and the voice that writes it. StoreError if it takes too long."""
    path = Path(os.environ[stores.SITE_VARIABLE])
    report = run_apart(Figures(path, kind, month, language, stores.now()))
    return report, ReportLocale(language, month.calendar, stores.site().zone)


def report_file(report: Report, locale: ReportLocale, form: Format) -> bytes:
    """The report as a file to keep; made when it is clicked, in a request that knows no person any more."""
    return run_apart(ReportFile(report, locale, form))
