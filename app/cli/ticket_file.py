"""Commands about a ticket as a file: out for a stick, and the supplier's reply in again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened
from app.clock import now
from core.errors import RefusedError, StoreError

if TYPE_CHECKING:
    from maintenance.tickets.twin.export import Twin

ticket_file_cli = typer.Typer()


@ticket_file_cli.command("export")
def ticket_export(
    ticket: int,
    to: Annotated[Path, typer.Option(help="The folder, as that of a stick; it must be there.")],
    file: Annotated[
        list[int] | None,
        typer.Option(
            help="Number of a file of ours to go along; may be repeated. Look first: no patient may be on it."
        ),
    ] = None,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Write a ticket with its bundle as one ZIP that a supplier opens without Scanward, and answers by a file."""
    from maintenance.tickets.twin.export import make_twin, note_export
    from storage.files.atomic import translated, whole_file
    from storage.series.store import open_store

    if not to.is_dir():
        raise RefusedError("{folder} is no folder: is the stick in?", folder=str(to))
    with opened(site) as centre:
        store = open_store(centre.site)
        twin = make_twin(centre.site, store, centre.records, ticket, now(), file or ())
        with centre.writing(by) as tx:
            note_export(tx, twin)
            with translated("no file was written"), whole_file(to / twin.name) as unfinished:
                unfinished.write_bytes(twin.data)
    _print_summary(to / twin.name, twin)


@ticket_file_cli.command("import")
def ticket_import(
    reply: Annotated[Path, typer.Argument(help="reply.txt, or a ZIP with it and files.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Take in a supplier's reply to an exported ticket, once."""
    from maintenance.tickets.twin.intake import receive_file
    from maintenance.tickets.twin.reply_file import LARGEST, read_reply

    with opened(site) as centre:
        try:
            with reply.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        except OSError as error:
            raise StoreError(f"{reply}: {error.strerror}") from error
        content = read_reply(centre.site, data)
        with centre.writing(by) as tx:
            intake = receive_file(tx, content)
    if not intake.is_new:
        typer.echo(f"this reply is in ticket {intake.ticket} already")
        return
    files = f", {len(content.files)} files" if content.files else ""
    typer.echo(f"the reply is in ticket {intake.ticket}{files}")
    if intake.is_closed:
        typer.echo("the ticket is closed: it is listed until somebody has read the reply", err=True)


def _print_summary(path: Path, twin: "Twin") -> None:
    typer.echo(f"{path}: {len(twin.data):,} bytes")
    if twin.bundle is not None:
        typer.echo(
            "the ticket had no diagnostics bundle: one was made, and is with it now", err=True
        )
    if twin.removed:
        typer.echo(
            f"{twin.removed} stretches of text could have named a person and were removed from the page",
            err=True,
        )
    for file in twin.left_out:
        typer.echo(f"left out: file {file.id}, {file.name}", err=True)
    if twin.left_out:
        typer.echo("--file NUMBER takes one of ours along: no patient may be on it", err=True)
