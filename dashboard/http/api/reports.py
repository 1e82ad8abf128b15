"""Reports of a month: which there are, and one of them made and given as a file."""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field

from core.time.calendars import Calendar
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.file_endpoint import ApiFile, FileEndpoint
from dashboard.http.api.items import ApiItem
from dashboard.http.api.parameters import Parameters
from dashboard.http.api.problems import ProblemError
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.model import MEDIA, Format, Kind


class ReportKindItem(ApiItem):
    """A kind of report, and the months of which it can be made, the present one first."""

    kind: Kind
    calendar: Calendar
    months: list[str]


class ReportQuery(Parameters):
    """Of which kind and month; in the site's language if none is said."""

    kind: Kind
    month: Annotated[
        str, Field(pattern=r"^\d{4}-\d{2}$", description="As `/reports/kinds` has it.")
    ]
    form: Annotated[Format, Field(description="Of the file.")] = "pdf"
    language: Literal["en", "fa"] | None = None


def kinds(_query: Parameters) -> list[ReportKindItem]:
    """Every kind can be made of the same months."""
    calendar = stores.site().file.calendar
    months = [str(month) for month in report_queries.months(stores.now())]
    return [ReportKindItem(kind=kind, calendar=calendar, months=months) for kind in get_args(Kind)]


def report_file(query: ReportQuery) -> ApiFile:
    """It is made in a process of its own; one that was made lately is given again."""
    months = {str(month): month for month in report_queries.months(stores.now())}
    if query.month not in months:
        raise ProblemError(404, f"no report is made of {query.month}: see /reports/kinds")
    site, month = stores.site(), months[query.month]

    def parts() -> Iterator[bytes]:
        language = query.language or site.file.language
        report, locale = report_queries.report(query.kind, month, language)
        yield report_queries.report_file(report, locale, query.form)

    return ApiFile(f"{site.file.id}-{query.kind}-{month}.{query.form}", MEDIA[query.form], parts())


ENDPOINTS = [
    ReadEndpoint(
        "/reports/kinds", "Reports that can be made", Parameters, ReportKindItem, kinds,
        is_list=True,
    ),
    FileEndpoint(
        "/reports/{kind}/{month}", "A report of a month, made now", ReportQuery,
        list(MEDIA.values()), report_file,
    ),
]  # fmt: skip
