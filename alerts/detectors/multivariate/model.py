"""Many sensors at once, abrupt faults: has any of them left what its own last rows foretell?

The residuals of each sensor are summed over a short and a longer window. Of a healthy device such a
sum grows as the root of the window, of one with a fault as the window itself. The largest of the
sensors counts: a fault seldom moves all of them, and a mean would drown the one that it moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri

from alerts.detectors.base import Floats, Frame, Ints, Verdict
from alerts.detectors.common.serialise import plain
from alerts.detectors.multivariate import residual
from alerts.detectors.multivariate.residual import Predictor, Tail
from core.schema.detector import Detector as Settings

USUAL = 0.9  # of healthy rows lie below; their score is 0
FORGETS = 10  # longest windows of silence; what lies so far back says nothing about now
RESTS = 0.95  # of the rows at one value: it may move once it is wrong, but how much is usual?
HEAVY = 0.25  # of the heaviest sensor's part: named beside it


@dataclass(frozen=True)
class Tuning:
    """The few numbers that were chosen; README.md says why, and with sight of which labels.

    Rows, not seconds: a device that is asked each second has faults of seconds, one that is asked
    each ten minutes has faults of hours.
    """

    windows: Sequence[int] = (10, 45)
    order: int = (
        4  # rows of a sensor's past: enough for a pump's pulse, too few to get used to a fault
    )
    limit: float = 4.5  # standard deviations of a window's sum
    clear: float = 0.1  # of the alarm's peak: what is left while a fault is put right is no new one

    @property
    def longest(self) -> int:
        """The longest window, rows."""
        return max(self.windows)


@dataclass
class Alarm:
    """Begins above the limit, ends well below its own peak, and is slow to believe in a second one."""

    is_on: bool = False
    peak: float = 0.0  # of this alarm or, until all is calm, of the one before
    calm_at: int | None = None  # the last row below half the limit

    def step(self, at: int, statistic: float, limit: float, clear: float) -> bool:
        """One row; is it in alarm? NaN, from windows too empty to judge, changes nothing."""
        if np.isnan(statistic):
            return self.is_on
        if self.is_on:
            self.peak = max(self.peak, statistic)
            self.is_on = statistic >= max(limit / 2, clear * self.peak)
        else:
            self.peak = 0.0 if statistic < limit else self.peak
            self.is_on = statistic > max(limit, 2 * clear * self.peak)
            self.peak = statistic if self.is_on else self.peak
        if statistic < limit / 2:
            self.calm_at = at
        return self.is_on


@dataclass
class MultivariateModel:
    """What was learned, and where judging stands."""

    tuning: Tuning
    metric: str
    names: tuple[str, ...]
    predictor: Predictor
    scales: (
        Floats  # (windows,) of the healthy statistic; 1 if residuals were independent and normal
    )
    usual: float  # it and the mean excess beyond it give the score
    excess: float
    tail: Tail
    left: Floats  # (longest window - 1, d) the newest residuals
    last: int  # time of the newest row
    bias: float = 0.0  # from the engineer's answers, -1 to 1: the limit times 2/3 to 3/2
    alarm: Alarm = field(default_factory=Alarm)

    @property
    def features(self) -> tuple[str, ...]:
        """The sensors that carry anything."""
        return self.names

    @property
    def limit(self) -> float:
        """Of the statistic, which is a square."""
        return float(self.tuning.limit**2 * 1.5 ** np.clip(self.bias, -1.0, 1.0))

    def score(self, window: Frame) -> list[Verdict]:
        """One verdict a row; the rows may come one by one or all at once.

        Rows that were judged or learned from already may lead up to the new ones: they are passed over.
        """
        new = window.at > self.last
        window = Frame(window.at[new], {n: values[new] for n, values in window.columns.items()})
        long_ago = (
            np.diff(window.at, prepend=self.last)
            > FORGETS * self.tuning.longest * self.predictor.step
        )
        parts = np.split(np.arange(len(window.at)), np.flatnonzero(long_ago))
        said: list[Verdict] = []
        for number, rows in enumerate(parts):
            if number:
                self.tail = residual.no_tail(self.tuning.order, len(self.names))
                self.left = np.full_like(self.left, np.nan)
            if len(rows):
                said += self._part(window, rows)
        return said

    def _part(self, window: Frame, rows: Ints) -> list[Verdict]:
        at, values = window.at[rows], _table(window, self.names)[rows]
        left, expected = self.predictor.residuals(at, values, self.tail)
        scaled = (values - self.predictor.centre) / self.predictor.spread
        self.tail, self.last = self.tail.moved(at, scaled), int(at[-1])
        lately = np.concatenate([self.left, left])
        self.left = lately[-(self.tuning.longest - 1) :]
        parts = shares(lately, len(at), self.tuning.windows) / self.scales[:, None, None]
        return [
            self._verdict(int(at[n]), values[n], expected[n], parts[:, n]) for n in range(len(at))
        ]

    def _verdict(self, at: int, values: Floats, expected: Floats, parts: Floats) -> Verdict:
        each = np.fmax.reduce(parts)
        statistic = float(np.fmax.reduce(each))
        on = self.alarm.step(at, statistic, self.limit, self.tuning.clear)
        value, middle, low, high = self._own(values, expected)
        return Verdict(
            at,
            kind="anomaly" if on else "normal",
            score=self._rare(statistic),
            alarm=on,
            value=value,
            expected=middle,
            low=low,
            high=high,
            carried_by=self._heaviest(each) if on else (),
            since=(self.alarm.calm_at or at) if on else None,
        )

    def _own(self, values: Floats, expected: Floats) -> tuple[float | None, ...]:
        """The settings' own metric: its value, what was expected of it, and the band around that."""
        if self.metric not in self.names:
            return None, None, None, None
        own = self.names.index(self.metric)
        value = float(values[own]) if np.isfinite(values[own]) else None
        if not np.isfinite(expected[own]):  # nothing lately to tell it from
            return value, None, None, None
        middle = float(expected[own])
        band = 3.0 * float(self.predictor.error[own] * self.predictor.spread[own])
        return value, middle, middle - band, middle + band

    def _rare(self, statistic: float) -> float:
        """0 for the healthy nine in ten; beyond them as rare as the excess of healthy rows says."""
        return 1.0 - float(np.exp(-np.fmax(0.0, statistic - self.usual) / self.excess))

    def _heaviest(self, parts: Floats) -> tuple[str, ...]:
        parts = np.nan_to_num(parts)
        order = np.argsort(-parts)[:3]
        return tuple(self.names[n] for n in order if parts[n] >= HEAVY * parts[order[0]])

    def state(self) -> dict[str, object]:
        """What `Multivariate.restored` needs: plain values and arrays."""
        return plain(self, without=())


