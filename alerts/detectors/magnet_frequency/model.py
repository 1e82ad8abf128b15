"""A permanent magnet: its imaging frequency falls as it warms, and by nothing else.

The field of the magnet's iron and rare earth falls with temperature, -13 to -18 kHz a kelvin at
0.35 T (EP1524531). The slope is learned for each magnet; what the temperature does not explain is a
shim, a pole, a coil or the thermometer. Frequency is read once a scan, so days have few readings or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.linear_model import HuberRegressor

from alerts.detectors.base import Floats, Frame, Ints, Verdict
from alerts.detectors.common.alarm_state import ON
from alerts.detectors.common.daily_model import scored
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.serialise import plain
from alerts.detectors.statistics.cusum import BOUND, RARELY, gathered
from alerts.detectors.statistics.limit_forecast import LooksBack
from core.schema.detector import Detector
from core.time.clock import DAY

WORTH = 500.0  # Hz, if the settings do not say: 30 mK of a usual magnet
SLOPE, SLOPE_SPREAD = -15_500.0, 1_250.0  # Hz/K; what is known before anything is learned
STEEPEST, FLATTEST = -30_000.0, -5_000.0  # beyond these it is no magnet, or not its temperature
FEWEST_READINGS, FEWEST_DAYS = 30, 10
QUIETEST = 20.0  # Hz: steadier than that no day is
HELD = 6  # cells, an hour: a magnet of tons is as warm as it was
LATELY = 45  # days in which the slope is looked at
APART = 0.1  # K between its warm and its cool days, or the slope cannot be told


@dataclass(frozen=True)
class FrequencyModel(LooksBack):
    """What is normal for one magnet."""

    settings: Detector
    warmth: str  # the column that tells the temperature
    middle_c: float
    hertz: float  # at that temperature
    slope: float  # Hz/K
    noise: float  # Hz, of a day's median
    is_unfit: bool  # the slope is none of a magnet's: it finds nothing

    @property
    def features(self) -> tuple[str, ...]:
        """What it has learned from."""
        return self.settings.metric, self.warmth

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics of a day."""
        return "hertz", "kelvin", "rest"

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        """Medians of the readings since `begin`; NaN if there was no scan, or no temperature with it."""
        hertz, kelvin = cells.columns[self.settings.metric], held(cells.columns[self.warmth])
        rest = hertz - self._expected(kelvin - self.middle_c)
        today = np.isfinite(rest) & (cells.at >= begin)
        if not today.any():
            return dict.fromkeys(self.columns, np.nan)
        middle = (np.median(one[today]) for one in (hertz, kelvin - self.middle_c, rest))
        return dict(zip(self.columns, (float(one) for one in middle), strict=True))

    def _expected(self, kelvin: Floats) -> Floats:
        return self.hertz + self.slope * kelvin

    def state(self) -> dict[str, object]:
        """What `Frequency.restored` needs; settings are not part of it."""
        return plain(self)

    def score(self, window: Frame) -> list[Verdict]:
        """Each day of `window` by itself; `Watch` remembers alarms."""
        return scored(self, window)

    def settled(self, days: Days) -> Self:
        """Its noise is part of what was learned."""
        return self

    def judge(self, days: Days) -> Finding:
        """Has the level left what the temperature explains, or has the slope changed?"""
        here = np.isfinite(days["rest"])
        rest, kelvin, end = days["rest"][here], days["kelvin"][here], days.end[here]
        if self.is_unfit or not len(rest):
            return self._told(days, 0.0, 0.0, (), None)
        z, size, since = self._level(rest, end)
        if z < ON:
            of_slope, moved = self._slope(rest[-LATELY:], kelvin[-LATELY:])
            if of_slope > z and moved >= self._worth:
                return self._told(days, of_slope, moved, ("slope",), None)
        return self._told(days, z, size, ("level",) if z else (), since)

    @property
    def _worth(self) -> float:
        return self.settings.worth or WORTH

    def _level(self, rest: Floats, end: Ints) -> tuple[float, float, int | None]:
        """How sure it is that it has moved, how far (as far as it may well be), and since when."""
        free = max(self._worth, self.noise) / 2
        # A random walk with drift -free passes `needed` once in exp(2 free needed / noise^2).
        needed = max(self._worth, np.log(2 * RARELY) * self.noise**2 / (2 * free))
        most = free + 0.7 * needed  # one day alone makes no alarm
        signs = np.array([sign for sign in (1.0, -1.0) if self._counts(sign)])
        total, begun = gathered(np.clip(rest[:, None] * signs, None, most) - free, needed)
        best = int(np.argmax(total))
        since = rest[begun[best] :]
        if not len(since):
            return 0.0, 0.0, None
        size = abs(float(since.mean())) + self.noise / float(np.sqrt(len(since)))
        return ON * float(total[best]) / needed, size, int(end[begun[best]]) - DAY

    def _counts(self, sign: float) -> bool:
        return self.settings.sided == "both" or (self.settings.sided == "up") == (sign > 0)

    def _slope(self, rest: Floats, kelvin: Floats) -> tuple[float, float]:
        """How sure it is that the slope has changed, and by how much that moves a warm day, Hz.

        From day to day, so that a step of the level is no slope.
        """
        if len(rest) < FEWEST_DAYS:
            return 0.0, 0.0
        apart = float(np.quantile(kelvin, 0.9) - np.quantile(kelvin, 0.1))
        steps, warmed = np.diff(rest), np.diff(kelvin)
        known = float(warmed @ warmed)
        if apart < APART or not known:
            return 0.0, 0.0
        slope = float(warmed @ steps) / known
        left = steps - slope * warmed
        noise = max(self.noise * np.sqrt(2.0), float(np.sqrt(left @ left / (len(left) - 1))))
        return min(abs(slope) * np.sqrt(known) / noise, BOUND * ON), abs(slope) * apart

    def _told(
        self, days: Days, z: float, size: float, carried_by: tuple[str, ...], since: int | None
    ) -> Finding:
        if not len(days) or not np.isfinite(days["hertz"][-1]):
            return Finding(z, size, carried_by, since, None, None, None, None, None)
        value = float(days["hertz"][-1])
        expected = value - float(days["rest"][-1])
        wide = max(3.0 * self.noise, self._worth)
        low, high = expected - wide, expected + wide
        return Finding(z, size, carried_by, since, value, expected, low, high, None)


