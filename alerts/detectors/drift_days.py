"""What the days of a drift detector tell: pure functions over their columns. See drift.py."""

import numpy as np

from alerts.detectors.base import Bools, Floats
from alerts.detectors.change import Series
from alerts.detectors.days import Days
from alerts.detectors.forecast import Side
from alerts.detectors.regression import robust

# What a day itself was like, and was expected to be.
PARTS = ("value", "low", "high")
TELLS = (
    "day_value",
    "day_low",
    "day_high",
    "day_expected",
    "day_expected_low",
    "day_expected_high",
)
AFTER = 18  # cells, three hours: what a jump is told from


def expected_of(days: Days, part: str) -> Floats:
    """What was expected of a part of each day: its mean, its low or its high end."""
    return days["day_expected" if part == "value" else f"day_expected_{part}"]


def shares_of(name: str, sign: Floats, expected: Floats) -> dict[str, float]:
    """How much of a drift in `name` the day's mean, its low and its high end take up."""
    order = np.argsort(expected)
    few = max(3, len(order) // 50)
    out = {"value": sign.mean(), "low": sign[order[:few]].mean(), "high": sign[order[-few:]].mean()}
    return {f"{name}_{part}": float(value) for part, value in out.items()}


def part_for(days: Days, well: Bools, limit: float, side: Side) -> str:
    """What of a day is held against the limit: its extreme, unless healthy weeks had it beyond too."""
    parts = ("high", "value", "low") if side == "above" else ("low", "value", "high")
    for part in parts:
        told = days[f"day_{part}"][well]
        told = told[np.isfinite(told)]
        told = np.convolve(told, np.ones(7) / 7, mode="valid") if len(told) >= 7 else told
        beyond = told > limit if side == "above" else told < limit
        if len(told) and beyond.mean() < 0.1:
            return part
    return parts[0]


def middle_of(values: Floats) -> float:
    """The median of what is known; 0 if nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def known_of(values: Floats) -> Floats:
    """Gaps take the middle of the last four weeks."""
    return np.where(np.isfinite(values), values, middle_of(values[-28:]))


def plain_series(day: Floats, value: Floats, jump: Floats) -> Series:
    """A series that follows nothing and trusts each day alike."""
    here = np.isfinite(value)
    count = int(here.sum())
    none = np.zeros((count, 0))
    segment = np.cumsum(jump)[here]
    return Series(day[here], value[here], np.ones(count), segment, none, np.zeros(0))


def level_of(days: Days) -> float:
    """How far the value lay from what was expected in the first month."""
    rest = (days["day_value"] - days["day_expected"])[:30]
    rest = rest[np.isfinite(rest)]
    return float(np.median(rest)) if len(rest) else 0.0


def last_of(values: Floats) -> float | None:
    """Of the last day; None if it has none."""
    return float(values[-1]) if np.isfinite(values[-1]) else None


def outlying(values: Floats) -> Floats:
    """How much less to trust a day that stands alone: the square of its distance, beyond four."""
    n = len(values)
    if n < 5:
        return np.ones(n)
    padded = np.pad(values, 2, mode="reflect")
    around = np.stack([padded[i : i + n] for i in range(5)])
    apart = np.abs(values - np.median(around, axis=0))
    limit = 4.0 * max(robust(values - np.median(around, axis=0)), 1e-12)
    limit = max(limit, 4.0 * float(np.quantile(apart, 0.75)))
    return np.maximum(1.0, (apart / limit) ** 2) if limit else np.ones(n)


def sudden_steps(rest: Floats) -> Floats:
    """For each cell: how far the level three hours after it lies from that of three hours before,
    where most of the way was made in that one cell; else 0. The last three hours cannot know."""
    out = np.zeros(len(rest))
    here = np.flatnonzero(np.isfinite(rest))
    if len(here) < 2 * AFTER:
        return out
    values = rest[here]
    windows = np.lib.stride_tricks.sliding_window_view(values, AFTER)
    middle = np.median(windows, axis=1)  # of values[i : i + AFTER]
    step = middle[AFTER:] - middle[:-AFTER]  # before and after position i + AFTER
    position = np.arange(AFTER, AFTER + len(step))
    made = values[position] - values[position - 1]
    sudden = (np.sign(step) * made > 0.6 * np.abs(step)) & (
        np.sign(step) * made < 1.7 * np.abs(step)
    )
    out[here[position]] = np.where(sudden, np.abs(step), 0.0)
    return out
