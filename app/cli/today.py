"""What is to be done, as the page and the API have it."""

import os
from typing import TYPE_CHECKING

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, SiteSession, opened, table
from app.clock import now

if TYPE_CHECKING:
    from dashboard.views.day import DayLine

today_cli = typer.Typer()


@today_cli.command()
def today(site: SiteOption = DEFAULT_SITE) -> None:
    """What is wrong now, due today, waiting, and of this week: each thing once, the first first."""
    with opened(site) as centre:
        from dashboard.queries import agenda, stores

        os.environ[stores.SITE_VARIABLE] = str(site.absolute())
        rows = [
            _row(group, line, centre)
            for group, lines in agenda.today(now()).items()
            for line in lines
        ]
    if rows:
        table(("", "severity", "device", "what", "order", "due", "who", "examinations"), rows)
    else:
        typer.echo("nothing is to be done")


def _row(group: str, line: "DayLine", centre: SiteSession) -> tuple[object, ...]:
    order, due = line.main_order, line.due_at
    return (
        group,
        line.severity,
        line.device,
        line.title or "is out of service",
        "" if order is None else order.number,
        "" if due is None else centre.wall_clock(due),
        ", ".join(line.people),
        "?" if line.examinations is None else f"{line.examinations:.0f}",
    )
