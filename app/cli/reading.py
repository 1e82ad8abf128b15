"""Commands about readings that a person enters by hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    ReasonOption,
    SiteOption,
    SureOption,
    opened,
    table,
    typed_number,
    writing,
)
from core.text.numbers import PLAIN

if TYPE_CHECKING:
    from storage.records import ManualReading
    from storage.records.transaction import Transaction

reading_cli = typer.Typer(no_args_is_help=True, help="Numbers that a person reads from a panel.")

NumberArgument = Annotated[int, typer.Argument(help="As `reading list` shows it.")]


@reading_cli.command("list")
def reading_list(
    device: str,
    limit: Annotated[int, typer.Option(help="So many.")] = 20,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """What was entered by hand last, corrections too, the newest first."""
    from storage.records import manual_readings as manual_rows

    with opened(site) as centre, centre.records.reading() as db:
        centre.site.device(device)
        rows = [
            (
                row.id,
                row.metric,
                row.component,
                "withdrawn" if row.is_withdrawn else PLAIN.measured(row.value),
                centre.wall_clock(row.at),
                row.who,
                row.confirmed_by,
                row.corrects_id or "",
                "" if row.old_value is None else PLAIN.measured(row.old_value),
                row.reason,
            )
            for row in manual_rows.manual_readings(db, device, limit)
        ]
    table(
        ("number", "metric", "part", "value", "read", "by", "sure", "corrects", "was", "why"), rows
    )


@reading_cli.command("enter")
def reading_enter(
    device: str,
    metric: str,
    value: str,
    component: Annotated[str, typer.Option(help="Of which part.")] = "",
    at: Annotated[str, typer.Option(help="When it was read, if not now: 2026-10-31 08:15.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sure: SureOption = False,
) -> None:
    """Enter one number, in the unit of its metric."""
    from maintenance.rounds.manual_entry import EnteredValue, enter_readings

    with opened(site) as centre, centre.writing(by) as tx:
        moment = centre.moment(at) if at else tx.now
        entered = EnteredValue(metric, typed_number(value), component, sure)
        [row] = enter_readings(tx, device, [entered], moment)
        beyond = _outside(row, tx)
        number = row.id
    typer.echo(f"reading {number}: {metric} {value}{beyond}")


def _outside(row: "ManualReading", tx: "Transaction") -> str:
    """What its value is outside of; empty if it is accepted."""
    from app.cli.order import accepted_words
    from maintenance.rounds.accepted import accepted

    device = tx.device(row.device)
    rules = accepted(tx.db, tx.site, device, row.metric, row.component, row.at)
    if rules.broken_by(row.value) is None:
        return ""
    return f", outside {accepted_words(rules.low, rules.high)}"


@reading_cli.command("correct")
def reading_correct(
    number: NumberArgument,
    value: str,
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sure: SureOption = False,
) -> None:
    """It should have been another number; the old one stays in the list, and in the audit."""
    from maintenance.rounds.correction import correct_reading

    with writing(site, by) as tx:
        correct_reading(tx, number, typed_number(value), reason, sure=sure)
    typer.echo(f"reading {number} is corrected to {value}")


@reading_cli.command("withdraw")
def reading_withdraw(
    number: NumberArgument,
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """There was no such reading; `correct` brings it back."""
    from maintenance.rounds.correction import withdraw_reading

    with writing(site, by) as tx:
        withdraw_reading(tx, number, reason)
    typer.echo(f"reading {number} is withdrawn")
