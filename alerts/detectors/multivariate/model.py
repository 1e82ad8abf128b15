"""Many sensors at once, abrupt faults: has any of them departed from what its own last rows forecast?

The residuals of each sensor are summed over a short and a longer window. Of a healthy device such a
sum grows as the root of the window, of one with a fault as the window itself. The largest of the
sensors counts: a fault seldom moves all of them, and a mean would drown the one that it moves. What
a sensor's residuals are on average is followed slowly while nothing is wrong: a sound device wanders too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from alerts.detectors.base import DetectorVerdict, Floats, Frame, Ints
from alerts.detectors.common.serialise import serialise
from alerts.detectors.multivariate import residual
from alerts.detectors.multivariate.alarm import RowAlarm
from alerts.detectors.multivariate.residual import Predictor, Tail

FORGETS = 10  # longest windows of silence; what lies so far back says nothing about now
HEAVY = 0.25  # of the heaviest sensor's part: named beside it


@dataclass(frozen=True)
class Tuning:
    """The few numbers that were chosen; README.md says why, and with sight of which labels.

    Rows, not seconds: a device that is asked each second has faults of seconds, one that is asked
    each ten minutes has faults of hours.
    """

    windows: Sequence[int] = (20, 80)
    order: int = 4  # rows of a sensor's past: enough for a pump's pulse, too few to learn a fault
    limit: float = 5.0  # standard deviations of a window's sum
    clear: float = (
        0.25  # of the alarm's peak: what is left while a fault is put right is no new one
    )
    follows: float = (
        500.0  # rows: time constant with which the wander of a sound device is followed
    )

    @property
    def longest(self) -> int:
        """The longest window, rows."""
        return max(self.windows)


@dataclass
class MultivariateModel:
    """What is normal for one device, and how far its rows have been judged."""

    tuning: Tuning
    metric: str
    names: tuple[str, ...]
    predictor: Predictor
    scales: (
        Floats  # (windows, d) of the healthy statistic; 1 if residuals are independent and normal
    )
    usual: float  # it and the mean excess beyond it give the score
    excess: float
    tail: Tail
    residuals: Floats = field(metadata={"saved_as": "left"})  # (longest window - 1, d) the newest
    last: int  # time of the newest row
    level: Floats  # (d,) what residuals are on average while nothing is wrong
    bias: float = 0.0  # from the engineer's answers, -1 to 1: the limit times 2/3 to 3/2
    alarm: RowAlarm = field(default_factory=RowAlarm)

    @property
    def features(self) -> tuple[str, ...]:
        """The sensors that carry anything."""
        return self.names

    @property
    def limit(self) -> float:
        """Of the statistic, which is a square."""
        return float(self.tuning.limit**2 * 1.5 ** np.clip(self.bias, -1.0, 1.0))

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """One verdict a row; the rows may come one by one or all at once.

        Rows that were judged or learned from already may lead up to the new ones: they are passed over.
        """
        new = window.at > self.last
        window = window.rows(new)
        long_ago = (
            np.diff(window.at, prepend=self.last)
            > FORGETS * self.tuning.longest * self.predictor.step
        )
        parts = np.split(np.arange(len(window.at)), np.flatnonzero(long_ago))
        verdicts: list[DetectorVerdict] = []
        for number, rows in enumerate(parts):
            if number:
                self.tail = residual.no_tail(self.tuning.order, len(self.names))
                self.residuals = np.full_like(self.residuals, np.nan)
            if len(rows):
                verdicts += self._judge(window, rows)
        return verdicts

    def _judge(self, window: Frame, rows: Ints) -> list[DetectorVerdict]:
        at, values = window.at[rows], table(window, self.names)[rows]
        residuals, expected = self.predictor.residuals(at, values, self.tail)
        scaled = (values - self.predictor.centre) / self.predictor.spread
        self.tail, self.last = self.tail.moved(at, scaled), int(at[-1])
        lately = np.concatenate([self.residuals, residuals])
        self.residuals = lately[-(self.tuning.longest - 1) :]
        totals, numbers = sums(lately, len(at), self.tuning.windows)
        scales = self.scales.reshape(len(self.tuning.windows), -1)
        verdicts = []
        for n in range(len(at)):
            parts = shares(totals[:, n], numbers[:, n], self.level) / scales
            verdicts.append(self._verdict(int(at[n]), values[n], expected[n], parts))
            if not self.alarm.is_on:
                self._follow(residuals[n])
        return verdicts

    def _follow(self, residuals: Floats) -> None:
        moves = np.where(np.isfinite(residuals), residuals - self.level, 0.0)
        self.level = self.level + moves / self.tuning.follows

    def _verdict(self, at: int, values: Floats, expected: Floats, parts: Floats) -> DetectorVerdict:
        each = np.fmax.reduce(parts)
        statistic = float(np.fmax.reduce(each))
        on = self.alarm.step(at, statistic, self.limit, self.tuning.clear)
        value, middle, low, high = self._own(values, expected)
        return DetectorVerdict(
            at,
            kind="anomaly" if on else "normal",
            score=self._score_of(statistic),
            alarm=on,
            value=value,
            expected=middle,
            low=low,
            high=high,
            carried_by=self._heaviest(each) if on else (),
            since=(self.alarm.calm_at or at) if on else None,
        )

    def _own(self, values: Floats, expected: Floats) -> tuple[float | None, ...]:
        """Value, expected value, low and high of the settings' own metric."""
        if self.metric not in self.names:
            return None, None, None, None
        own = self.names.index(self.metric)
        value = float(values[own]) if np.isfinite(values[own]) else None
        if not np.isfinite(expected[own]):  # nothing lately to expect it from
            return value, None, None, None
        middle = float(expected[own])
        band = 3.0 * float(self.predictor.error[own] * self.predictor.spread[own])
        return value, middle, middle - band, middle + band

    def _score_of(self, statistic: float) -> float:
        """The score, 0 to 1: 0 for the healthy nine in ten, beyond them by the excess of healthy rows."""
        return 1.0 - float(np.exp(-np.fmax(0.0, statistic - self.usual) / self.excess))

    def _heaviest(self, parts: Floats) -> tuple[str, ...]:
        parts = np.nan_to_num(parts)
        order = np.argsort(-parts)[:3]
        return tuple(self.names[n] for n in order if parts[n] >= HEAVY * parts[order[0]])

    def state(self) -> dict[str, object]:
        """What `Multivariate.restored` needs: plain values and arrays."""
        return serialise(self, without=())


