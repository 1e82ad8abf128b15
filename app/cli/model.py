"""Commands about what the detectors have learned, and about services after which they learn anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, SiteSession, load_site, open_site
from app.clock import now
from core.errors import ConfigError, Mistake
from core.text import times
from core.text.numbers import general
from core.time.clock import DAY, to_ms

if TYPE_CHECKING:  # scikit-learn takes seconds to import, and most commands do without
    from alerts.detection.manual_training import DetectorSummary
    from core.schema.site import Site
    from storage.records import Verdict

DeviceArgument = Annotated[str | None, typer.Argument(help="Only of this device.")]
DetectorArgument = Annotated[str | None, typer.Argument(help="Only this detector.")]

model_cli = typer.Typer(no_args_is_help=True, help="What the detectors have learned.")


@model_cli.command("list")
def model_list(device: DeviceArgument = None, site: SiteOption = DEFAULT_SITE) -> None:
    """Each detector: what it says now, and what it has learned from. Exit code 1 if a file is bad."""
    from rich.console import Console
    from rich.table import Table

    checked = _site(site, device)
    with open_site(checked) as centre:
        rows = _summaries(centre, device, None)
    table = Table(
        "Device", "Part", "Detector", "Says", "Since", "Learned", "From", "Score", box=None
    )
    for summary in rows:
        table.add_row(*_cells(summary, checked))
    Console().print(table)
    _exit_on_trouble(rows)


@model_cli.command("show")
def model_show(
    device: Annotated[str, typer.Argument()],
    detector: DetectorArgument = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """All that is known of a device's models, and where their files are."""
    from storage.detector_models.store import ModelStore

    checked = _site(site, device)
    with open_site(checked) as centre:
        rows = _summaries(centre, device, detector)
    for summary in rows:
        for name, value in _facts(summary, checked):
            typer.echo(f"{name:<12}{value}")
        typer.echo(f"{'file':<12}{ModelStore(checked.models_path).path(*summary.target.key)}\n")
    _exit_on_trouble(rows)


