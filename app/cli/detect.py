"""`scanward detect`: what the detectors would have said about an export in hand."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from core.errors import ConfigError, Mistake

detect_cli = typer.Typer()
DIRECTIONS = ("above", "below", "both")


@detect_cli.command()
def detect(
    file: Annotated[Path, typer.Argument(help="CSV: first column the time, empty cells are gaps.")],
    metric: Annotated[str | None, typer.Option(help="The column that is watched.")] = None,
    context: Annotated[
        str | None, typer.Option(help="Columns it follows, as A,B,C; `none` for none.")
    ] = None,
    detector: Annotated[
        str | None, typer.Option(help="A kind, or the id of a shipped detector.")
    ] = None,
    limit: Annotated[float | None, typer.Option(help="Forecast when the value is there.")] = None,
    direction: Annotated[str, typer.Option(help="above, below or both.")] = "both",
    zone: Annotated[str, typer.Option(help="Whose days, and times without a zone.")] = "UTC",
    train_rows: Annotated[
        int | None, typer.Option(min=20, help="For multivariate: learn from the first rows.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Instead of the screen.")] = None,
) -> None:
    """Run a detector over a CSV as it would have run live; one JSON verdict a line."""
    from alerts.detectors.base import Limit
    from app.offline.csv_input import read_table
    from app.offline.run_detectors import ExportTable, json_line, settings_for, verdicts

    if direction not in DIRECTIONS:
        text = f"{direction!r} is none of {', '.join(DIRECTIONS)}"
        raise ConfigError([Mistake("--direction", "", text)])
    try:
        days_of = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError([Mistake("--zone", "", f"unknown zone {zone!r}")]) from None
    frame = read_table(file, days_of, lambda text: typer.echo(f"{file}: {text}", err=True))
    table = ExportTable.of(frame)
    names = None if context is None else [c.strip() for c in context.split(",") if c.strip()]
    settings = settings_for(table, metric, [] if names == ["none"] else names, detector)
    side = cast(Literal["above", "below", "both"], direction)
    limits = [] if limit is None else [Limit(limit, side)]
    judged = verdicts(table, settings, limits, days_of, train_rows)
    lines = (json_line(verdict) for verdict in judged)
    _write(lines, out)


def _write(lines: Iterable[str], out: Path | None) -> None:
    if out is None:
        for text in lines:
            typer.echo(text)
        return
    try:
        with out.open("w", encoding="utf-8") as written:
            written.writelines(f"{text}\n" for text in lines)
    except OSError as error:
        raise ConfigError([Mistake(str(out), "", error.strerror or str(error))]) from None
