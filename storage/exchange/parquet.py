"""Parquet, for notebooks and statistics: one reading a row."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import StoreError
from core.readings import Reading

ROWS = 20_000  # in memory at once

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("device", _WORD, nullable=False),
        pa.field("metric", _WORD, nullable=False),
        pa.field("component", _WORD, nullable=False),
        pa.field("at", pa.timestamp("ms", tz="UTC"), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("quality", _WORD, nullable=False),
    ]
)
_NAMES = Reading._fields
LONGEST_WORD = 1_000  # characters of any word of a reading; ours
_NEEDED = ("device", "metric", "at", "value")


def write(path: Path, readings: Iterable[Reading]) -> int:
    """Write readings; how many."""
    count = 0
    waiting = iter(readings)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as file:
        while rows := list(islice(waiting, ROWS)):
            columns = [pa.array([row[n] for row in rows], kind) for n, kind in _COLUMNS]
            file.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
            count += len(rows)
    return count


# Where each column stands in a Reading.
_COLUMNS = [(Reading._fields.index(field.name), field.type) for field in SCHEMA]


def read(path: Path) -> Iterator[tuple[int, Reading | str]]:
    """Each row's number with its reading, or with what is wrong."""
    number = 0
    try:
        schema = pq.read_schema(path)
        _check(path, schema)
        names = [name for name in _NAMES if name in schema.names]
        # Words stay a dictionary: written once in the file, a long one is not copied into each row.
        with pq.ParquetFile(path, read_dictionary=names) as file:
            for batch in file.iter_batches(ROWS, columns=names):
                for row in _rows(batch):
                    number += 1
                    yield number, _reading(row)
    except pa.ArrowException as error:
        raise StoreError(f"{path} cannot be read as Parquet: {error}", permanent=True) from error


def _check(path: Path, schema: Any) -> None:
    missing = [name for name in _NEEDED if name not in schema.names]
    if missing:
        raise StoreError(f"{path} has no column {', '.join(missing)}", permanent=True)
    nested = [n for n in _NAMES if n in schema.names and pa.types.is_nested(schema.field(n).type)]
    if nested:
        text = f"{path}: the column {', '.join(nested)} holds more than one value a row"
        raise StoreError(text, permanent=True)
    kind = schema.field("at").type
    if not pa.types.is_timestamp(kind) or kind.tz is None:
        text = f"{path}: the column `at` is {kind}; it must be a timestamp with a time zone"
        raise StoreError(text, permanent=True)


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    """Rows with `at` as milliseconds, whatever precision the file has."""
    names = batch.schema.names
    columns = []
    for name in names:
        column = batch.column(name)
        if name == "at":
            column = column.cast(pa.timestamp("ms", tz="UTC"), safe=False).cast(pa.int64())
        columns.append(_values(column))
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: Any) -> list[Any]:
    if not pa.types.is_dictionary(column.type):
        values: list[Any] = column.to_pylist()
        return values
    words = column.dictionary.to_pylist()
    return [None if index is None else words[index] for index in column.indices.to_pylist()]


def _reading(row: dict[str, Any]) -> Reading | str:
    empty = [name for name in _NEEDED if row[name] is None]
    if empty:
        return f"{', '.join(empty)} is empty"
    if any(isinstance(value, str) and len(value) > LONGEST_WORD for value in row.values()):
        return f"a word is longer than {LONGEST_WORD} characters"
    if not isinstance(row["value"], (int, float)) or isinstance(row["value"], bool):
        return f"the value {row['value']!r} is not a number"
    return Reading(
        str(row["device"]),
        str(row["metric"]),
        float(row["value"]),
        int(row["at"]),
        str(row.get("component") or ""),
        row.get("quality") or "good",
    )