@model_cli.command("train")
def model_train(
    device: DeviceArgument = None,
    detector: DetectorArgument = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Learn now, up to what has been judged; the running `alert` takes it up. Exit code 1 if one cannot."""
    from alerts.detection.manual_training import train_now
    from core.version import scanward_version
    from storage.detector_models.store import ModelStore
    from storage.series import SeriesReader

    checked = _site(site, device)
    models, series = ModelStore(checked.models_path), SeriesReader(checked.series_path)
    failed = False
    with open_site(checked) as centre:
        for summary in _summaries(centre, device, detector):
            outcome = train_now(
                summary.target, checked, series, centre.records, models, scanward_version(), now()
            )
            failed = failed or outcome.state is None
            result = outcome.error or f"learned from {outcome.rows} values"
            typer.echo(f"{' '.join(part for part in summary.target.key if part)}: {result}")
    if failed:
        raise typer.Exit(1)


@model_cli.command("service")
def model_service(
    device: Annotated[str, typer.Argument()],
    text: Annotated[str, typer.Option("--text", help="What was done.")] = "",
    at: Annotated[
        str | None, typer.Option("--at", help="When, as 2026-11-01T09:00; the site's time.")
    ] = None,
    who: Annotated[str, typer.Option("--who", help="By whom, for the audit.")] = "command line",
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Note that something was done to a device: its detectors learn anew what is normal."""
    from alerts.evaluation.feedback import note_service

    checked = _site(site, device)
    moment = _moment(at, checked) if at else now()
    with open_site(checked) as centre, centre.writing(who) as tx:
        note_service(tx, device, moment, text)
    typer.echo(f"noted a service of {device} at {_time(moment, checked)}")


def _site(path: Path, device: str | None) -> "Site":
    from core.schema.strict_model import did_you_mean

    site = load_site(path)
    if device is not None and device not in site.devices:
        text = f"no device {device!r}{did_you_mean(device, site.devices)}"
        raise ConfigError([Mistake(str(path), "devices", text)])
    return site


def _summaries(
    centre: SiteSession, device: str | None, detector: str | None
) -> "list[DetectorSummary]":
    from alerts.detection.manual_training import detector_summaries
    from core.schema.strict_model import did_you_mean
    from storage.detector_models.store import ModelStore
    from storage.series import SeriesReader

    site = centre.site
    series, models = SeriesReader(site.series_path), ModelStore(site.models_path)
    every = detector_summaries(site, series, centre.records, models)
    chosen = [
        summary
        for summary in every
        if device in (None, summary.target.device)
        and detector in (None, summary.target.settings.id)
    ]
    if not chosen and detector is not None:
        known = [s.target.settings.id for s in every if s.target.device == device]
        text = f"{device} has no detector {detector!r} with readings{did_you_mean(detector, known)}"
        raise ConfigError([Mistake("model", "detector", text)])
    return chosen


def _cells(summary: "DetectorSummary", site: "Site") -> list[str]:
    device, component, detector = summary.target.key
    card, verdict = summary.card, summary.verdict
    says = "damaged" if summary.trouble else "nothing yet"
    if verdict is not None and not summary.trouble:
        says = "ALARM" if verdict.alarm else _says(verdict)
    since = _date(verdict.since, site) if verdict and verdict.since else ""
    learned = f"v{card.version}, {_date(card.trained_at, site)}" if card and card.trained_at else ""
    window = ""
    if card and card.began_at is not None and card.ended_at is not None:
        window = f"{round((card.ended_at - card.began_at) / DAY)} d"
    score = general(card.score, 3) if card else ""
    return [device, component, detector, says, since, learned, window, score]


def _facts(summary: "DetectorSummary", site: "Site") -> Iterator[tuple[str, str]]:
    device, component, detector = summary.target.key
    yield "device", device + (f", {component}" if component else "")
    yield (
        "detector",
        f"{detector} ({summary.target.settings.kind} of {summary.target.settings.metric})",
    )
    for name, column in summary.target.columns.items():
        yield (
            "reads",
            f"{name} from {', '.join(sorted({' '.join(n).strip() for n in column.series}))}",
        )
    if summary.trouble:
        yield "trouble", summary.trouble
    if (card := summary.card) is not None:
        yield "judged", f"until {_time(card.fed_until, site)}"
        yield "version", f"{card.version}{'' if summary.is_current else ', of other settings'}"
        if card.trained_at is not None and card.began_at is not None and card.ended_at is not None:
            yield "learned", f"{_time(card.trained_at, site)}, by Scanward {card.scanward}"
            span = f"{_time(card.began_at, site)} to {_time(card.ended_at, site)}"
            yield "window", f"{span}, {card.rows} values"
            yield "features", ", ".join(card.features) or "none"
            yield "score", general(card.score, 4) or "unknown"
            yield "input", f"sha256 {card.input}"
    if (verdict := summary.verdict) is not None:
        yield "says", f"{_says(verdict)}, {_time(verdict.at, site)}"


def _says(verdict: "Verdict") -> str:
    """`impossible: looks like Fahrenheit`, `cannot_judge: nothing was measured on that day`."""
    return f"{verdict.kind}: {verdict.reason}" if verdict.reason else verdict.kind


def _exit_on_trouble(rows: "list[DetectorSummary]") -> None:
    for summary in rows:
        if summary.trouble:
            typer.echo(summary.trouble, err=True)
    if any(summary.trouble for summary in rows):
        raise typer.Exit(1)


def _moment(text: str, site: "Site") -> int:
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wrong = f"{text!r} is not a time; write 2026-11-01T09:00"
        raise ConfigError([Mistake("--at", "", wrong)]) from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=site.zone))


def _time(at: int, site: "Site") -> str:
    return times.timestamp(at, site.zone)


def _date(at: int, site: "Site") -> str:
    return times.iso_date(at, site.zone)
