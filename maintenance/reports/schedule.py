"""Makes the reports that the site file asks for when their month is over, with their deliveries.

A report's row and its deliveries are written in one transaction, after its files are on the disk.
Killed before, it is made anew and its files are written over; killed after, it is never made twice.
"""

import logging
from pathlib import Path

from core.schema.site import ReportEntry, Site
from core.text.languages import nearest
from core.time.calendars import Calendar, Month, month_of
from core.time.clock import DAY
from core.time.covered_hours import length
from maintenance.downtime.monitoring_gaps import unknown_gaps
from maintenance.reports.locale import LANGUAGES, ReportLocale
from maintenance.reports.make import make, render
from maintenance.reports.model import Report
from storage.files.atomic import own_folder, whole_file
from storage.records import Delivery, MadeReport, Records
from storage.records.reports import is_made
from storage.series import SeriesReader

log = logging.getLogger(__name__)

WHO = "reports"  # in the audit


def make_due(site: Site, records: Records, series: SeriesReader, now: int) -> list[Path]:
    """Make each report that is due and not made yet; the files that were written.

    Due is the month that ended last, if Scanward has watched for a day of it: a site that begins
    today gets no report of the month before. StoreError if the disk or the records refuse.
    """
    written: list[Path] = []
    for entry in site.file.reports:
        calendar: Calendar = entry.calendar or site.file.calendar
        month = month_of(now, site.zone, calendar).later(-1)
        if not _is_made(records, site, entry, month) and _has_watched(site, series, month):
            written += _make(site, records, series, entry, month, now)
    return written


def _make(
    site: Site,
    records: Records,
    series: SeriesReader,
    entry: ReportEntry,
    month: Month,
    now: int,
) -> list[Path]:
    language = _language(entry, site)
    with records.reading() as db:
        report, locale = make(db, site, series, entry.kind, month, language, now)
    own_folder(site.reports_path)
    paths = []
    for form in entry.formats:
        path = site.reports_path / f"{site.file.id}-{entry.kind}-{month}-{language}.{form}"
        with whole_file(path) as part:
            part.write_bytes(render(report, locale, form))
        paths.append(path)
    with records.writing(WHO, now) as db:
        if is_made(db, entry.kind, month.calendar, str(month), language):
            return []  # another process was quicker; the files are the same
        row = MadeReport(
            kind=entry.kind,
            calendar=month.calendar,
            month=str(month),
            language=language,
            made_at=now,
            title=f"{report.title}: {report.period}",
            text=headlines(report, locale),
            files=[path.name for path in paths],
        )
        db.add(row)
        db.flush()
        for channel in entry.channels:
            delivery = Delivery(transition=None, channel=channel, next_at=now)
            delivery.report_id = row.id
            db.add(delivery)
    log.info("made %s", ", ".join(path.name for path in paths))
    return paths


def headlines(report: Report, locale: ReportLocale) -> str:
    """The tiles as lines of text, for a channel that carries no file."""
    lines = [report.site]
    for tile in report.tiles:
        title = tile.title.rsplit(" [", 1)[0]  # a note that is not here
        before = locale.against(tile)
        lines.append(f"{title}: {locale.text(tile.now)} ({before})")
    return "\n".join(lines)


def _language(entry: ReportEntry, site: Site) -> str:
    """In which it is made."""
    return nearest(entry.language or site.file.language, LANGUAGES)


def _is_made(records: Records, site: Site, entry: ReportEntry, month: Month) -> bool:
    language = _language(entry, site)
    with records.reading() as db:
        return is_made(db, entry.kind, month.calendar, str(month), language)


def _has_watched(site: Site, series: SeriesReader, month: Month) -> bool:
    if not site.series_path.exists():
        return False
    start, end = month.interval(site.zone)
    return end - start - length(unknown_gaps(series, start, end)) >= 1 * DAY
