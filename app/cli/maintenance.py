"""Commands about the work: asset sheets, plans, parts; orders are in cli_order.py."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.order import downtime_cli, order_cli
from app.cli.order_proofs import proofs_cli
from app.cli.reading import reading_cli
from app.cli.round import round_cli
from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing
from app.cli.ticket import ticket_cli
from app.cli.today import today_cli
from app.clock import now
from core.errors import ConfigError, Mistake

work_cli = typer.Typer()
asset_cli = typer.Typer(no_args_is_help=True, help="What the centre owns.")
plan_cli = typer.Typer(no_args_is_help=True, help="What must be done, and when.")
part_cli = typer.Typer(no_args_is_help=True, help="Parts on the shelf.")
work_cli.add_typer(asset_cli, name="asset")
work_cli.add_typer(plan_cli, name="plan")
order_cli.add_typer(proofs_cli)
work_cli.add_typer(order_cli, name="order")
work_cli.add_typer(downtime_cli, name="downtime")
work_cli.add_typer(part_cli, name="part")
work_cli.add_typer(ticket_cli, name="ticket")
work_cli.add_typer(reading_cli, name="reading")
work_cli.add_typer(round_cli, name="round")
work_cli.add_typer(today_cli)

SheetOption = Annotated[str, typer.Option("--sheet", help="What a CSV file holds.")]


@asset_cli.command("import")
def asset_import(
    file: Path,
    sheet: SheetOption = "assets",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    sure: Annotated[
        bool,
        typer.Option("--sure", help="What is asked about is right: two machines of one serial."),
    ] = False,
) -> None:
    """Take in vendors, contracts, assets, components and parts from XLSX or CSV, whole or not at all."""
    from maintenance.assets.register import import_path

    _check_sheet(sheet)
    with writing(site, by) as tx:
        counts = import_path(tx, file, sheet, sure=sure)
    typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing in it")


@asset_cli.command("export")
def asset_export(
    file: Path, sheet: SheetOption = "assets", site: SiteOption = DEFAULT_SITE
) -> None:
    """Write them to FILE.xlsx, or one sheet to FILE.csv; an empty site gives its devices to fill in."""
    from maintenance.assets.register import export_assets

    _check_sheet(sheet)
    with opened(site) as centre, centre.records.reading() as db:
        data, counts = export_assets(db, centre.site, file.name, sheet)
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

    with opened(site) as centre, centre.records.reading() as db:
        labels = labels_of(db, centre.site, asset or centre.site.devices, url)
    output.write_bytes(label_sheet(labels, skip))
    typer.echo(f"{len(labels)} labels are in {output}")


@plan_cli.command("list")
def plan_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Every plan of every device, with the interval that its risk score proposes."""
    from core.text import times
    from maintenance.planning.device_score import device_score
    from maintenance.planning.risk import proposed_interval

    with opened(site) as centre, centre.records.reading() as db:
        rows = []
        for device in centre.site.devices.values():
            score = device_score(db, device, now())
            proposed = None if score is None else proposed_interval(score)
            for plan in device.plans:
                use = f"{plan.use.every:g} {' or '.join(plan.use.metrics)}" if plan.use else ""
                every = times.duration(plan.every) if plan.every else ""
                wish = times.duration(proposed) if proposed and plan.is_service else ""
                rows.append((device.id, plan.id, every, use, plan.who, score, wish, plan.basis))
    table(("device", "plan", "every", "or use", "who", "score", "score says", "basis"), rows)


@plan_cli.command("due")
def plan_due(site: SiteOption = DEFAULT_SITE) -> None:
    """What is to be done next, the most urgent first."""
    from storage.records import planning as task_rows
    from storage.records import work_orders as order_rows

    with opened(site) as centre, centre.records.reading() as db:
        at = now()
        rows = []
        for task in task_rows.open_tasks(db):
            order = order_rows.order_of_task(db, task.id)
            state = "overdue" if task.late_at < at else "open" if order else ""
            number = order.id if order else ""
            due = centre.wall_clock(task.due_at)
            rows.append((task.id, task.device, task.plan, due, task.due_by, state, number))
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
    from maintenance.planning.tasks import skip

    with writing(site, by) as tx:
        skip(tx, number, kind, reason)
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
    from maintenance.planning.tasks import record_done

    with opened(site) as centre, centre.writing(by) as tx:
        record_done(tx, device, plan, centre.moment(on))
    typer.echo(f"{plan} of {device}: done on {on}")


@part_cli.command("list")
def part_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Parts, how many there are, when one is needed, and whether to order."""
    from maintenance.parts.demand import stock_overview
    from storage.series.store import open_store

    words = {"enough": "", "order_now": "order now", "too_late": "order now, it will be late"}
    with opened(site) as centre, centre.records.reading() as db:
        rows = [
            (
                row.part.id,
                row.part.name,
                row.quantity,
                row.part.minimum,
                f"{row.part.lead_days} d",
                centre.wall_clock(row.need.at)[:10],
                words[row.advice],
                row.need.why,
            )
            for row in stock_overview(db, centre.site, open_store(centre.site), now())
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
        stock.move(tx, part, kind, quantity, order_id=order)
    typer.echo(f"{part}: {quantity} {kind}")
