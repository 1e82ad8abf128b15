"""Commands about remote help: who of a vendor's was let in, and out again. Scanward itself opens nothing."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    SiteOption,
    SiteSession,
    opened,
    table,
    writing,
)

if TYPE_CHECKING:
    from storage.records import RemoteSession

help_cli = typer.Typer(no_args_is_help=True, help="Who of a vendor's was let in from outside.")


@help_cli.command("begin")
def help_begin(
    ticket: int,
    person: Annotated[str, typer.Argument(help="Who comes in.")],
    requested_by: Annotated[str, typer.Option(help="Who asked for it; else who comes in.")] = "",
    way: Annotated[str, typer.Option(help="VPN, TeamViewer, modem: only noted.")] = "",
    opened_to: Annotated[str, typer.Option("--opened", help="What they can reach.")] = "",
    minutes: Annotated[int, typer.Option(help="Until its planned end.")] = 60,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Write down that somebody is let in, with your leave."""
    from core.time.clock import MINUTE
    from maintenance.tickets.remote_help import begin_session

    with writing(site, by) as tx:
        session = begin_session(
            tx,
            ticket,
            person,
            tx.by,
            way,
            requested_by=requested_by,
            opened=opened_to,
            planned=minutes * MINUTE,
        )
        number = session.id
    typer.echo(f"session {number}: {person} is in for up to {minutes} minutes")


@help_cli.command("end")
def help_end(
    session: Annotated[int, typer.Argument(help="Its number, as `ticket help list` shows it.")],
    done: Annotated[str, typer.Argument(help="What they did and changed.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """They are out again."""
    from maintenance.tickets.remote_help import end_session

    with writing(site, by) as tx:
        end_session(tx, session, done)
    typer.echo(f"session {session} has ended")


@help_cli.command("list")
def help_list(
    ticket: Annotated[int | None, typer.Argument(help="Else whoever is in now.")] = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Who was let in by a ticket, or who is in now by any."""
    from maintenance.tickets.lifecycle import find
    from storage.records import tickets as ticket_rows

    with opened(site) as centre, centre.records.reading() as db:
        sessions = ticket_rows.open_sessions(db) if ticket is None else find(db, ticket).sessions
        rows = [
            (
                row.id, row.ticket_id, row.person, row.requested_by, row.allowed_by, row.way, row.opened,
                centre.wall_clock(row.began_at),
                "" if row.planned_end is None else centre.wall_clock(row.planned_end),
                "is in" if row.ended_at is None else centre.wall_clock(row.ended_at), row.done,
            )
            for row in sessions
        ]  # fmt: skip
    heads = ("session", "ticket", "who", "asked by", "allowed by", "way", "opened")
    table((*heads, "from", "planned until", "until", "done"), rows)


def in_words(centre: SiteSession, session: "RemoteSession") -> str:
    """One session in a line: when, who, by whose leave, to what, what was done."""
    end = "is in" if session.ended_at is None else f"until {centre.wall_clock(session.ended_at)}"
    texts = (
        f"remote help from {centre.wall_clock(session.began_at)}",
        end,
        session.person,
        f"asked by {session.requested_by}" if session.requested_by else "",
        f"allowed by {session.allowed_by}",
        session.way,
        f"open: {session.opened}" if session.opened else "",
        session.done,
    )
    return ", ".join(text for text in texts if text)
