"""Commands about the round through the building, and its paper."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, SureOption, opened, table
from app.clock import now
from core.errors import RefusedError
from core.text.numbers import PLAIN

round_cli = typer.Typer(no_args_is_help=True, help="Numbers that are read room by room.")


@round_cli.command("list")
def round_list(
    site: SiteOption = DEFAULT_SITE,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what is not due.")] = False,
) -> None:
    """What is to be read, room by room, with the code that it has on paper."""
    from app.cli.order import accepted_words
    from maintenance.rounds.walk import walk

    with opened(site) as centre, centre.records.reading() as db:
        at = now()
        rows = [
            (
                value.code,
                value.device.room,
                value.device.id,
                value.metric,
                value.component,
                value.about.unit,
                accepted_words(value.accepted.low, value.accepted.high)
                if value.accepted.limits
                else "",
                "" if value.last is None else PLAIN.measured(value.last.value),
                "" if value.last is None else centre.wall_clock(value.last.at),
            )
            for each in walk(db, centre.site, at)
            for value in each.values
            if everything or value.is_due(at, centre.site)
        ]
    table(("code", "room", "device", "metric", "part", "unit", "accepted", "last", "read"), rows)


@round_cli.command("enter")
def round_enter(
    lines: Annotated[list[str], typer.Argument(help="CODE=NUMBER, as they stand on the paper.")],
    at: Annotated[str, typer.Option(help="When the paper was filled in: 2026-10-31 08:15.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sure: SureOption = False,
) -> None:
    """Type in a printed round: each line that can be taken is taken, once."""
    from maintenance.rounds.paper import PaperLine, enter_paper

    typed = [PaperLine(*line.partition("=")[::2], sure) for line in lines]
    with opened(site) as centre, centre.writing(by) as tx:
        results = enter_paper(tx, typed, centre.moment(at), "command line")
        rows = [
            (
                line.code,
                line.typed,
                result.state,
                "" if result.broken is None else result.broken.title,
                result.why or "",
            )
            for line, result in zip(typed, results, strict=True)
        ]
    table(("code", "number", "state", "outside", "why"), rows)
    wrong = sum(result.state != "stored" for result in results)
    if wrong:
        raise RefusedError("{count} of {total} were not taken", count=wrong, total=len(rows))


@round_cli.command("sheet")
def round_sheet_command(
    output: Annotated[Path, typer.Option("-o", help="FILE.pdf.")],
    lang: Annotated[Literal["en", "fa"] | None, typer.Option(help="Else the site's.")] = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """The round on paper: a box and a code a line."""
    from maintenance.reports.locale import ReportLocale
    from maintenance.reports.round_sheet import round_sheet
    from maintenance.rounds.walk import walk

    with opened(site) as centre, centre.records.reading() as db:
        at, file = now(), centre.site.file
        locale = ReportLocale(lang or file.language, file.calendar, centre.site.zone)
        content = round_sheet(
            walk(db, centre.site, at), centre.site, locale, at, file.http.public_url
        )
    output.write_bytes(content)
    typer.echo(str(output))
