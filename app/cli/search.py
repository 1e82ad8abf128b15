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
    from storage.records import rebuild_search

    terms = terms_of(" ".join(words or []))
    if not terms and not rebuild:
        raise RefusedError("say a word to search for")
    with opened(site) as centre:
        if rebuild:
            typer.echo(f"{rebuild_search(centre.records)} orders and tickets can be searched")
        if device is not None:
            centre.site.device(device)
        if terms:
            _show(centre, terms, device, count)


def _show(centre: SiteSession, terms: "Sequence[Term]", device: str | None, count: int) -> None:
    """What holds them: orders and tickets with the part around the words, then events."""
    from maintenance.knowledge.search import matching_work

    with centre.records.reading() as db:
        matches = matching_work(db, terms, device, count)
    for match in matches:
        head = (f"{match.kind} {match.id}", match.device, centre.wall_clock(match.at), match.state)
        typer.echo("  ".join((*head, match.title)))
        if match.excerpt:
            typer.echo(f"    {match.excerpt}")
    rows = [
        (centre.wall_clock(match.newest.at), match.newest.device, f"{match.count}x", match.newest.text)
        for match in _events(centre, terms, device, count)
    ]  # fmt: skip
    if rows:
        table(("event", "device", "", "text"), rows)
    if not matches and not rows:
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