class Multivariate:
    """Of the settings it reads `metric` and `beside`; without `beside` every column of the frame."""

    def __init__(self, settings: Settings, tuning: Tuning | None = None) -> None:
        self._settings, self._tuning = settings, tuning or Tuning()

    def fit(self, history: Frame) -> MultivariateModel:
        """ValueError if there are too few rows, or no sensor among them that ever moves."""
        longest, fewest = self._tuning.longest, 3 * self._tuning.longest
        if len(history.at) < fewest:
            raise ValueError(
                f"{len(history.at)} rows are too few to learn from; {fewest} are needed"
            )
        names = tuple(name for name in self._watched(history) if tells(history.columns[name]))
        if not names:
            raise ValueError("none of the columns moves while learning: there is nothing to watch")
        values = _table(history, names)
        predictor, left = residual.learn(history.at, values, self._tuning.order)
        scales, highest = self._healthy(left)
        usual = float(np.nanquantile(highest, USUAL))
        beyond = highest[highest > usual] - usual
        scaled = (values - predictor.centre) / predictor.spread
        return MultivariateModel(
            tuning=self._tuning,
            metric=self._settings.metric,
            names=names,
            predictor=predictor,
            scales=scales,
            usual=usual,
            excess=max(float(beyond.mean()) if len(beyond) else 0.0, 1e-3),
            tail=residual.no_tail(self._tuning.order, len(names)).moved(history.at, scaled),
            left=left[1 - longest :],
            last=int(history.at[-1]),
        )

    @staticmethod
    def restored(settings: Settings, state: Mapping[str, Any]) -> MultivariateModel:
        """The model as it was, and where it stood."""
        whole = dict(state)
        whole["predictor"] = Predictor(**whole["predictor"])
        whole["tail"] = Tail(**whole["tail"])
        whole["tuning"] = Tuning(**whole["tuning"])
        whole["alarm"] = Alarm(**whole["alarm"])
        whole["names"] = tuple(whole["names"])
        return MultivariateModel(**{**whole, "metric": settings.metric})

    def _healthy(self, left: Floats) -> tuple[Floats, Floats]:
        """The scale of each window's statistic, and the statistic of each row in units of these.

        From the median, because a disturbance within the little that is learned from must not raise
        it: of d independent normal sensors the largest square has the median m, 2 Phi(sqrt m) - 1 =
        0.5^(1/d).
        """
        rows, sensors = left.shape
        before = np.full((self._tuning.longest - 1, sensors), np.nan)
        parts = shares(np.concatenate([before, left]), rows, self._tuning.windows)
        largest = np.fmax.reduce(parts, axis=2)
        normal = float(ndtri((1 + 0.5 ** (1 / sensors)) / 2)) ** 2
        scales = np.maximum(np.nanmedian(largest, axis=1) / normal, 1e-9)
        return scales, np.fmax.reduce(largest / scales[:, None])

    def _watched(self, history: Frame) -> list[str]:
        if not self._settings.beside:
            return list(history.columns)
        wanted = dict.fromkeys([self._settings.metric, *self._settings.beside])
        return [name for name in wanted if name in history.columns]


def tells(values: Floats) -> bool:
    """Is it a measurement? One that rests while learning carries nothing; two values are a switch,
    or somebody's mark of what is wrong, which must not be learned from."""
    here = values[np.isfinite(values)]
    _, counts = np.unique(here, return_counts=True)
    is_heard = len(here) > 0 and 2 * len(here) >= len(values)
    return is_heard and len(counts) > 2 and bool(counts.max() <= RESTS * len(here))


def shares(left: Floats, rows: int, windows: Sequence[int]) -> Floats:
    """(windows, rows, d): the square of each sensor's summed residuals, by the root of their number.

    `left` holds the longest window, less one, before the rows. NaN where half the window is.
    """
    out = []
    for width in windows:
        lately = left[len(left) - rows - width + 1 :]
        views = np.lib.stride_tricks.sliding_window_view(lately, width, axis=0)
        count = np.isfinite(views).sum(axis=2)
        total = np.nansum(views, axis=2)
        out.append(np.where(2 * count >= width, total**2 / np.maximum(count, 1), np.nan))
    return np.stack(out)


def _table(frame: Frame, names: tuple[str, ...]) -> Floats:
    silent = np.full(len(frame.at), np.nan)
    table = np.stack([frame.columns.get(name, silent) for name in names], axis=1)
    return np.where(np.isfinite(table), table, np.nan)
