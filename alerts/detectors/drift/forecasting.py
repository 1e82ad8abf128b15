"""How a drift goes on: what healthy weeks were like, and what the drift adds to them.

A limit is held against one part of a week: the highest reading, the mean or the lowest. What a drift
adds there is estimated from all cells of a day together, as gain and lag at once: either alone, or the
residual of the few cells at the top, is two to three times as uncertain.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import uniform_filter1d

from alerts.detectors.base import Bools, Floats, Ints, Side
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.drift.statistics import middle_of, outlying, scattered
from alerts.detectors.statistics.change_point import DailySeries, Ramp, best_ramp
from alerts.detectors.statistics.limit_forecast import HORIZON, PathBundle, likely_drifts
from core.time.clock import DAY
from core.vocabulary.evidence import Evidence

PARTS = ("high", "value", "low")
ENDS = 3  # cells, half an hour, are the high or the low end of a day
CALMED = 5  # cells: the extremes of a day are not those of its noise
LOADED = 0.3  # of a busy hour: below this the load adds nothing
QUIET = 0.4  # of its usual load: on such a day nobody can know what the load adds
WIDER = 2.0  # times what the noise says of a level: held the day of 11 of 14 magnets (seeds 7000 on), 1.2 of 9
FEW, MOST = 0.5, 0.9  # of healthy weeks beyond a limit: it is meant for this part; for another
YOUNGEST = (
    7.0  # days that a drift of the gain must have lasted: a load that is lost or late is, for days
)
WEEKS = 8  # what is usual is known as well as the mean of so many weeks

COLUMNS = (
    *(f"{name}_{part}" for name in ("day", "rest", "load") for part in PARTS),
    "borne",
    "borne_spread",
)


def parts(values: Floats, expected: Floats) -> dict[str, float]:
    """High, mean and low of one day, and how far each lies from what was expected of it."""
    rest = values - expected
    calm = expected + uniform_filter1d(rest, CALMED, mode="nearest")
    out = {"day_high": calm.max(), "day_value": values.mean(), "day_low": calm.min()}
    out |= {f"rest_{part}": rest[rows].mean() for part, rows in _ends(expected).items()}
    return {name: float(value) for name, value in out.items()}


def load_statistics(
    signs: Floats, expected: Floats, by: Floats, unsure: Floats
) -> dict[str, float]:
    """The load of each part of the day, and what it adds to the residual at the high end ("borne").

    `by`, (3,), are the sizes of the `signs`, (n, 3), of mean, gain and lag; `unsure` their covariance.
    """
    means = {part: signs[rows].mean(axis=0) for part, rows in _ends(expected).items()}
    out = {f"load_{part}": float(sign[1]) for part, sign in means.items()}
    sign = np.array([0.0, *means["high"][1:]])
    return {**out, "borne": float(sign @ by), "borne_spread": float(sign @ unsure @ sign)}


def _ends(expected: Floats) -> dict[str, Ints]:
    order = np.argsort(expected)
    return {"high": order[-ENDS:], "value": order, "low": order[:ENDS]}


def futures(
    days: DailyStatistics, drift: "DriftCourse", limit: float, side: Side
) -> PathBundle | None:
    """The likely futures of the parts that may meet the limit; None if nothing moves there."""
    day = np.round(days.end / DAY)
    healthy = day <= drift.ramp.onset
    bundle: PathBundle | None = None
    for part, share in part_shares(days, healthy, limit, side):
        other = _futures_of(part, days, drift, healthy, side)
        if other is not None:
            bundle = other if bundle is None else bundle.joined(other, share)
    return bundle


def _futures_of(
    part: str, days: DailyStatistics, drift: "DriftCourse", healthy: Bools, side: Side
) -> PathBundle | None:
    """The likely futures of one part."""
    day = np.round(days.end / DAY)
    part_drift = drift.of(part, days, day)
    if part_drift is None:
        return None
    ramp, shares = part_drift
    drifted = shares * ramp.slope * np.maximum(0.0, day - ramp.onset)
    levelling = _levelling(days[f"rest_{part}"] - drifted, np.cumsum(days["jump"]))
    usual, usual_shares = weeks(part, (days[f"day_{part}"] + levelling)[healthy], shares[healthy])
    if not len(usual):
        return None
    wider = drift.wider * (WIDER if drift.is_level else 1.0)
    sizes, slopes, weights = likely_drifts(ramp, float(day[-1]), wider)
    drawn = np.random.default_rng(0).integers(len(usual), size=(len(slopes), WEEKS))
    coming = sizes[:, None] + slopes[:, None] * np.arange(1, HORIZON + 1)
    share = usual_shares[drawn].mean(axis=1)[:, None]
    paths = usual[drawn].mean(axis=1)[:, None] + share * coming
    if part == "value":
        return PathBundle(paths, weights)
    return PathBundle(paths, weights, _busiest_so_far(usual, usual_shares, coming, side))


def _busiest_so_far(usual: Floats, shares: Floats, coming: Floats, side: Side) -> Floats:
    """(m, HORIZON): how far the busiest of the weeks up to each day brought it, of weeks drawn anew."""
    number = np.arange(HORIZON) // 7
    drawn = np.random.default_rng(1).integers(len(usual), size=(len(coming), number[-1] + 1))
    weekly = usual[drawn][:, number] + shares[drawn][:, number] * coming
    extreme = np.maximum if side == "above" else np.minimum
    return np.asarray(extreme.accumulate(weekly, axis=1))


@dataclass(frozen=True)
class DriftCourse:
    """What is known of a drift."""

    ramp: Ramp  # of the statistic that carries it
    is_level: bool  # the mean carries it: all parts drift alike
    level: DailySeries  # the mean, day by day
    swing: float  # what the load adds at a busy hour, in the metric's unit
    scales: bool  # the metric has a true zero, and a fault scales all of it
    wider: float

    def of(self, part: str, days: DailyStatistics, day: Floats) -> tuple[Ramp, Floats] | None:
        """The drift of one part, and the share of it that each day shows; None if there is none."""
        full = np.ones(len(day))
        if self.is_level:
            return self.ramp, full
        load, usual = days[f"load_{part}"], usual_load(days)
        is_loaded = part != "value" and middle_of(load[-56:]) > LOADED
        if usual and (is_loaded or self.scales):
            shares = days[f"day_{part}"] / self.swing if self.scales else load
            return self.ramp, shares / usual
        if part == "value":
            series = self.level
        else:
            series = _series(day, days[f"rest_{part}"], full, np.cumsum(days["jump"]))
        own = best_ramp(series)
        return None if own is None else (own, full)


def usual_load(days: DailyStatistics) -> float:
    """At the high end of a loaded day, as a share of a busy hour's; 0 if there is no such day."""
    top = days["load_high"]
    return middle_of(top[top > LOADED])


