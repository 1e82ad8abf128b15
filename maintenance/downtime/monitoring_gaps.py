"""When Scanward itself was not looking: `unknown` in every figure."""

from collections.abc import Iterable

from core.time.clock import HOUR, MINUTE
from core.time.covered_hours import Interval, union, without
from storage.series import SeriesReader

UP = "up"  # every source says it at least once a minute, answered or not
LONGEST_SILENCE = 5 * MINUTE  # of all sources together, before it is a gap
THIN = 0.75  # an hour with fewer than this of a full hour's count of `up` is looked into


def unknown_gaps(series: SeriesReader, start: int, end: int) -> list[Interval]:
    """The parts of [start, end) in which no source of any device said `up`, yes or no.

    Found to the minute, from five minutes on. A device that alone is silent is no gap: that is for
    its alerts.
    """
    counts = _ups_by_hour(series, start, end)
    # Not the median: of a short period most hours may be broken ones.
    full = sorted(counts.values())[len(counts) * 9 // 10] if counts else 0
    heard = [(at, at + HOUR) for at, count in counts.items() if count >= THIN * full]
    newest = max((one.at for one in series.latest() if one.metric == UP), default=start)
    loose = [(at, at + HOUR) for at, count in counts.items() if count < THIN * full]
    unsealed = max((at + HOUR for at in counts), default=start)
    loose.append((unsealed, max(min(newest + MINUTE, end), unsealed)))
    for stretch in union(loose):
        heard += _heard_in(series, stretch)
    silent = without([(start, end)], union(heard))
    return [gap for gap in silent if gap[1] - gap[0] > LONGEST_SILENCE]


def _ups_by_hour(series: SeriesReader, start: int, end: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    for (_, metric, _), hours in series.hours(start - start % HOUR, end).items():
        if metric == UP:
            for at, count in zip(hours["at"].tolist(), hours["count"].tolist(), strict=True):
                counts[at] = counts.get(at, 0) + count
    return counts


def _heard_in(series: SeriesReader, stretch: Interval) -> Iterable[Interval]:
    """The minutes of a stretch in which anything was heard."""
    start, end = stretch
    points = max((end - start) // MINUTE, 1)
    for one in series.latest():
        if one.metric == UP and end > start:
            curve = series.range(one.device, UP, one.component, start, end, points)
            yield from ((p.at, p.at + max(curve.width, MINUTE)) for p in curve.points)
