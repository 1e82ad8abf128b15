"""The command that makes a report of a month. Scheduled ones are made by the maintenance loop."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, opened
from app.clock import now
from core.errors import ConfigError, Mistake, StoreError

if TYPE_CHECKING:
    from core.time.calendars import Month

report_cli = typer.Typer()


@report_cli.command()
def report(
    kind: Annotated[
        Literal["management", "uptime", "maintenance", "vendor"],
        typer.Argument(help="Which report."),
    ],
    output: Annotated[Path, typer.Option("-o", help="FILE.pdf, FILE.xlsx or FILE.html.")],
    month: Annotated[
        str | None, typer.Option(help="2026-10, or 1405-07 if solar; else the last whole month.")
    ] = None,
    lang: Annotated[str, typer.Option(help="As fa; else the site's.")] = "",
    calendar: Annotated[
        Literal["gregorian", "solar"] | None, typer.Option(help="Whose months; else the site's.")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """A report of one month: a page to print, then the details, and how each figure is counted."""
    from core.schema.strict_model import did_you_mean
    from core.time.calendars import month_of
    from maintenance.reports.make import make, render
    from maintenance.reports.model import Format
    from storage.series import SeriesReader

    ending = output.suffix.removeprefix(".").lower()
    _check_language(lang)
    forms: dict[str, Format] = {form: form for form in get_args(Format)}
    if ending not in forms:
        text = f"unknown kind of file {ending!r}{did_you_mean(ending, forms)}; write FILE.pdf"
        raise ConfigError([Mistake("-o", "", text)])
    with opened(site) as house, house.records.reading() as db:
        at, file = now(), house.site.file
        period = month_of(at, house.site.zone, calendar or file.calendar).later(-1)
        if month is not None:
            period = _month(month, calendar or file.calendar)
        if period.interval(house.site.zone)[0] > at:
            raise ConfigError([Mistake("--month", "", f"{period} has not begun yet")])
        series = SeriesReader(house.site.series_path)
        monthly, locale = make(db, house.site, series, kind, period, lang or file.language, at)
    _write(output, render(monthly, locale, forms[ending]))
    typer.echo(f"{monthly.title}, {monthly.period}: {output}")


def _check_language(language: str) -> None:
    from core.schema.strict_model import did_you_mean
    from maintenance.reports.locale import LANGUAGES

    if language and language not in LANGUAGES:
        text = f"there are no reports in {language!r}{did_you_mean(language, LANGUAGES)}"
        raise ConfigError([Mistake("--lang", "", text)])


def _month(text: str, calendar: Literal["gregorian", "solar"]) -> "Month":
    from core.time.calendars import parse_month

    try:
        return parse_month(text, calendar)
    except ValueError as error:
        raise ConfigError([Mistake("--month", "", str(error))]) from None


def _write(path: Path, content: bytes) -> None:
    from storage.files.atomic import whole_file

    try:
        with whole_file(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}", permanent=True) from error
