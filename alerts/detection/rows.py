"""Rows for the detectors: ten-minute means of many series, read from the store at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from alerts.detection.places import Column, Name, Place
from alerts.detectors.base import Floats, Frame, Ints
from alerts.detectors.grid import CELL
from core.clock import DAY, SECOND
from storage.series import SeriesReader
from storage.series.buckets import Buckets

# A log tells a counter only when it has risen: so long it may have stood still. Scanward's default.
STANDS_STILL = 3 * DAY


def frames(series: SeriesReader, places: Sequence[Place], start: int, end: int) -> list[Frame]:
    """One frame a place over [start, end), both whole cells. What was not measured is NaN.

    A row's time is the beginning of its cell; it may be judged when the cell is over.
    """
    columns = {one for place in places for one in place.columns.values()}
    rates = {name for one in columns if one.is_rate for name in one.series}
    means = {name for place in places for name in place.series} - rates
    cells = series.grid(sorted(means), start, end, CELL)
    cells |= series.grid(sorted(rates), start - STANDS_STILL, end, CELL) if rates else {}
    at = np.arange(start, end, CELL, dtype=np.int64)
    cache: dict[Column, Floats] = {
        one: _counted(series, one, cells[one.series[0]], at) for one in columns if one.events
    }
    return [
        Frame(at, {name: _column(one, cells, at, cache) for name, one in place.columns.items()})
        for place in places
    ]


def _column(
    column: Column, cells: Mapping[Name, Buckets], at: Ints, cache: dict[Column, Floats]
) -> Floats:
    """Scanners share their room and the weather, so their columns are made once."""
    if column not in cache:
        make = _rate if column.is_rate else _mean
        values = _together([make(cells[name], at) for name in column.series])
        if column.less:
            values = values - _together([make(cells[name], at) for name in column.less])
        cache[column] = values
    return cache[column]


def _counted(series: SeriesReader, column: Column, up: Buckets, at: Ints) -> Floats:
    """Events of each cell; unknown where the source was not heard all the time."""
    if not len(at):
        return np.zeros(0)
    device, start, end = column.series[0][0], int(at[0]), int(at[-1]) + CELL
    values = np.zeros(len(at))
    for moment, count in series.count_events(device, column.events, start, end, CELL).items():
        values[(moment - start) // CELL] = count
    heard = _mean(up, at)
    return np.where(heard == 1.0, values, np.nan)


def _together(columns: Sequence[Floats]) -> Floats:
    """The mean of what is there."""
    if len(columns) == 1:
        return columns[0]
    stacked = np.stack(columns)
    count = (~np.isnan(stacked)).sum(axis=0)
    total = np.nansum(stacked, axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _mean(buckets: Buckets, at: Ints) -> Floats:
    values = np.full(len(at), np.nan)
    inside = buckets[np.isin(buckets["at"], at)]
    values[np.searchsorted(at, inside["at"])] = inside["sum"] / inside["count"]
    return values


def _rate(buckets: Buckets, at: Ints) -> Floats:
    """How much a counter rises a second; unknown where it falls, because it was set back."""
    if not len(buckets):
        return np.full(len(at), np.nan)
    ends = np.append(at[:1] - CELL, at)
    newest = np.searchsorted(buckets["at"], ends, side="right") - 1
    values = np.where(newest >= 0, buckets["last"][np.maximum(newest, 0)], np.nan)
    rise = np.diff(values)
    return np.where(rise < 0, np.nan, rise) / (CELL / SECOND)
