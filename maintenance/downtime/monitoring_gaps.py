"""When Scanward itself was not looking: `unknown` in every figure."""

from collections.abc import Iterable

from core.time.clock import HOUR, MINUTE
from core.time.covered_hours import Interval, union, without
from storage.series import SeriesReader

UP = "up"  # every source writes it at least once a minute, answered or not
LONGEST_SILENCE = 5 * MINUTE  # of all sources together, before it is a gap
THIN = 0.75  # an hour with fewer than this of a full hour's count of `up` is looked into


def unknown_gaps(series: SeriesReader, start: int, end: int) -> list[Interval]:
    """The parts of [start, end) in which no source of any device wrote `up`, yes or no.

    Found to the minute, from five minutes on. A device that alone is silent is no gap: that is for
    its alerts.
    """
    counts = _ups_by_hour(series, start, end)
    # Not the median: of a short period most hours may be broken ones.
    full = sorted(counts.values())[len(counts) * 9 // 10] if counts else 0
    watched = [(at, at + HOUR) for at, count in counts.items() if count >= THIN * full]
    newest = max((reading.at for reading in series.latest() if reading.metric == UP), default=start)
    thin = [(at, at + HOUR) for at, count in counts.items() if count < THIN * full]
    uncompacted = max((at + HOUR for at in counts), default=start)
    thin.append((uncompacted, max(min(newest + MINUTE, end), uncompacted)))
    for interval in union(thin):
        watched += _watched_minutes(series, interval)
    silent = without([(start, end)], union(watched))
    return [gap for gap in silent if gap[1] - gap[0] > LONGEST_SILENCE]


def _ups_by_hour(series: SeriesReader, start: int, end: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    for (_, metric, _), hours in series.hours(start - start % HOUR, end).items():
        if metric == UP:
            for at, count in zip(hours["at"].tolist(), hours["count"].tolist(), strict=True):
                counts[at] = counts.get(at, 0) + count
    return counts


def _watched_minutes(series: SeriesReader, interval: Interval) -> Iterable[Interval]:
    """The minutes of the interval in which any source wrote `up`."""
    start, end = interval
    points = max((end - start) // MINUTE, 1)
    for reading in series.latest():
        if reading.metric == UP and end > start:
            curve = series.range(reading.device, UP, reading.component, start, end, points)
            yield from ((p.at, p.at + max(curve.width, MINUTE)) for p in curve.points)
