"""A report of one month as data, and as a file."""

from collections.abc import Callable
from importlib import import_module
from typing import Literal

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.time.calendars import Month
from maintenance.reports import uptime, vendors, work
from maintenance.reports.dataset import Facts, gather
from maintenance.reports.locale import Language, Speech
from maintenance.reports.model import Kind, Report
from storage.series import SeriesReader

Format = Literal["pdf", "xlsx", "html"]

_BUILD: dict[Kind, Callable[[Facts, Speech], Report]] = {
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
    language: Language,
    now: int,
) -> tuple[Report, Speech]:
    """The report of a month, and the voice that writes it. A month to come is one without data."""
    speech = Speech(language, month.calendar, site.zone)
    return _BUILD[kind](gather(db, site, series, month, now), speech), speech


def render(report: Report, speech: Speech, form: Format) -> bytes:
    """The file."""
    # What writes PDF or XLSX takes long to import, and one report seldom needs both.
    writer = import_module(f"maintenance.reports.{form}")
    content: bytes = writer.render(report, speech)
    return content
