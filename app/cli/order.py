"""Commands about work orders and downtime."""

from typing import Annotated, Literal

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing
from app.clock import now
from core.errors import RefusedError

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
            (i.item, i.text, "" if i.answer == "open" else i.answer, _value(i.value), i.unit, _span(i.low, i.high))
            for i in one.items
        ]  # fmt: skip
        if items:
            table(("item", "asks", "answer", "value", "unit", "accepted"), items)
        table(
            ("when", "state", "who", "note"),
            [(house.say(s.at), s.state, s.who, s.note) for s in one.steps],
        )


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f"{_value(low)} to {_value(high)}" if low is not None else f"up to {_value(high)}"


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

    with opened(site) as house:
        house.device(device)
        at = now()
        with house.records.writing(by, at) as db:
            if alert is not None:
                one = orders.open_for_alert(db, alert, by=by, now=at, text=text)
            else:
                one = orders.open_order(
                    db,
                    device=device,
                    kind="corrective",
                    opened_by="hand",
                    title=title,
                    text=text,
                    by=by,
                    now=at,
                    down=down,
                    cause=downtime.proposed_cause(db, house.site, device, at),
                )
            typer.echo(f"order {one.id} is open")


@order_cli.command("assign")
def order_assign(order: int, to: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Say who shall do it."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as (_house, db, at):
        orders.assign(db, order, to, by=by, now=at)
    typer.echo(f"order {order} is for {to}")


@order_cli.command("begin")
def order_begin(order: int, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Somebody is at the device."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as (_house, db, at):
        orders.begin(db, order, by=by, now=at)
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

    with opened(site) as house:
        at = now()
        state: Literal["waiting_part", "waiting_vendor"] = (
            "waiting_part" if waits_for == "part" else "waiting_vendor"
        )
        with house.records.writing(by, at) as db:
            orders.hold(db, order, state, by=by, now=at, note=note)
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

    with writing(site, by) as (house, db, at):
        device = house.device(orders.get(db, order).device)
        if answer in ("ok", "not_ok", "not_applicable"):
            plain: checklist.Plain = answer  # type: ignore[assignment]  # just compared
            row = checklist.tick(db, order, item, plain, by=by, now=at, note=note)
        else:
            value = _number(answer)
            row = checklist.measure(db, device, order, item, value, by=by, now=at, note=note)
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

    with writing(site, by) as (house, db, at):
        one = orders.get(db, order)
        found = []
        if one.state != "done":
            found = orders.complete(db, order, by=by, now=at, result=result)
        if check:
            orders.return_to_service(db, order, by=by, now=at, check=check)
        if sign:
            orders.sign_off(db, order, by=by, now=at, is_service=is_service(db, house.site, one))
        state = one.state
        numbers = [(other.id, other.title) for other in found]
    typer.echo(f"order {order} is {state}")
    for number, title in numbers:
        typer.echo(f"order {number} is open for what failed: {title}")


@order_cli.command("cancel")
def order_cancel(order: int, why: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """It was a mistake, or needless."""
    from maintenance.work_orders import lifecycle as orders

    with writing(site, by) as (_house, db, at):
        orders.cancel(db, order, by=by, now=at, why=why)
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