def sums(residuals: Floats, rows: int, windows: Sequence[int]) -> tuple[Floats, Floats]:
    """(windows, rows, d) twice: each sensor's residuals summed up to each row, and their number.

    `residuals` has the longest window, less one, before the rows. NaN where half the window is.
    """
    totals, numbers = [], []
    for width in windows:
        lately = residuals[len(residuals) - rows - width + 1 :]
        views = np.lib.stride_tricks.sliding_window_view(lately, width, axis=0)
        count = np.isfinite(views).sum(axis=2)
        totals.append(np.where(2 * count >= width, np.nansum(views, axis=2), np.nan))
        numbers.append(np.maximum(count, 1))
    return np.stack(totals), np.stack(numbers)


def shares(totals: Floats, numbers: Floats, level: Floats | float = 0.0) -> Floats:
    """What sums of residuals have beyond their usual level, squared, by their number."""
    return np.asarray((totals - numbers * level) ** 2 / numbers)


def table(frame: Frame, names: tuple[str, ...]) -> Floats:
    """(n, d): these columns; NaN where there is none, or no finite value."""
    silent = np.full(len(frame.at), np.nan)
    values = np.stack([frame.columns.get(name, silent) for name in names], axis=1)
    return np.where(np.isfinite(values), values, np.nan)
