"""Curves as a browser draws them: arrays, with a row without a value wherever there is a gap. Pure.

A browser gets one block of bytes: how long its header is (4 bytes), the header (JSON, filled up with spaces to
8 bytes), then of each line the means, the lows and highs if it has a band, and the distances in time (ms).
All are floats of 64 bits, the numbers of the store: between two phantoms lie more milliseconds than 32 bits hold.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.schema.metric import Metric
from dashboard.views.curves import breaks
from storage.series import Curve

# So many readings to a point of the chart are drawn as a band: beside a coarser past they would be a comb.
DENSE = 4

Floats: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]


class ChartLine(NamedTuple):
    """One line of a chart, oldest first. Where nothing was measured stands a row of NaN."""

    name: str
    at: Times  # UTC milliseconds
    mean: Floats
    low: Floats
    high: Floats
    level: str = "raw"  # what it is drawn from: `raw`, `minutes`, `hours` or `days`
    width: int = 0  # of a bucket, milliseconds

    @property
    def is_banded(self) -> bool:
        """Does any point stand for more than one value?"""
        return bool(np.any((self.low < self.mean) | (self.high > self.mean)))


def chart_line(
    name: str, curve: Curve, metric: Metric, start: int, end: int, points: int
) -> ChartLine:
    """The line of one component over [start, end), drawn with about `points` points."""
    rows = curve.points
    at = np.array([row.at for row in rows], np.int64)
    mean, low, high, counts = (
        np.array([row[column] for row in rows], np.float64) for column in (1, 2, 3, 4)
    )
    is_break = breaks(at, curve.width)
    if curve.level == "raw" and len(at):
        starts = _group_starts(at, is_break, start, max((end - start) / points, 1))
        sizes = np.diff(np.append(starts, len(at)))
        sums = np.add.reduceat(mean * counts, starts) / np.add.reduceat(counts, starts)
        mean = np.where(sizes == 1, mean[starts], sums)
        low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        mean = np.clip(mean, low, high)
        at, is_break = at[starts + (sizes - 1) // 2], is_break[starts]
    if metric.kind == "state" and metric.states:
        mean = _nearest(mean, sorted(metric.states))
    return with_gaps(ChartLine(name, at, mean, low, high, curve.level, curve.width), is_break)


def with_gaps(line: ChartLine, is_break: NDArray[np.bool_]) -> ChartLine:
    """The line with a row without a value before each point that is not joined to the one before."""
    places = np.flatnonzero(is_break)
    mean, low, high = (
        np.insert(values, places, np.nan) for values in (line.mean, line.low, line.high)
    )
    at = np.insert(line.at, places, line.at[places - 1] + 1)
    return line._replace(at=at, mean=mean, low=low, high=high)


def packed(header: Mapping[str, Any], lines: Sequence[ChartLine]) -> bytes:
    """All of a chart as the browser's script reads it."""
    described = [
        {
            "name": line.name, "count": len(line.at), "start": int(line.at[0]) if len(line.at) else 0,
            "level": line.level, "width": line.width, "banded": line.is_banded,
        }
        for line in lines
    ]  # fmt: skip
    text = json.dumps({**header, "lines": described}, separators=(",", ":"), allow_nan=False)
    head = text.encode()
    head += b" " * (-(len(head) + 4) % 8)
    return b"".join((struct.pack("<I", len(head)), head, *map(_body, lines)))


def _body(line: ChartLine) -> bytes:
    bands = (line.low, line.high) if line.is_banded else ()
    steps = np.diff(line.at, prepend=line.at[:1])
    return b"".join(column.astype("<f8").tobytes() for column in (line.mean, *bands, steps))


def _group_starts(
    at: Times, is_break: NDArray[np.bool_], start: int, width: float
) -> NDArray[np.intp]:
    """Where each point of the drawing begins: of a dense bucket it is one, of a sparse one each reading is."""
    bucket = ((at - start) // width).astype(np.int64)
    _, inverse, counts = np.unique(bucket, return_inverse=True, return_counts=True)
    is_sparse = counts[inverse] < DENSE
    is_new = np.diff(bucket, prepend=bucket[0] - 1) != 0
    return np.flatnonzero(is_new | is_sparse | is_break)


def _nearest(means: Floats, states: Sequence[int]) -> Floats:
    """A mean of states is none of them; the chart says which it mostly was."""
    known = np.array(states, np.float64)
    nearest: Floats = known[np.abs(means[:, None] - known).argmin(axis=1)]
    return nearest
