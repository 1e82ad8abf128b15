"""Commands about work orders and downtime."""

from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    SiteOption,
    SureOption,
    opened,
    table,
    typed_number,
    writing,
)
from app.clock import now
from core.errors import RefusedError
from core.text.numbers import LimitsForm, general, limits_form

if TYPE_CHECKING:
    from core.vocabulary.work_orders import PlainAnswer

order_cli = typer.Typer(no_args_is_help=True, help="Work orders.")
downtime_cli = typer.Typer(no_args_is_help=True, help="When devices could not be used.")


@order_cli.command("list")
def order_list(
    device: Annotated[str | None, typer.Option(help="Only this one's.")] = None,
    site: SiteOption = DEFAULT_SITE,
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are done too.")] = False,
) -> None:
    """Work orders, the newest first."""
    from storage.records import work_orders as order_rows

    with opened(site) as centre, centre.records.reading() as db:
        if device is not None:
            centre.site.device(device)
        rows = [
            (
                o.id,
                o.device,
                o.kind,
                o.state,
                o.assigned_to,
                centre.wall_clock(o.opened_at),
                o.title,
            )
            for o in order_rows.orders(db, device=device, ended=every)
        ]
    table(("order", "device", "kind", "state", "for", "opened", "title"), rows)


@order_cli.command("show")
def order_show(order: int, site: SiteOption = DEFAULT_SITE) -> None:
    """One order with its checklist and its steps."""
    from maintenance.work_orders.states import get

    with opened(site) as centre, centre.records.reading() as db:
        row = get(db, order)
        typer.echo(f"order {row.id}: {row.title} ({row.device}, {row.kind}, {row.state})")
        if row.text:
            typer.echo(row.text)
        if row.result:
            typer.echo(f"found and done: {row.result}")
        items = [
            (i.item, i.text, "" if i.answer == "open" else i.answer, general(i.value), i.unit, accepted_words(i.low, i.high))
            for i in row.items
        ]  # fmt: skip
        if items:
            table(("item", "asks", "answer", "value", "unit", "accepted"), items)
        table(
            ("when", "state", "who", "note"),
            [(centre.wall_clock(s.at), s.state, s.who, s.note) for s in row.steps],
        )


# What an item of a checklist accepts.
_ACCEPTED: dict[LimitsForm, str] = {
    "between": "{low} to {high}",
    "at_least": "{low} or more",
    "at_most": "up to {high}",
}


def accepted_words(low: float | None, high: float | None) -> str:
    """`-5 to 5`; empty if everything is accepted."""
    form = limits_form(low, high)
    return "" if form is None else _ACCEPTED[form].format(low=general(low), high=general(high))


@order_cli.command("open")
def order_open(
    device: str,
    title: Annotated[str, typer.Argument(help="Not needed with --alert.")] = "",
    alert: Annotated[int | None, typer.Option(help="The alert that it is for.")] = None,
    down: Annotated[
        Literal["hard", "partial"] | None, typer.Option(help="The device cannot be used.")
    ] = None,
    text: Annotated[str, typer.Option(help="More about it.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Open a corrective order."""
    from maintenance.work_orders.opening import open_for_alert, open_order

    with writing(site, by) as tx:
        if alert is None:
            number = open_order(tx, device, title, text=text, down=down).id
        else:
            number = open_for_alert(tx, alert, text, device=device).id
    typer.echo(f"order {number} is open")


@order_cli.command("assign")
def order_assign(order: int, to: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Say who shall do it."""
    from maintenance.work_orders.lifecycle import assign

    with writing(site, by) as tx:
        assign(tx, order, to)
    typer.echo(f"order {order} is for {to}")


@order_cli.command("begin")
def order_begin(
    order: int,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Tell of the device's alerts while the work goes on.")
    ] = False,
) -> None:
    """Somebody is at the device; until the work stops nobody is told of its alerts."""
    from maintenance.work_orders.lifecycle import begin

    with writing(site, by) as tx:
        begin(tx, order, quiet=not alerts)
    typer.echo(f"order {order} is being worked on")


@order_cli.command("hold")
def order_hold(
    order: int,
    waits_for: Annotated[Literal["part", "vendor"], typer.Argument()],
    note: Annotated[str, typer.Option(help="Which one, until when.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """It waits; so does the device's downtime, with that cause."""
    from maintenance.work_orders.lifecycle import hold

    with writing(site, by) as tx:
        hold(tx, order, "waiting_part" if waits_for == "part" else "waiting_vendor", note)
    typer.echo(f"order {order} waits for a {waits_for}")


@order_cli.command("answer")
def order_answer(
    order: int,
    item: str,
    answer: Annotated[str, typer.Argument(help="ok, not_ok, not_applicable, or the number.")],
    note: Annotated[str, typer.Option(help="What was seen.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sure: SureOption = False,
) -> None:
    """Answer one item of its checklist."""
    from maintenance.work_orders.answers import ItemEntry, answer_items, open_item

    with writing(site, by) as tx:
        plain = _plain(answer)
        value = _number(answer) if plain is None else None
        answer_items(tx, order, [ItemEntry(item, plain, value, note, sure)])
        row = open_item(tx.db, order, item)
        outside = f", outside {accepted_words(row.low, row.high)}" if row.within is False else ""
    typer.echo(f"{item}: {answer}{outside}")


def _plain(text: str) -> "PlainAnswer | None":
    from core.vocabulary.work_orders import PlainAnswer

    return next((word for word in get_args(PlainAnswer) if word == text), None)


def _number(text: str) -> float:
    if not any(sign.isdecimal() for sign in text):
        raise RefusedError(
            "{text!r} is no answer; write ok, not_ok, not_applicable or a number", text=text
        )
    return typed_number(text)


@order_cli.command("close")
def order_close(
    order: int,
    result: Annotated[str, typer.Argument(help="What was found and done.")],
    check: Annotated[
        str, typer.Option(help="What was checked before patients return, if it was down.")
    ] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sign: Annotated[bool, typer.Option("--sign", help="And sign it off.")] = False,
) -> None:
    """The work is done; with --check the device is back in service, with --sign it is signed."""
    from maintenance.work_orders.completion import complete, return_to_service, sign_off
    from maintenance.work_orders.states import get

    with writing(site, by) as tx:
        row = get(tx.db, order)
        follow_ups = [] if row.state == "done" else complete(tx, order, result=result)
        if check:
            return_to_service(tx, order, check)
        if sign:
            sign_off(tx, order)
        state = row.state
        titles = [(follow_up.id, follow_up.title) for follow_up in follow_ups]
    typer.echo(f"order {order} is {state}")
    for number, title in titles:
        typer.echo(f"order {number} is open for what failed: {title}")


@order_cli.command("cancel")
def order_cancel(order: int, why: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """It was a mistake, or needless."""
    from maintenance.work_orders.lifecycle import cancel

    with writing(site, by) as tx:
        cancel(tx, order, why)
    typer.echo(f"order {order} is cancelled")


@downtime_cli.command("list")
def downtime_list(
    since: Annotated[str, typer.Option(help="As 2026-10-01.")] = "1970-01-01",
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """When devices could not be used, and why."""
    from storage.records import downtime as downtime_rows

    with opened(site) as centre, centre.records.reading() as db:
        rows = [
            (
                d.id,
                d.device,
                centre.wall_clock(d.began_at),
                centre.wall_clock(d.ended_at) or "still",
                d.cause,
                d.extent,
                d.corrected_by or d.opened_by,
            )
            for d in downtime_rows.downtimes(db, centre.moment(since), now() + 1)
        ]
    table(("number", "device", "from", "to", "cause", "extent", "says"), rows)
