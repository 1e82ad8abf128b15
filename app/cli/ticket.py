"""Commands about cases with vendors: what was sent, what did not arrive, what nobody has read."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import ticket_help
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
from app.cli.ticket_file import ticket_file_cli
from app.clock import now

if TYPE_CHECKING:
    from storage.records import Ticket, TicketMessage, VendorVisit

ticket_cli = typer.Typer(no_args_is_help=True, help="Cases with vendors.")
ticket_cli.add_typer(ticket_help.help_cli, name="help")
ticket_cli.add_typer(ticket_file_cli)

_DELIVERIES = {
    "sent": "",
    "waiting": "not sent yet",
    "no_mail": "not sent: this site sends no mail, send it by hand",
    "failed": "NOT DELIVERED",
}


@ticket_cli.command("list")
def ticket_list(
    device: Annotated[str | None, typer.Option(help="Only this one's.")] = None,
    site: SiteOption = DEFAULT_SITE,
    *,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
) -> None:
    """Tickets, the newest first; of the closed ones those with a message that nobody has read."""
    from storage.records import tickets as ticket_rows

    with opened(site) as centre, centre.records.reading() as db:
        if device is not None:
            centre.site.device(device)
        rows = [
            (t.id, t.device, t.vendor_id, t.state, _news(centre, t), centre.wall_clock(t.opened_at), t.subject)
            for t in ticket_rows.tickets(db, device=device, closed=every)
        ]  # fmt: skip
    table(("ticket", "device", "vendor", "state", "", "opened", "subject"), rows)


@ticket_cli.command("show")
def ticket_show(ticket: int, site: SiteOption = DEFAULT_SITE) -> None:
    """One ticket with its messages, and what became of each."""
    from maintenance.tickets.lifecycle import find

    with opened(site) as centre, centre.records.reading() as db:
        row = find(db, ticket)
        typer.echo(f"ticket {row.id}: {row.subject} ({row.device}, {row.vendor_id}, {row.state})")
        if row.text:
            typer.echo(row.text)
        for message in row.messages:
            head = (centre.wall_clock(message.at), message.who, _fate(centre, message))
            typer.echo("\n" + ", ".join(word for word in head if word))
            typer.echo(message.text)
        for session in row.sessions:
            typer.echo("\n" + ticket_help.in_words(centre, session))


@ticket_cli.command("read")
def ticket_read(ticket: int, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Say that you have read what came in."""
    from maintenance.tickets.lifecycle import mark_read

    with writing(site, by) as tx:
        mark_read(tx, ticket)
    typer.echo(f"what came in to ticket {ticket} is read")


