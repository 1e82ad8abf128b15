"""A report of one month as data, and as a file."""

from collections.abc import Callable
from importlib import import_module

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.time.calendars import Month
from maintenance.reports import management, uptime, vendors, work
from maintenance.reports.dataset import Dataset, read_dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Format, Kind, Report
from maintenance.reports.outlook import read_outlook
from storage.series import SeriesReader

_BUILD: dict[Kind, Callable[[Dataset, ReportLocale], Report]] = {
    "uptime": uptime.build,
    "maintenance": work.build,
    "vendor": vendors.build,
}


def make(
    db: Session,
    site: Site,
    series: SeriesReader,
    kind: Kind,
    month: Month,
    language: str,
    now: int,
) -> tuple[Report, ReportLocale]:
    """The report of a month and its locale. A month to come is one without data."""
    locale = ReportLocale(language, month.calendar, site.zone)
    dataset = read_dataset(db, site, series, month, now)
    if kind == "management":
        stored = series if site.series_path.exists() else None
        outlook = read_outlook(db, site, stored, dataset.year, now)
        return management.build(dataset, outlook, locale), locale
    return _BUILD[kind](dataset, locale), locale


def render(report: Report, locale: ReportLocale, form: Format) -> bytes:
    """The bytes of the report as a file of that format."""
    # What writes PDF or XLSX takes long to import, and one report seldom needs both.
    writer = import_module(f"maintenance.reports.{form}")
    content: bytes = writer.render(report, locale)
    return content
