"""Readings that someone exported as CSV, for `scanward detect`. A warning names the line that is wrong.

The first column is the time: ISO with or without a zone, or epoch seconds or milliseconds. The
others are numbers; an empty cell is a gap. Separated by commas, or by semicolons with a decimal comma
or point. A bad cell becomes a gap and a bad row is left out; nothing else is lost by it.
"""

import csv
import itertools
import math
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np

from alerts.detectors.base import Frame
from core.errors import ConfigError, Mistake
from core.time.clock import DAY, to_ms

GAPS = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})
SHOWN = 20  # warnings; the rest are counted
MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138, as milliseconds 1973
FURTHEST = 20 * 366 * DAY  # from the middle row: no export is longer, so the clock was wrong

Warn = Callable[[str], None]
Row = tuple[int, int, list[float]]  # time, line, values


def read_table(path: Path, zone: tzinfo, warn: Warn) -> Frame:
    """The file's columns by name, oldest row first. Times without a zone are of `zone`.

    ConfigError if it cannot be read as a table at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _config_error(path, "", error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _config_error(path, "", f"not UTF-8 at byte {error.start}") from None
    warnings = _FirstWarnings(warn)
    names, rows = parse_table(text, zone, warnings, str(path))
    warnings.close()
    if not rows:
        raise _config_error(path, "", "has no row that can be read")
    at = np.array([row[0] for row in rows], dtype=np.int64)
    table = np.array([row[2] for row in rows], dtype=float).reshape(len(rows), len(names))
    return Frame(at, dict(zip(names, table.T.copy(), strict=True)))


def parse_table(
    text: str, zone: tzinfo, warn: Warn, file: str = "table"
) -> tuple[list[str], list[Row]]:
    """Column names without the time's, and rows in order of time. ConfigError: no usable header."""
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    separator = ";" if header.count(";") >= header.count(",") and ";" in header else ","
    reader = csv.reader(lines, delimiter=separator)
    names: list[str] | None = None
    rows: list[Row] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            warn(f"line {reader.line_num}: {error}; left out")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if names is None:
            names = _header(cells, reader.line_num, file)
            continue
        row = _row(cells, names, reader.line_num, separator, zone, warn)
        if row is not None:
            rows.append(row)
    if names is None:
        raise ConfigError([Mistake(file, "", "is empty; the first line names the columns")])
    return names, _ordered(rows, warn)


def _header(cells: Sequence[str], line: int, file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    texts = []
    if len(names) < 2:
        texts.append("needs a first column `at` and at least one more")
    texts += [
        f"column {name!r} is there twice" for name in {n for n in names if names.count(n) > 1}
    ]
    texts += [f"column {i + 1} has no name" for i, name in enumerate(names) if not name]
    if len(names) > 1 and _number(names[1].replace(",", ".")) is not None:
        texts.append("the first line must name the columns, not hold values")
    if texts:
        raise ConfigError([Mistake(file, f"line {line}", text) for text in texts])
    return names[1:]


def _row(
    cells: Sequence[str], names: Sequence[str], line: int, separator: str, zone: tzinfo, warn: Warn
) -> Row | None:
    at = _time(cells[0].strip(), zone)
    if at is None:
        warn(f"line {line}: {cells[0]!r} is no time; the row is left out")
        return None
    if len(cells) > len(names) + 1 and any(cell.strip() for cell in cells[len(names) + 1 :]):
        warn(f"line {line}: {len(cells)} cells for {len(names) + 1} columns; the row is left out")
        return None
    values = [math.nan] * len(names)
    for number, cell in enumerate(cells[1 : len(names) + 1]):
        text = cell.strip()
        if text.lower() in GAPS:
            continue
        value = _number(text.replace(",", ".") if separator == ";" else text)
        if value is None:
            warn(f"line {line}: {names[number]}: {text!r} is no number; taken as a gap")
        else:
            values[number] = value
    return at, line, values


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _time(text: str, zone: tzinfo) -> int | None:
    """UTC milliseconds, or None."""
    number = _number(text)
    try:
        if number is not None and not (text.isdigit() and len(text) == 8):  # 20260131 is a date
            seconds = number / 1000.0 if abs(number) >= MILLISECONDS_FROM else number
            return round(seconds * 1000.0) if abs(seconds) < MILLISECONDS_FROM else None
        moment = datetime.fromisoformat(text)
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def _ordered(rows: list[Row], warn: Warn) -> list[Row]:
    """By time, each time once: a later line completes or corrects an earlier one."""
    rows = _without_wrong_clocks(rows, warn)
    for before, after in itertools.pairwise(rows):
        if after[0] < before[0]:
            warn(f"line {after[1]}: earlier than the line before it; put in order")
    out: list[Row] = []
    for at, line, values in sorted(rows, key=lambda row: (row[0], row[1])):
        if out and out[-1][0] == at:
            warn(f"line {line}: the same time as line {out[-1][1]}; its values are taken")
            older = out[-1][2]
            values = [o if math.isnan(v) else v for o, v in zip(older, values, strict=True)]
            out[-1] = (at, line, values)
        else:
            out.append((at, line, values))
    return out


def _without_wrong_clocks(rows: list[Row], warn: Warn) -> list[Row]:
    """Without rows whose clock was plainly wrong (1970, 2106)."""
    if not rows:
        return rows
    middle = sorted(row[0] for row in rows)[len(rows) // 2]
    for at, line, _ in rows:
        if abs(at - middle) > FURTHEST:
            warn(f"line {line}: its time is more than twenty years from the others; left out")
    return [row for row in rows if abs(row[0] - middle) <= FURTHEST]


class _FirstWarnings:
    """Passes on the first few warnings and counts the rest."""

    def __init__(self, warn: Warn) -> None:
        self._warn, self._count = warn, 0

    def __call__(self, text: str) -> None:
        self._count += 1
        if self._count <= SHOWN:
            self._warn(text)

    def close(self) -> None:
        if self._count > SHOWN:
            self._warn(f"and {self._count - SHOWN} more lines like these")


def _config_error(path: Path, where: str, text: str) -> ConfigError:
    return ConfigError([Mistake(str(path), where, text)])
