"""`scanward backtest`: what rules would have done with the history that is stored."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site, table, typed_duration
from app.cli.site import changed_text_of
from app.clock import now
from core.errors import RefusedError
from core.text.times import duration, timestamp
from core.time.clock import DAY

if TYPE_CHECKING:
    from alerts.backtest.result import BacktestResult, FiredAlert, RuleSummary
    from core.schema.site import Site
    from storage.records import Records

backtest_cli = typer.Typer()

_SIDES = {"candidate": "these rules only", "both": "both", "present": "at the time only"}


@backtest_cli.command("backtest")
def backtest(
    site: SiteOption = DEFAULT_SITE,
    rule: Annotated[str, typer.Option(help="Only this rule.")] = "",
    device: Annotated[str, typer.Option(help="Only this device.")] = "",
    since: Annotated[str, typer.Option(help="So far back from now: 90d, 12h.")] = "90d",
    put: Annotated[
        list[str] | None,
        typer.Option("--set", help="ADDRESS=VALUE in the site file, only for this replay."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Replay the stored history through the rules of a site file, and compare with the alerts there were.

    With `--set`, or with a copy of the site file or a profile in `profiles/` beside it that you changed,
    see what the change would have done. Nothing at the site is touched. With `--set` and `--json` the
    rules as they are now are replayed as well.
    """
    from core.schema.load import load_site as load_changed

    present = load_site(site)
    text = changed_text_of(site, put or [])
    checked = present if text is None else load_changed(site, text)
    length = typed_duration(since)
    if length <= 0:
        raise RefusedError("say how far back: 90d or 12h")
    records, end = _history_of(present), now()
    span, selected = (end - length, end), (rule, device)
    result = _replayed(checked, records, span, selected)
    if not as_json:
        _show(result, checked)
    elif text is None:
        typer.echo(json.dumps(asdict(result), indent=1))
    else:
        before = _replayed(present, records, span, selected)
        typer.echo(json.dumps({"changed": asdict(result), "present": asdict(before)}))
    records.close()


def _replayed(
    site: "Site", records: "Records", span: tuple[int, int], selected: tuple[str, str]
) -> "BacktestResult":
    """What the rules of a site do with the history; how far it is goes to standard error."""
    from alerts.backtest.run import backtest as replay
    from alerts.backtest.selection import BacktestSelection
    from storage.series import SeriesReader

    start, end = span

    def show_progress(at: int) -> None:
        percent = 100 * (at - start) // (end - start)
        typer.echo(f"\r{timestamp(at, site.zone)} {percent:3d} %", err=True, nl=False)

    series, selection = SeriesReader(site.series_path), BacktestSelection(*selected)
    result = replay(site, series, records, start, end, selection, show_progress)
    typer.echo("", err=True)
    return result


def _history_of(site: "Site") -> "Records":
    """The records of a site that has a history. RefusedError if it has none."""
    from storage.records import Records

    if not site.series_path.exists():
        raise RefusedError("nothing is stored yet in {place}", place=site.series_path)
    records = Records(site.records_url, now=now)
    if not _has_tables(records):
        raise RefusedError("the site has no records of this version: start Scanward there once")
    return records


def _has_tables(records: "Records") -> bool:
    """Its tables are of this version: they are not brought up to it here, for nothing is written."""
    from storage.records import migrate

    is_made = records.file is None or records.file.exists()
    return is_made and records.known_revision() == migrate.newest()


def _show(result: "BacktestResult", site: "Site") -> None:
    typer.echo(f"{timestamp(result.start, site.zone)} to {timestamp(result.end, site.zone)}")
    if result.coarse_until is not None:
        until = timestamp(result.coarse_until, site.zone)
        typer.echo(
            f"before {until} only means of {result.coarsest} are left: short excursions are not seen"
        )
    head = ("device", "rule", "fired", "at the time", "a month", "at the time", "longest", "in all")
    table(head, (_summary_cells(summary) for summary in result.summaries))
    typer.echo("")
    head = ("fired", "lasted", "device", "part", "rule", "severity", "worst", "by")
    table(head, (_alert_cells(alert, result.end, site) for alert in result.alerts))
    typer.echo("")
    typer.echo(f"{result.incidents} incidents; {result.incidents_before} at the time")
    _show_messages(result, site)


def _show_messages(result: "BacktestResult", site: "Site") -> None:
    """What people would have got, had they acknowledged each after half an hour."""
    weeks = max(result.end - result.start, 1) / (7 * DAY)
    typer.echo(f"{len(result.messages)} messages, {len(result.messages) / weeks:.1f} a week")
    for severity in ("critical", "error", "warning", "info"):
        given = [message for message in result.messages if message.severity == severity]
        typer.echo(f"  {severity}: {len(given)}, {len(given) / weeks:.1f} a week")
    for channel in (channel for channel in site.file.channels if channel.kind != "log"):
        given = [message for message in result.messages if channel.id in message.channels]
        typer.echo(f"  by {channel.id}: {len(given)}, {len(given) / weeks:.1f} a week")
    typer.echo("")
    head = ("at", "why", "severity", "device", "what", "with it", "by")
    table(
        head,
        (
            (
                timestamp(message.at, site.zone), message.kind, message.severity,
                message.device, message.title, message.explained or "", " ".join(message.channels),
            )
            for message in result.messages
        ),
    )  # fmt: skip


def _summary_cells(summary: "RuleSummary") -> tuple[object, ...]:
    return (
        summary.device,
        summary.rule,
        summary.fired,
        summary.fired_before,
        f"{summary.a_month:.1f}",
        f"{summary.a_month_before:.1f}",
        duration(summary.longest),
        duration(summary.total),
    )


def _alert_cells(alert: "FiredAlert", end: int, site: "Site") -> tuple[object, ...]:
    lasted = duration(alert.until(end) - alert.fired_at)
    return (
        timestamp(alert.fired_at, site.zone),
        f"{lasted}, open" if alert.ended_at is None else lasted,
        alert.device,
        alert.component,
        alert.rule,
        alert.severity,
        "" if alert.value is None else f"{alert.value:g}",
        _SIDES[alert.fired_by],
    )
