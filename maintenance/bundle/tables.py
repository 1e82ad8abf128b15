"""The tables of a bundle as CSV that any program reads: UTF-8, commas, times in UTC and local."""

import csv
import io
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from core.time.clock import from_ms, iso
from maintenance.bundle.content import BundledCurve, Content
from storage.series import Point

Cell = str | int | float | None


def tables(content: Content) -> dict[str, bytes]:
    """File name to bytes. A table without rows is there too: that nothing was is a fact."""
    zone = ZoneInfo(content.zone)
    files = {
        "events.csv": _events(content, zone),
        "alerts.csv": _alerts(content, zone),
        "verdicts.csv": _verdicts(content, zone),
        "maintenance.csv": _maintenance(content, zone),
    }
    for device in content.devices:
        curves = [curve for curve in content.curves if curve.device == device.id]
        files[f"readings/{device.id}.csv"] = _points([(curve, curve.readings) for curve in curves])
        files[f"rollups/{device.id}.csv"] = _points([(curve, curve.rollups) for curve in curves])
    return files


def _points(curves: Iterable[tuple[BundledCurve, Sequence[Point]]]) -> bytes:
    """`mean`, `low` and `high` of `readings` readings from `time_utc` on; one reading: all the same."""
    rows = [
        (
            iso(point.at),
            curve.name,
            curve.component,
            round(point.mean, 6),
            point.low,
            point.high,
            point.readings,
            curve.metric.unit,
        )
        for curve, points in curves
        for point in points
    ]
    head = ("time_utc", "metric", "component", "mean", "low", "high", "readings", "unit")
    return _csv(head, rows)


def _events(content: Content, zone: ZoneInfo) -> bytes:
    head = ("time_utc", "time_local", "device", "severity", "kind", "component", "code", "text")
    return _csv(
        head,
        [(*_when(row.at, zone), *row[1:]) for row in sorted(content.events, key=lambda e: e.at)],
    )


def _alerts(content: Content, zone: ZoneInfo) -> bytes:
    head = (
        *("began_utc", "began_local", "fired_utc", "ended_utc", "alert", "device", "severity"),
        *("title", "metric", "component", "worst", "limit"),
    )
    rows = [
        (
            *_when(row.began_at, zone),
            _or_none(row.fired_at),
            _or_none(row.ended_at),
            *(row.id, row.device, row.severity, row.title, row.metric, row.component),
            *(row.value, row.limit),
        )
        for row in content.alerts
    ]
    return _csv(head, rows)


def _verdicts(content: Content, zone: ZoneInfo) -> bytes:
    head = (
        *("time_utc", "time_local", "device", "component", "detector", "verdict", "alarm", "score"),
        *("value", "expected", "low", "high", "carried_by", "metric"),
    )
    return _csv(head, [(*_when(row.at, zone), *row[1:]) for row in content.verdicts])


def _maintenance(content: Content, zone: ZoneInfo) -> bytes:
    rows = [(*_when(note.at, zone), note.kind, note.text) for note in content.notes]
    return _csv(("time_utc", "time_local", "kind", "text"), rows)


def _when(at: int, zone: ZoneInfo) -> tuple[str, str]:
    return iso(at), from_ms(at, zone).isoformat(timespec="milliseconds")


def _or_none(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")  # RFC 4180
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8")


def _cell(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
