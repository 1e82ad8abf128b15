"""`scanward alert`: the process that judges, and what a person does about an alert."""

from typing import Annotated

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    ReasonOption,
    SiteOption,
    end_of,
    load_watched,
    opened,
    table,
)
from app.clock import now
from app.services.signals import stopped_by_signals

alert_cli = typer.Typer(help="Judge what was collected, and tell people; or see to one alert.")
silence_cli = typer.Typer()

AlertArgument = Annotated[int, typer.Argument(help="As `alert list` shows it.")]


@alert_cli.callback(invoke_without_command=True)
def alert(
    context: typer.Context,
    site: SiteOption = DEFAULT_SITE,
    *,
    once: Annotated[bool, typer.Option("--once", help="One round, then stop.")] = False,
) -> None:
    """Judge what was collected, and tell people."""
    if context.invoked_subcommand is not None:
        return
    from app.services.alert import alert as alert_loop

    checked = load_watched(site, once=once)
    stop = stopped_by_signals()
    alert_loop(checked, stop, once=once)


@alert_cli.command("list")
def alert_list(site: SiteOption = DEFAULT_SITE) -> None:
    """What is wrong now, with what stands beside it."""
    from alerts.evaluation.windows import marks
    from storage.records import alerts as alert_rows
    from storage.records import windows as window_rows

    with opened(site) as centre, centre.records.reading() as db:
        at = now()
        windows = window_rows.windows_at(db, at)
        rows = []
        for key, row in alert_rows.open_alerts(db).items():
            work, silenced_until = marks(windows, key, at, centre.site.zone)
            rows.append(
                (
                    row.id,
                    row.device,
                    row.component,
                    row.severity,
                    row.state,
                    centre.wall_clock(row.began_at),
                    row.acknowledged_by,
                    centre.wall_clock(silenced_until),
                    work or row.suppressed_by,
                    row.title,
                )
            )
    head = ("alert", "device", "part", "severity", "state", "since", "seen by", "silent until")
    table((*head, "because of", "title"), rows)


@alert_cli.command("close")
def alert_close(
    alert: AlertArgument,
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """It cannot end by itself, for what it watches is not read any more."""
    from alerts.evaluation.closing import close_alert
    from storage.series.store import open_store

    with opened(site) as centre, centre.writing(by) as tx:
        close_alert(tx, alert, reason, open_store(centre.site))
    typer.echo(f"alert {alert} is closed")


@silence_cli.command("silence")
def silence(
    alert: AlertArgument,
    length: Annotated[str, typer.Option("--for", help="As 4h or 2d.")] = "",
    until: Annotated[str, typer.Option(help="Or until when: 2026-10-31 08:15.")] = "",
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Tell nobody of an alert for a time, whatever becomes of it; `window end` takes it back."""
    from alerts.evaluation.window_changes import silence_alert

    with opened(site) as centre, centre.writing(by) as tx:
        window = silence_alert(tx, alert, end_of(centre, tx.now, length, until), reason)
        number, ends_at = window.id, centre.wall_clock(window.ends_at)
    typer.echo(f"alert {alert} is silent until {ends_at} (window {number})")
