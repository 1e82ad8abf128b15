"""Reports of a month, and the downtime in it."""

from collections.abc import Sequence

from core.time.calendars import Month, month_of
from dashboard.queries import stores
from maintenance.reports import make
from maintenance.reports.locale import ReportLocale
from maintenance.reports.make import Format
from maintenance.reports.model import Report
from storage.records import Downtime
from storage.records import downtime as downtime_rows

BACK = 24  # months that can be chosen

MEDIA: dict[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}


def months(now: int) -> list[Month]:
    """This month in the site's calendar, and those before it."""
    site = stores.site()
    last = month_of(now, site.zone, site.file.calendar)
    return [last.later(-step) for step in range(BACK)]


def render(report: Report, locale: ReportLocale, form: Format) -> bytes:
    """The file."""
    return make.render(report, locale, form)


def downtimes(month: Month) -> Sequence[Downtime]:
    """What touches the month, newest first."""
    start, end = month.interval(stores.site().zone)
    with stores.records().reading() as db:
        return downtime_rows.downtimes(db, start, end)[::-1]