def gain(days: DailyStatistics) -> DailySeries:
    """What the load adds at the high end of a usual day, in the metric's unit, day by day.

    It has no segments: a recalibration shifts a sensor and does not stretch it.
    """
    top, usual = days["load_high"], usual_load(days)
    loaded = (top > QUIET * usual) & (usual > 0)
    share = np.where(loaded, top / (usual or 1.0), np.nan)
    day = np.round(days.end / DAY)
    value, spread = days["borne"] / share, days["borne_spread"] / share**2
    series = _series(day, value, spread, distrust=scattered)
    return replace(series, youngest=YOUNGEST)


def moved_by(days: DailyStatistics, carrier: str, ramp: Ramp, swing: float) -> Evidence:
    """The ramp as a person may read it, in the metric's unit; `swing` is what a busy hour adds."""
    size = ramp.size_on(float(np.round(days.end[-1] / DAY)))
    if carrier == "mean":
        return Evidence("mean", (size,))
    before = gain(days)
    usual = swing * usual_load(days) + middle_of(before.value[before.day <= ramp.onset])
    return Evidence("gain", (usual, usual + size))


def part_shares(
    days: DailyStatistics, healthy: Bools, limit: float, side: Side
) -> list[tuple[str, float]]:
    """Which parts of a week are held against the limit, each with its share beside those before it.

    The first that usual healthy weeks keep within it; the more of them do not, the more likely the
    limit is meant for the next.
    """
    out: list[tuple[str, float]] = []
    for part in PARTS if side == "above" else PARTS[::-1]:
        usual, _ = weeks(part, days[f"day_{part}"][healthy], np.ones(int(healthy.sum())))
        if not len(usual):
            continue
        beyond = float((usual > limit if side == "above" else usual < limit).mean())
        meant = 1.0 - float(np.clip((beyond - FEW) / (MOST - FEW), 0.0, 1.0))
        out.append((part, meant))
    left, chosen = 1.0, list[tuple[str, float]]()
    for part, meant in out:
        share = left * meant
        left -= share
        if share > 0.01:
            chosen.append((part, share))
    return chosen or [(PARTS[0] if side == "above" else PARTS[-1], 1.0)]


def weeks(part: str, values: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """The part of every seven days, one after another, and the share of the day that has it."""
    if len(values) < 7:
        return np.zeros(0), np.zeros(0)
    value, share = sliding_window_view(values, 7), sliding_window_view(shares, 7)
    known = np.isfinite(value) & np.isfinite(share)
    share = np.where(known, share, 0.0)
    has_value = known.any(axis=1)
    value, share, known = value[has_value], share[has_value], known[has_value]
    if part == "value":
        days = known.sum(axis=1)
        return np.where(known, value, 0).sum(axis=1) / days, (known * share).sum(axis=1) / days
    sign = 1.0 if part == "high" else -1.0
    at = np.where(known, sign * value, -np.inf).argmax(axis=1)
    rows = np.arange(len(at))
    return value[rows, at], share[rows, at]


def _series(
    day: Floats,
    value: Floats,
    spread: Floats,
    segment: Floats | None = None,
    distrust: Callable[[Floats], Floats] = outlying,
) -> DailySeries:
    """A series without context."""
    here = np.isfinite(value) & np.isfinite(spread)
    relative = spread[here] / max(middle_of(spread[here]), 1e-30)
    return DailySeries(
        day=day[here],
        value=value[here],
        spread=np.clip(relative, 0.2, 25.0) * distrust(value[here]),
        segment=np.zeros(int(here.sum())) if segment is None else segment[here],
        context=np.zeros((int(here.sum()), 0)),
        prior=np.zeros(0),
    )


def _levelling(rest: Floats, segment: Floats) -> Floats:
    """What brings each day to the level of the last segment: a recalibrated sensor stays as it is."""
    last = middle_of(rest[segment == segment[-1]])
    out = np.zeros(len(rest))
    for number in np.unique(segment)[:-1]:
        out[segment == number] = last - middle_of(rest[segment == number])
    return out
