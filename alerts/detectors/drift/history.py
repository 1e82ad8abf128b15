"""A history from which a load that is late and a sensor that was recalibrated teach nothing wrong."""

from typing import NamedTuple

import numpy as np

from alerts.detectors.base import Bools, Floats, Frame
from alerts.detectors.drift.late_load import BETTER, all_moved_back, always, delays, moved_back
from alerts.detectors.drift.model import LOADED
from alerts.detectors.statistics.change_point import DailySeries
from alerts.detectors.statistics.level_steps import without_steps
from alerts.detectors.statistics.regression import BLOCK, Expectation, fit, robust, spikes
from core.time.clock import DAY

NEVER = 2**62  # later than any cell
ROUNDS = 5  # of putting a late load right: the better it is learned, the better it is seen
ENOUGH = 20  # days that must be left to learn from


class Learned(NamedTuple):
    """What was learned, and from what."""

    history: Frame  # with the load as it was
    expectation: Expectation
    late: int  # cells by which the load is always late


def learned(
    history: Frame, metric: str, names: tuple[str, ...], good: Floats, worth: float
) -> Learned:
    """The expectation of `metric`. ValueError: too few cells are `good`.

    Where the load moves it by little, so does what a step teaches: its days are learned from as well.
    """
    first = _punctual(history, metric, fit(history, metric, names, good), good)
    calm = _without_stepped(first, metric, good, worth)
    if calm is None:
        return first
    return first._replace(expectation=fit(first.history, metric, first.expectation.names, calm))


def load_of(names: tuple[str, ...], parts: Floats) -> int:
    """The context that heats: the one called so, else the one that explains most."""
    for number, name in enumerate(names):
        if "load" in name or "power" in name:
            return number
    return int(np.argmax(parts.std(axis=1))) if names else -1


def _punctual(history: Frame, metric: str, expectation: Expectation, good: Floats) -> Learned:
    """With every day put right on which the load is late; and all of them, if it always is."""
    late = 0
    for _ in range(ROUNDS):
        if not expectation.names:
            break
        name, by_day, noise = _delays(history, metric, expectation, good)
        by = 1 if late else always(by_day)  # once moved, whether one cell more is better still
        if not by and not any(by_day.values()):
            break
        moved = (
            moved_back(history, name, by, 0, NEVER) if by else all_moved_back(history, name, by_day)
        )
        try:
            better = fit(moved, metric, expectation.names, good)
        except ValueError:  # too little of it is sure
            break
        if not better.names or (by and _delays(moved, metric, better, good)[2] > BETTER * noise):
            break
        history, expectation, late = moved, better, late + by
    return Learned(history, expectation, late)


def _delays(
    history: Frame, metric: str, expectation: Expectation, good: Floats
) -> tuple[str, dict[int, int], float]:
    """The name of the load, by how many cells it is late on each day, and the noise that is left."""
    rest, parts, sure = _explained(history, metric, expectation, good)
    load = load_of(expectation.names, parts)
    noise = robust(np.diff(rest[sure]))
    return expectation.names[load], delays(history.at, rest + parts[load], parts[load], sure), noise


def _explained(
    history: Frame, metric: str, expectation: Expectation, good: Floats
) -> tuple[Floats, Floats, Bools]:
    """What is left of the metric, what each context adds to it, and which cells are sure."""
    around = expectation.surroundings(history)
    parts = expectation.parts(around.columns)
    rest = history.columns[metric] - parts.sum(axis=0)
    return rest, parts, (good > 0) & around.sure() & ~spikes(rest) & np.isfinite(rest)


def _without_stepped(first: Learned, metric: str, good: Floats, worth: float) -> Floats | None:
    """`good` without the blocks in which the level stepped; None if none did or too little is left."""
    if not first.expectation.names:
        return None
    at = first.history.at
    rest, parts, sure = _explained(first.history, metric, first.expectation, good)
    heat = parts[load_of(first.expectation.names, parts)]
    if float(np.ptp(np.quantile(heat, (0.05, 0.95)))) <= LOADED * worth:
        return None
    days, index = np.unique(at[sure] // DAY, return_inverse=True)
    means = np.bincount(index, rest[sure]) / np.bincount(index)
    n = len(days)
    none = np.zeros((n, 0))
    series = without_steps(
        DailySeries(days.astype(float), means, np.ones(n), np.zeros(n), none, np.zeros(0))
    )
    stepped = np.flatnonzero(np.diff(series.segment)) + 1
    blocks = np.unique(days[stepped] * DAY // BLOCK)
    calm = np.where(np.isin(at // BLOCK, blocks), 0.0, good)
    left = len(np.unique(at[sure & (calm > 0)] // DAY))
    return calm if len(blocks) and left >= ENOUGH else None