class Frequency:
    """Learns a magnet's slope. Of the settings' context it reads the first: the temperature."""

    def __init__(self, settings: Detector) -> None:
        self._settings = settings

    def fit(self, history: Frame, good: Floats | None = None) -> FrequencyModel:
        """From cells; `good` says which may be learned from (all). ValueError: too few readings."""
        warmth = next(iter(self._settings.context), "")
        if warmth not in history.columns:
            raise ValueError(
                "the frequency says nothing without the magnet's temperature as context"
            )
        hertz, celsius = history.columns[self._settings.metric], held(history.columns[warmth])
        rows = np.isfinite(hertz) & np.isfinite(celsius)
        rows &= True if good is None else good > 0
        day = history.at[rows] // DAY
        days = len(np.unique(day))
        if rows.sum() < FEWEST_READINGS or days < FEWEST_DAYS:
            raise ValueError(f"{rows.sum()} readings on {days} days are too few to learn from")
        middle = float(np.median(celsius[rows]))
        slope, doubt = _slope(celsius[rows] - middle, hertz[rows], days)
        nearest = float(np.clip(slope, STEEPEST, FLATTEST))
        trust = 1.0 / (1.0 + (doubt / SLOPE_SPREAD) ** 2)
        slope_ = trust * slope + (1.0 - trust) * SLOPE
        rest = hertz[rows] - slope_ * (celsius[rows] - middle)
        return FrequencyModel(
            settings=self._settings,
            warmth=warmth,
            middle_c=middle,
            hertz=float(np.median(rest)),
            slope=slope_,
            noise=_noise(rest, day),
            is_unfit=abs(slope - nearest) > 2.0 * doubt,
        )

    @staticmethod
    def restored(settings: Detector, state: Mapping[str, Any]) -> FrequencyModel:
        """The model as it was."""
        return FrequencyModel(settings, **state)


def held(values: Floats) -> Floats:
    """Gaps of up to an hour take the last value."""
    here = np.isfinite(values)
    index = np.where(here, np.arange(len(values)), 0)
    newest = np.maximum.accumulate(index) if len(index) else index
    near = np.arange(len(values)) - newest <= HELD
    return np.where(near, values[newest], np.nan)


def _slope(kelvin: Floats, hertz: Floats, days: int) -> tuple[float, float]:
    """Hz/K, and its standard error; readings of one day tell little more than one reading."""
    spread = float(kelvin.std())
    if spread < 1e-3:
        return SLOPE, np.inf
    scaled, kilo = (kelvin / spread)[:, None], (hertz - np.median(hertz)) / 1000.0
    huber = HuberRegressor(alpha=0.0, max_iter=1000).fit(scaled, kilo)
    left = kilo - huber.predict(scaled)
    noise = max(1.4826 * float(np.median(np.abs(left - np.median(left)))), QUIETEST / 1000.0)
    return 1000.0 * float(huber.coef_[0]) / spread, 1000.0 * noise / spread / float(np.sqrt(days))


def _noise(rest: Floats, day: Ints) -> float:
    """Of a day's median, Hz."""
    medians = np.array([np.median(rest[day == one]) for one in np.unique(day)])
    apart = np.abs(medians - np.median(medians))
    return max(1.4826 * float(np.median(apart)), QUIETEST)
