"""Commands about work orders and downtime."""

from typing import Annotated, Literal

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing
from app.clock import now
from core.errors import RefusedError
from core.text.numbers import LimitsForm, general, limits_form

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

    with opened(site) as house, house.records.reading() as db:
        if device is not None:
            house.device(device)
        found = order_rows.orders(db, device=device, ended=every)
        rows = [
            (o.id, o.device, o.kind, o.state, o.assigned_to, house.say(o.opened_at), o.title)
            for o in found
        ]
    table(("order", "device", "kind", "state", "for", "opened", "title"), rows)


@order_cli.command("show")
def order_show(order: int, site: SiteOption = DEFAULT_SITE) -> None:
    """One order with its checklist and its steps."""
    from maintenance.work_orders import lifecycle as orders

    with opened(site) as house, house.records.reading() as db:
        one = orders.get(db, order)
        typer.echo(f"order {one.id}: {one.title} ({one.device}, {one.kind}, {one.state})")
        if one.text:
            typer.echo(one.text)
        if one.result:
            typer.echo(f"found and done: {one.result}")
        items = [
            (i.item, i.text, "" if i.answer == "open" else i.answer, general(i.value), i.unit, _span(i.low, i.high))
            for i in one.items
        ]  # fmt: skip
        if items:
            table(("item", "asks", "answer", "value", "unit", "accepted"), items)
        table(
            ("when", "state", "who", "note"),
            [(house.say(s.at), s.state, s.who, s.note) for s in one.steps],
        )


# What an item of a checklist accepts.
_SPANS: dict[LimitsForm, str] = {
    "between": "{low} to {high}",
    "at_least": "{low} to ",
    "at_most": "up to {high}",
}


def _span(low: float | None, high: float | None) -> str:
    form = limits_form(low, high)
    return "" if form is None else _SPANS[form].format(low=general(low), high=general(high))


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
    from maintenance.downtime import records as downtime
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        tx.device(device)
        if alert is not None:
            one = orders.open_for_alert(tx.db, alert, by=by, now=tx.now, text=text)
        else:
            one = orders.open_order(
                tx.db,
                device=device,
                kind="corrective",
                opened_by="hand",
                title=title,
                text=text,
                by=by,
                now=tx.now,
                down=down,
                cause=downtime.proposed_cause(tx.db, tx.site, device, tx.now),
            )
        typer.echo(f"order {one.id} is open")


@order_cli.command("assign")
def order_assign(order: int, to: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Say who shall do it."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        orders.assign(tx.db, order, to, by=by, now=tx.now)
    typer.echo(f"order {order} is for {to}")


@order_cli.command("begin")
def order_begin(order: int, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Somebody is at the device."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        orders.begin(tx.db, order, by=by, now=tx.now)
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
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        state: Literal["waiting_part", "waiting_vendor"] = (
            "waiting_part" if waits_for == "part" else "waiting_vendor"
        )
        orders.hold(tx.db, order, state, by=by, now=tx.now, note=note)
    typer.echo(f"order {order} waits for a {waits_for}")


@order_cli.command("answer")
def order_answer(
    order: int,
    item: str,
    answer: Annotated[str, typer.Argument(help="ok, not_ok, not_applicable, or the number.")],
    note: Annotated[str, typer.Option(help="What was seen.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Answer one item of its checklist."""
    from maintenance.work_orders import checklist
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        device = tx.device(orders.get(tx.db, order).device)
        if answer in ("ok", "not_ok", "not_applicable"):
            plain: checklist.Plain = answer  # type: ignore[assignment]  # just compared
            row = checklist.tick(tx.db, order, item, plain, by=by, now=tx.now, note=note)
        else:
            value = _number(answer)
            row = checklist.measure(tx.db, device, order, item, value, by=by, now=tx.now, note=note)
        outside = row.within is False
        accepted = _span(row.low, row.high)
    typer.echo(f"{item}: {answer}" + (f", outside {accepted}" if outside else ""))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RefusedError(
            "{text!r} is no answer; write ok, not_ok, not_applicable or a number", text=text
        ) from None


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
    from maintenance.planning.planner import is_service
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        one = orders.get(tx.db, order)
        found = []
        if one.state != "done":
            found = orders.complete(tx.db, order, by=by, now=tx.now, result=result)
        if check:
            orders.return_to_service(tx.db, order, by=by, now=tx.now, check=check)
        if sign:
            changes = is_service(tx.db, tx.site, one)
            orders.sign_off(tx.db, order, by=by, now=tx.now, is_service=changes)
        state = one.state
        numbers = [(other.id, other.title) for other in found]
    typer.echo(f"order {order} is {state}")
    for number, title in numbers:
        typer.echo(f"order {number} is open for what failed: {title}")


@order_cli.command("cancel")
def order_cancel(order: int, why: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """It was a mistake, or needless."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as tx:
        orders.cancel(tx.db, order, by=by, now=tx.now, why=why)
    typer.echo(f"order {order} is cancelled")


@downtime_cli.command("list")
def downtime_list(
    since: Annotated[str, typer.Option(help="As 2026-10-01.")] = "1970-01-01",
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """When devices could not be used, and why."""
    from storage.records import downtime as downtime_rows

    with opened(site) as house, house.records.reading() as db:
        rows = [
            (
                d.id,
                d.device,
                house.say(d.began_at),
                house.say(d.ended_at) or "still",
                d.cause,
                d.extent,
                d.corrected_by or d.opened_by,
            )
            for d in downtime_rows.downtimes(db, house.moment(since), now() + 1)
        ]
    table(("number", "device", "from", "to", "cause", "extent", "says"), rows)
