"""What was done and told before, by its words."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, SiteSession, opened, table
from app.clock import now
from core.errors import RefusedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.text.search_words import Term
    from maintenance.knowledge.search import EventMatch

search_cli = typer.Typer(help="What was done and told before.")


@search_cli.command("search")
def search(
    words: Annotated[list[str] | None, typer.Argument(help="Every word must occur.")] = None,
    device: Annotated[str | None, typer.Option(help="Only this device's.")] = None,
    count: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 20,
    site: SiteOption = DEFAULT_SITE,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the index anew: it is damaged.")
    ] = False,
) -> None:
    """Orders, tickets and events that hold all of these words, or words that begin so.

    '"tube arc"' is a phrase; a number is only itself, unless a * follows it.
    """
    from core.text.search_words import terms_of
    from maintenance.knowledge.search import matching_work
    from storage.records import rebuild_search

    with opened(site) as centre:
        if rebuild:
            typer.echo(f"{rebuild_search(centre.records)} orders and tickets can be searched")
        terms = terms_of(" ".join(words or []))
        if not terms:
            if rebuild:
                return
            raise RefusedError("say a word to search for")
        if device is not None:
            centre.site.device(device)
        with centre.records.reading() as db:
            matches = matching_work(db, terms, device, count)
        for match in matches:
            opened_at = centre.wall_clock(match.at)
            typer.echo(
                f"{match.kind} {match.id}  {match.device}  {opened_at}  {match.state}  {match.title}"
            )
            if match.excerpt:
                typer.echo(f"    {match.excerpt}")
        events = _events(centre, terms, device, count)
    table_of = [
        (centre.wall_clock(match.newest.at), match.newest.device, f"{match.count}x", match.newest.text)
        for match in events
    ]  # fmt: skip
    if table_of:
        table(("event", "device", "", "text"), table_of)
    if not matches and not events:
        typer.echo("nothing holds all of these words")


def _events(
    centre: SiteSession, terms: "Sequence[Term]", device: str | None, count: int
) -> "list[EventMatch]":
    """Nothing where no reading was ever stored."""
    from maintenance.knowledge.search import loud_events, matching_events
    from storage.series.store import open_store

    store = open_store(centre.site)
    try:
        loud = [
            event
            for name in ([device] if device else centre.site.devices)
            for event in loud_events(store, name, now())
        ]
    except StoreError as error:
        typer.echo(f"events cannot be read: {error}", err=True)
        return []
    return matching_events(loud, terms, count)
