"""Frames for the detectors: ten-minute means of many series, read from the store at once.

The collectors refuse what cannot be true. Where they refused more of a cell than they let pass, it is
IMPOSSIBLE as it is in an export that nobody has looked through before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from alerts.detection.targets import DetectorTarget, FeatureColumn, SeriesName
from alerts.detectors.base import CELL, Floats, Frame, Ints
from alerts.detectors.common.resample import IMPOSSIBLE
from core.time.clock import DAY, SECOND
from storage.series import SeriesReader
from storage.series.buckets import Buckets

# A log shows a counter only when it has risen: so long it may have stood still. Scanward's default.
STANDS_STILL = 3 * DAY


def frames(
    series: SeriesReader, targets: Sequence[DetectorTarget], start: int, end: int
) -> list[Frame]:
    """One frame a target over [start, end), both whole cells. What was not measured is NaN.

    A row's time is the beginning of its cell; it may be judged when the cell is over.
    """
    columns = {column for target in targets for column in target.columns.values()}
    rates = {name for column in columns if column.is_rate for name in column.series}
    hourly = {name: column.every for column in columns if column.every for name in column.series}
    means = {name for target in targets for name in target.series} - rates - hourly.keys()
    cells = series.grid(sorted(means), start, end, CELL)
    cells |= series.grid(sorted(rates), start - STANDS_STILL, end, CELL) if rates else {}
    at = np.arange(start, end, CELL, dtype=np.int64)
    cache: dict[FeatureColumn, Floats] = {
        column: _event_counts(series, column, cells[column.series[0]], at)
        for column in columns
        if column.events
    }
    measured = {name: _mean(buckets, at) for name, buckets in cells.items() if name in means}
    refused_values = _mark_impossible(measured, cells, series, start, end)
    for name, every in hourly.items():
        measured[name] = _spread(series.grid([name], start, end + every, CELL)[name], at, every)
    return [
        Frame(
            at,
            {
                name: _as_shown(
                    _values(column, measured, cells, at, cache),
                    refused_values.get(column.series[0], {}) if is_single(column) else {},
                    target.settings.plausible.get(name),
                )
                for name, column in target.columns.items()
            },
        )
        for target in targets
    ]


def recently_refused(
    series: SeriesReader,
    targets: Sequence[DetectorTarget],
    newest: Mapping[SeriesName, int],
    now: int,
    patience: int,
) -> dict[SeriesName, int]:
    """The cell in which each series that lags behind was last refused; `patience` in ms.

    Such a sensor answers: it is not to be waited for as a silent one is.
    """
    behind: dict[str, int] = {}
    for target in targets:
        oldest = min((newest[name] for name in target.watched if name in newest), default=now)
        if now - oldest > 2 * CELL:
            behind[target.device] = min(oldest, behind.get(target.device, now))
    refused: dict[SeriesName, int] = {}
    for device, since in behind.items():
        for name, at in series.refused(device, max(since, now - patience), now, CELL):
            if name in newest:
                refused[name] = max(at, newest[name], refused.get(name, 0))
    return refused


def is_single(column: FeatureColumn) -> bool:
    """Is it what one sensor shows?"""
    return column.is_measured and len(column.series) == 1 and not column.less


def _as_shown(
    values: Floats, refused: Mapping[int, float], plausible: tuple[float, float] | None
) -> Floats:
    """Impossible cells with the number that was refused: the detector refuses it, and may know its unit."""
    if plausible is None or not refused:
        return values
    out = values.copy()
    for cell, value in refused.items():
        if np.isinf(out[cell]) and not plausible[0] <= value <= plausible[1]:
            out[cell] = value
    return out


def _values(
    column: FeatureColumn,
    measured: Mapping[SeriesName, Floats],
    cells: Mapping[SeriesName, Buckets],
    at: Ints,
    cache: dict[FeatureColumn, Floats],
) -> Floats:
    """Scanners share their room and the weather, so their columns are made once."""
    if column not in cache:
        if column.is_rate:
            values = _mean_of([_rate(cells[name], at) for name in column.series])
        else:
            values = _mean_of([measured[name] for name in column.series])
        if column.less:
            values = _difference(values, _mean_of([measured[name] for name in column.less]))
        cache[column] = values
    return cache[column]


def _mark_impossible(
    measured: Mapping[SeriesName, Floats],
    cells: Mapping[SeriesName, Buckets],
    series: SeriesReader,
    start: int,
    end: int,
) -> dict[SeriesName, dict[int, float]]:
    """The cells of which a collector refused more than it let pass. Most sites have none.

    By series, what was refused in which cell, where that was a number.
    """
    refused_values: dict[SeriesName, dict[int, float]] = defaultdict(dict)
    for device in {name[0] for name in measured}:
        shown = series.refused_values(device, start, end, CELL)
        for (name, at), refused in series.refused(device, start, end, CELL).items():
            if name in measured:
                passed = cells[name]["count"][cells[name]["at"] == at].sum()
                if refused > passed:
                    measured[name][(at - start) // CELL] = IMPOSSIBLE
                    if (name, at) in shown:
                        refused_values[name][(at - start) // CELL] = shown[name, at]
    return refused_values


def _event_counts(series: SeriesReader, column: FeatureColumn, up: Buckets, at: Ints) -> Floats:
    """Events of each cell; unknown where the log could not be read all the time."""
    if not len(at):
        return np.zeros(0)
    device, start, end = column.series[0][0], int(at[0]), int(at[-1]) + CELL
    values = np.zeros(len(at))
    for moment, count in series.count_events(device, column.events, start, end, CELL).items():
        values[(moment - start) // CELL] = count
    readable = _mean(up, at)
    return np.where(readable == 1.0, values, np.nan)


def _mean_of(columns: Sequence[Floats]) -> Floats:
    """The mean of what was measured; IMPOSSIBLE where nothing else was."""
    if len(columns) == 1:
        return columns[0]
    stacked = np.stack(columns)
    here = np.isfinite(stacked)
    count = here.sum(axis=0)
    total = np.where(here, stacked, 0.0).sum(axis=0)
    nothing = np.where(np.isinf(stacked).any(axis=0), IMPOSSIBLE, np.nan)
    return np.where(count > 0, total / np.maximum(count, 1), nothing)


def _difference(of: Floats, less: Floats) -> Floats:
    """IMPOSSIBLE where one of the two is."""
    known = np.isfinite(of) & np.isfinite(less)
    values = np.where(np.isinf(of) | np.isinf(less), IMPOSSIBLE, np.nan)
    values[known] = of[known] - less[known]
    return values


def _mean(buckets: Buckets, at: Ints) -> Floats:
    values = np.full(len(at), np.nan)
    inside = buckets[np.isin(buckets["at"], at)]
    values[np.searchsorted(at, inside["at"])] = inside["sum"] / inside["count"]
    return values


def _spread(buckets: Buckets, at: Ints, every: int) -> Floats:
    """Each value over the `every` ms before it: the load of an hour is told when the hour is over."""
    if not len(buckets):
        return np.full(len(at), np.nan)
    following = np.searchsorted(buckets["at"], at, side="right")
    known = following < len(buckets)
    following = np.minimum(following, len(buckets) - 1)
    known &= buckets["at"][following] - at <= every
    return np.where(known, (buckets["sum"] / buckets["count"])[following], np.nan)


def _rate(buckets: Buckets, at: Ints) -> Floats:
    """How much a counter rises a second; unknown where it falls, because it was set back."""
    if not len(buckets):
        return np.full(len(at), np.nan)
    ends = np.append(at[:1] - CELL, at)
    newest = np.searchsorted(buckets["at"], ends, side="right") - 1
    values = np.where(newest >= 0, buckets["last"][np.maximum(newest, 0)], np.nan)
    rise = np.diff(values)
    return np.where(rise < 0, np.nan, rise) / (CELL / SECOND)