@ticket_cli.command("sent")
def ticket_sent(ticket: int, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Say that you have sent what waits to the vendor yourself."""
    from maintenance.tickets.lifecycle import confirm_sent

    with writing(site, by) as tx:
        confirm_sent(tx, ticket)
    typer.echo(f"ticket {ticket} is sent by hand")


@ticket_cli.command("words")
def ticket_words(
    ticket: int,
    site: SiteOption = DEFAULT_SITE,
    *,
    machines: Annotated[bool, typer.Option(help="What its machines wrote today too.")] = True,
) -> None:
    """What would be taken out of the ticket's bundle, in brackets, and which words may stay."""
    from maintenance.tickets.allowed_words import preview
    from storage.series.store import open_store

    with opened(site) as centre:
        series = open_store(centre.site) if machines else None
        cut = preview(centre.site, centre.records, ticket, now(), series)
    for text in (*cut.written, *cut.machines):
        typer.echo("".join(f"[{part}]" if goes else part for part, goes in text.stretches))
    typer.echo(f"stay: {' '.join(cut.allowed) or 'none'}")
    typer.echo(f"may stay: {' '.join(cut.keepable) or 'none'}")


@ticket_cli.command("keep-words")
def ticket_keep_words(
    ticket: int,
    words: Annotated[
        list[str] | None, typer.Argument(help="Those that stay; none: all go.")
    ] = None,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Let these words stay in the ticket's bundles, and no others."""
    from maintenance.tickets.allowed_words import keep_words

    with writing(site, by) as tx:
        stay = " ".join(row.word for row in keep_words(tx, ticket, words or []))
    typer.echo(f"words that stay in the bundles of ticket {ticket}: {stay or 'none'}")


@ticket_cli.command("link")
def ticket_link(
    ticket: int,
    days: Annotated[int, typer.Option(help="How long it is good.")] = 14,
    language: Annotated[str, typer.Option(help="Of its page, as fa.")] = "en",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    every_browser: Annotated[
        bool, typer.Option("--any-browser", help="Not only in the first that opens it.")
    ] = False,
) -> None:
    """Make a link by which the supplier sees this ticket and nothing else; it is shown once."""
    from access.vendor_links import address_of_link, make_vendor_link
    from core.time.clock import DAY

    with opened(site) as centre, centre.writing(by) as tx:
        secret = make_vendor_link(
            tx, ticket, days * DAY, is_bound=not every_browser, language=language
        )
    typer.echo(address_of_link(centre.site, secret))


@ticket_cli.command("links")
def ticket_links(ticket: int, site: SiteOption = DEFAULT_SITE) -> None:
    """The links to a ticket, and what was done by each; never the links themselves."""
    from storage.records import vendor_links as link_rows

    with opened(site) as centre, centre.records.reading() as db:
        rows = [
            (link.id, link.made_by, centre.wall_clock(link.expires_at), "taken back" if link.revoked_at else "", *visit)
            for link in link_rows.vendor_links(db, ticket)
            for visit in _visits(centre, link_rows.vendor_visits(db, link.id, 20))
        ]  # fmt: skip
    table(("link", "made by", "until", "", "when", "what", "from", "file"), rows)


@ticket_cli.command("revoke-link")
def ticket_revoke_link(
    link: Annotated[int, typer.Argument(help="Its number, as `ticket links` shows it.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """A link leads nowhere any more."""
    from access.vendor_links import revoke_vendor_link

    with writing(site, by) as tx:
        revoke_vendor_link(tx, link)
    typer.echo(f"link {link} leads nowhere any more")


@ticket_cli.command("live")
def ticket_live(
    link: Annotated[int, typer.Argument(help="Its number, as `ticket links` shows it.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Let whoever has a link see the live values of the ticket's device for an hour."""
    from access.live_values import open_live_values

    with opened(site) as centre, centre.writing(by) as tx:
        window = open_live_values(tx, link)
        until = centre.wall_clock(window.until)
    typer.echo(f"live values are seen by link {link} until {until}")


@ticket_cli.command("end-live")
def ticket_end_live(
    link: Annotated[int, typer.Argument(help="Its number, as `ticket links` shows it.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Live values are not seen by a link any more."""
    from access.live_values import close_live_values

    with writing(site, by) as tx:
        close_live_values(tx, link)
    typer.echo(f"live values are not seen by link {link}")


def _visits(centre: SiteSession, visits: "list[VendorVisit]") -> list[tuple[str, ...]]:
    """A line each, or an empty one."""
    lines: list[tuple[str, ...]] = [
        (centre.wall_clock(visit.at), visit.kind, visit.address, visit.about) for visit in visits
    ]
    return lines or [("not opened yet", "", "", "")]


def _news(centre: SiteSession, ticket: "Ticket") -> str:
    """What somebody must know of it before they wait for an answer."""
    from maintenance.tickets.delivery import delivery_of, unread_count

    delivery = delivery_of(ticket, has_mail=centre.site.file.mail is not None)
    count = unread_count(ticket)
    news = (_DELIVERIES[delivery] if delivery else "", f"{count} unread" if count else "")
    return ", ".join(word for word in news if word)


def _fate(centre: SiteSession, message: "TicketMessage") -> str:
    """What became of a message."""
    if message.direction == "note":
        return "our own note"
    if message.direction == "in":
        by = "from the vendor, a machine's" if message.is_automatic else "from the vendor"
        return by if message.read_at is not None else f"{by}, unread"
    if message.failed_at is not None:
        return f"to the vendor, NOT DELIVERED: {message.error}"
    if message.sent_at is not None:
        return f"to the vendor, sent {centre.wall_clock(message.sent_at)}"
    return f"to the vendor, {_DELIVERIES['waiting' if centre.site.file.mail else 'no_mail']}"
