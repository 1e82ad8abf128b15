"""Commands about the work: asset sheets, plans, parts; orders are in cli_order.py."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.order import downtime_cli, order_cli
from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing
from app.clock import now
from core.errors import ConfigError, Mistake, RefusedError

work_cli = typer.Typer()
asset_cli = typer.Typer(no_args_is_help=True, help="What the centre owns.")
plan_cli = typer.Typer(no_args_is_help=True, help="What must be done, and when.")
part_cli = typer.Typer(no_args_is_help=True, help="Parts on the shelf.")
work_cli.add_typer(asset_cli, name="asset")
work_cli.add_typer(plan_cli, name="plan")
work_cli.add_typer(order_cli, name="order")
work_cli.add_typer(downtime_cli, name="downtime")
work_cli.add_typer(part_cli, name="part")

SheetOption = Annotated[str, typer.Option("--sheet", help="What a CSV file holds.")]


@asset_cli.command("import")
def asset_import(
    file: Path,
    sheet: SheetOption = "assets",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Take in vendors, contracts, assets, components and parts from XLSX or CSV, whole or not at all."""
    from maintenance.assets.register import import_assets

    _check_sheet(sheet)
    with writing(site, by) as tx:
        counts = import_assets(tx.db, file, tx.now, sheet)
    typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing in it")


@asset_cli.command("export")
def asset_export(
    file: Path, sheet: SheetOption = "assets", site: SiteOption = DEFAULT_SITE
) -> None:
    """Write them to FILE.xlsx, or one sheet to FILE.csv; an empty site gives its devices to fill in."""
    from maintenance.assets.register import export_assets

    _check_sheet(sheet)
    with opened(site) as house, house.records.reading() as db:
        data, counts = export_assets(db, house.site, file.name, sheet)
    file.write_bytes(data)
    typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()) + f" are in {file}")


def _check_sheet(sheet: str) -> None:
    from core.schema.strict_model import did_you_mean
    from maintenance.assets.columns import SHEETS

    if sheet not in SHEETS:
        text = f"unknown sheet {sheet!r}{did_you_mean(sheet, SHEETS)}"
        raise ConfigError([Mistake("--sheet", "", text)])


@asset_cli.command("label")
def asset_label(
    output: Annotated[Path, typer.Option("-o", help="FILE.pdf")],
    asset: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    url: Annotated[str | None, typer.Option(help="Of the dashboard, for the codes.")] = None,
    skip: Annotated[int, typer.Option(help="Places of the sheet that are used up.")] = 0,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Labels for the machines with a QR code, 24 on an A4 sheet."""
    from maintenance.assets.labels import label_sheet, labels_of

    with opened(site) as house, house.records.reading() as db:
        labels = labels_of(db, house.site, asset or house.site.devices, url)
    output.write_bytes(label_sheet(labels, skip))
    typer.echo(f"{len(labels)} labels are in {output}")


@plan_cli.command("list")
def plan_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Every plan of every device, with the interval that its risk score proposes."""
    from core.text import times
    from maintenance.planning.planner import device_score
    from maintenance.planning.risk import proposed_interval

    with opened(site) as house, house.records.reading() as db:
        rows = []
        for device in house.site.devices.values():
            score = device_score(db, device, now())
            proposed = None if score is None else proposed_interval(score)
            for plan in device.plans:
                use = f"{plan.use.every:g} {plan.use.metric}" if plan.use else ""
                every = times.duration(plan.every) if plan.every else ""
                wish = times.duration(proposed) if proposed and plan.is_service else ""
                rows.append((device.id, plan.id, every, use, plan.who, score, wish, plan.basis))
    table(("device", "plan", "every", "or use", "who", "score", "score says", "basis"), rows)


@plan_cli.command("due")
def plan_due(site: SiteOption = DEFAULT_SITE) -> None:
    """What is to be done next, the most urgent first."""
    from storage.records import planning as task_rows
    from storage.records import work_orders as order_rows

    with opened(site) as house, house.records.reading() as db:
        at = now()
        rows = []
        for one in task_rows.open_tasks(db):
            order = order_rows.order_of_task(db, one.id)
            state = "overdue" if one.late_at < at else "open" if order else ""
            number = order.id if order else ""
            due = house.say(one.due_at)
            rows.append((one.id, one.device, one.plan, due, one.due_by, state, number))
    table(("number", "device", "plan", "due", "by", "", "order"), rows)


@plan_cli.command("skip")
def plan_skip(
    number: Annotated[int, typer.Argument(help="As `plan due` shows it.")],
    reason: str,
    kind: Annotated[
        Literal["in_use", "not_located", "other"], typer.Option(help="Counted apart, but other.")
    ] = "other",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """It is not done this time."""
    from maintenance.planning.planner import skip

    with writing(site, by) as tx:
        skip(tx.db, tx.site, number, kind, reason, by=by, now=tx.now)
    typer.echo(f"{number} is skipped")


@plan_cli.command("done")
def plan_done(
    device: str,
    plan: str,
    on: Annotated[str, typer.Option(help="When, as 2026-10-31.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """It was last done on that day, before Scanward knew of it."""
    from core.schema.strict_model import did_you_mean
    from maintenance.planning.planner import record_done

    with opened(site) as house:
        one = house.device(device)
        known = one.plan(plan)
        if known is None:
            hint = did_you_mean(plan, [known.id for known in one.plans])
            raise RefusedError(
                "{device} has no plan {plan!r}{hint}", device=device, plan=plan, hint=hint
            )
        with house.writing(by) as tx:
            record_done(tx.db, one, known, house.moment(on), by=by, now=tx.now)
    typer.echo(f"{plan} of {device}: done on {on}")


@part_cli.command("list")
def part_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Parts, how many there are, when one is needed, and whether to order."""
    from maintenance.parts.demand import shelf
    from storage.series.store import open_store

    words = {"enough": "", "order_now": "order now", "too_late": "order now, it will be late"}
    with opened(site) as house, house.records.reading() as db:
        rows = [
            (
                part.id,
                part.name,
                here,
                part.minimum,
                f"{part.lead_days} d",
                house.say(need.at)[:10],
                words[advice],
                need.why,
            )
            for part, here, need, advice in shelf(db, house.site, open_store(house.site), now())
        ]
    table(("part", "name", "here", "minimum", "lead", "needed", "", "why"), rows)


@part_cli.command("move")
def part_move(
    part: str,
    kind: Annotated[
        Literal["received", "used", "returned", "counted", "scrapped"], typer.Argument()
    ],
    quantity: int,
    order: Annotated[int | None, typer.Option(help="The order that it is used for.")] = None,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Parts came or went; `counted` says how many there are."""
    from maintenance.parts import stock

    with writing(site, by) as tx:
        stock.move(tx.db, part, kind, quantity, by=by, now=tx.now, order_id=order)
    typer.echo(f"{part}: {quantity} {kind}")
