"""Commands about silences and maintenance windows."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    ReasonOption,
    SiteOption,
    end_of,
    opened,
    table,
    writing,
)
from app.clock import now

if TYPE_CHECKING:
    from alerts.evaluation.windows import Span
    from app.cli.session import SiteSession
    from storage.records import Window

window_cli = typer.Typer(
    no_args_is_help=True, help="When nobody is told: silences of alerts, maintenance of devices."
)

WindowArgument = Annotated[int, typer.Argument(help="As `window list` shows it.")]
ForOption = Annotated[str, typer.Option("--for", help="How long, as 4h or 2d.")]


@window_cli.command("list")
def window_list(
    device: Annotated[str | None, typer.Option(help="Only this one's.")] = None,
    site: SiteOption = DEFAULT_SITE,
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
) -> None:
    """Those that are open or to come; of one that repeats, the turn that is open or the next."""
    from alerts.evaluation.windows import next_span
    from storage.records import windows as window_rows

    with opened(site) as centre, centre.records.reading() as db:
        if device is not None:
            centre.site.device(device)
        at = now()
        windows = window_rows.all_windows(db) if every else window_rows.windows_to_come(db, at)
        rows = [
            _row(centre, window, next_span(window, at, centre.site.zone), at)
            for window in windows
            if device in (None, window.device)
        ]
    head = ("window", "", "kind", "device", "part", "rule", "from", "to", "repeats", "by", "why")
    table(head, rows)


def _row(
    centre: "SiteSession", window: "Window", span: "Span | None", at: int
) -> tuple[object, ...]:
    start, end = span or (window.starts_at, window.ends_at)
    state = "over" if span is None else "open" if start <= at else ""
    repeats: str = window.repeats
    if window.repeats_until is not None:
        repeats += f" until {centre.wall_clock(window.repeats_until)}"
    return (
        window.id,
        state,
        window.kind,
        window.device,
        window.component,
        window.rule,
        centre.wall_clock(start),
        centre.wall_clock(end),
        repeats,
        window.by,
        window.reason,
    )


@window_cli.command("open")
def window_open(
    device: str,
    begin: Annotated[str, typer.Option("--from", help="When, if not now: 2026-10-31 08:15.")] = "",
    end: Annotated[str, typer.Option("--to", help="Until when.")] = "",
    length: ForOption = "",
    reason: ReasonOption = "",
    component: Annotated[str, typer.Option("--part", help="Only this part of it.")] = "",
    rule: Annotated[str, typer.Option(help="Only this rule.")] = "",
    repeats: Annotated[
        Literal["daily", "weekly"] | None, typer.Option(help="At the same time of day.")
    ] = None,
    until: Annotated[str, typer.Option(help="When it repeats no more.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Planned maintenance: nobody is told of the device's alerts meanwhile, they are judged on."""
    from alerts.evaluation.window_changes import open_maintenance

    with opened(site) as centre, centre.writing(by) as tx:
        starts_at = centre.moment(begin) if begin else tx.now
        window = open_maintenance(
            tx,
            device,
            starts_at,
            end_of(centre, starts_at, length, end),
            reason,
            component=component,
            rule=rule,
            repeats=repeats or "",
            until=centre.moment(until) if until else None,
        )
        number, ends_at = window.id, centre.wall_clock(window.ends_at)
    typer.echo(f"window {number}: {device} is at work until {ends_at}")


@window_cli.command("work")
def window_work(
    device: str,
    hours: Annotated[int, typer.Argument(help="For how long, 1 to 24.")],
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """I am working on it now, for so many hours."""
    from alerts.evaluation.window_changes import work_now

    with opened(site) as centre, centre.writing(by) as tx:
        window = work_now(tx, device, hours, reason)
        number, ends_at = window.id, centre.wall_clock(window.ends_at)
    typer.echo(f"window {number}: {device} is at work until {ends_at}")


@window_cli.command("extend")
def window_extend(
    window: WindowArgument,
    length: ForOption = "",
    end: Annotated[str, typer.Option("--to", help="Or until when.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """It ends then, counted from now."""
    from alerts.evaluation.window_changes import extend_window

    with opened(site) as centre, centre.writing(by) as tx:
        row = extend_window(tx, window, end_of(centre, tx.now, length, end))
        ends_at = centre.wall_clock(row.ends_at)
    typer.echo(f"window {window} ends {ends_at}")


@window_cli.command("end")
def window_end(
    window: WindowArgument,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="One that repeats: its later turns too.")
    ] = False,
) -> None:
    """It is over now; what is still wrong is told."""
    from alerts.evaluation.window_changes import end_window

    with writing(site, by) as tx:
        end_window(tx, window, for_good=for_good)
    typer.echo(f"window {window} has ended")
