"""A value that should follow its context, and slowly ceases to.

Each day the residual of the expectation is reduced to two statistics: its mean, and its gain: what
the load adds at a busy hour. The gain is estimated from two signs together: what the load explains (a
cooler that carries less), and the same smoothed once more, the signature of a time constant that has
grown. The day's level is left free beside them, for a sensor that was moved by a service moves it too.
Each is weighted by what that day's load and coverage can show, and is watched for a ramp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alerts.detectors.base import CELL, Bools, DetectorVerdict, Floats, Frame, Side
from alerts.detectors.common.alarm_state import OFF
from alerts.detectors.common.daily_model import score_by_day
from alerts.detectors.common.daily_result import (
    NOT_MEASURED,
    TO_AND_FRO,
    TOO_FEW_DAYS,
    DailyResult,
    cannot_judge,
)
from alerts.detectors.common.daily_statistics import MOST_DAYS, DailyStatistics
from alerts.detectors.common.serialise import LATER, serialise
from alerts.detectors.drift import forecasting
from alerts.detectors.drift.doubts import doubts_of, jumped, stood_still, without_load
from alerts.detectors.drift.forecasting import COLUMNS, gain, load_statistics, moved_by, parts
from alerts.detectors.drift.late_load import late_by, moved_back
from alerts.detectors.drift.level import level, level_today
from alerts.detectors.drift.statistics import beginning, last_of
from alerts.detectors.drift.steps import STEP
from alerts.detectors.statistics.change_point import (
    DailySeries,
    Noise,
    Ramp,
    best_ramp,
    estimate_noise,
    forecast_widening,
)
from alerts.detectors.statistics.lag_features import smoothed
from alerts.detectors.statistics.level_steps import without_steps
from alerts.detectors.statistics.limit_forecast import PathBundle
from alerts.detectors.statistics.regression import Expectation, Surroundings, spikes
from core.schema.detector import Detector
from core.time.clock import DAY, HOUR
from core.vocabulary.evidence import Evidence

STATISTICS = ("mean", "gain")
LEAST_HOURS = 4  # of a day that must be covered, of a value that usually is
LOOKS_BACK = 12 * HOUR  # before a day, for missing loads that are still felt
ODD = 4.0  # times the usual variance at most, of the level of a day whose shape nothing explains: it counts
LOADED = 3.0  # times `worth`: the swing of the load that makes its gain show more than the mean
WORSE = 0.3  # of a busy hour: how much a drift may add, before the readings say anything
TRUST = {"mean": 0.5, "gain": 1.25}  # of a loaded value, chosen on benchmarks/detect
WEATHER = ("outdoor", "outside", "weather", "ambient")  # in the name of a context
SEASON = 50.0  # standard deviations of a day's noise: as good as nothing is known of the season
A_YEAR = 400  # days, and a little more: a season is known once it came again
REMEMBERED = ("mean", "mean_spread", "day_value", "day_expected", *STEP)
SEASONLESS = {"mean": 0.65, "gain": 1.0}  # the same without weather: a front can look like either
FEWEST_DAYS = 14  # that have a statistic, and
RECENT = 7  # days since the last of them


@dataclass(frozen=True)
class DriftModel:
    """What is normal for one value."""

    settings: Detector
    expectation: Expectation
    load: int  # which context is the load; -1: none
    idle: float  # the load's resting value
    lag_min: float  # how late the value follows the load
    swings: Floats  # (2,) what gain and lag of 1 mean in the metric's unit, at a busy hour
    white: float  # noise within a day: from cell to cell,
    slow: float  # and remembering itself
    keep: float  # from one cell to the next
    jump: float  # a sudden step greater than this is unusual
    usual: Floats  # (contexts, 2) mean and standard deviation of their daily means
    noises: Mapping[str, Noise]
    wider: Mapping[str, float]  # how much wider forecasts are than the noise says
    # hours with a reading, that a day must have to tell anything
    least_hours: float = field(default=LEAST_HOURS, metadata=LATER)
    late: int = field(default=0, metadata=LATER)  # cells by which the load is always late

    @property
    def columns(self) -> tuple[str, ...]:
        contexts = tuple(f"of_{name}" for name in self.expectation.names)
        return ("mean", "mean_spread", *contexts, "day_expected", *COLUMNS, *STEP, "hours")

    @property
    def most_days(self) -> int:
        return MOST_DAYS if self.knows_weather else A_YEAR

    @property
    def remembered(self) -> tuple[str, ...]:
        contexts = (f"of_{name}" for name in self.expectation.names)
        return () if self.knows_weather else (*REMEMBERED, *contexts)

    @property
    def forecasts_when_healthy(self) -> bool:
        return False

    def state(self) -> dict[str, object]:
        return serialise(self)

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """The days of `window`, each judged by itself and those before it; UTC days."""
        return score_by_day(self, window)

    # -- a day ---------------------------------------------------------------------------------
    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        row = dict.fromkeys(self.columns, np.nan)
        row |= dict.fromkeys(STEP, 0.0)
        y = cells.columns[self.settings.metric]
        if self.late:
            name = self.expectation.names[self.load]
            cells = moved_back(cells, name, self.late, int(cells.at[0]), int(cells.at[-1]) + CELL)
        around = self.expectation.surroundings(cells)
        expected, heat, late = self._explain(around.columns, len(y))
        if by := self._load_late_by(y - expected + heat, heat, around, cells.at >= begin):
            name, end = self.expectation.names[self.load], int(cells.at[-1]) + CELL
            around = self.expectation.surroundings(moved_back(cells, name, by, begin, end))
            expected, heat, late = self._explain(around.columns, len(y))
        doubts = doubts_of(self.expectation, self.load, around, cells.at >= begin - LOOKS_BACK)
        rest = y - expected
        today = cells.at >= begin
        for name, values in around.columns.items():
            row[f"of_{name}"] = float(values[today].mean()) if today.any() else np.nan
        if not today.any():
            return row | {"hours": 0.0}
        good = np.isfinite(y) & ~spikes(rest)
        row["hours"] = len(np.unique(cells.at[today & good] // HOUR))
        if row["hours"] < self.least_hours:
            return row
        doubt = np.sqrt((doubts**2).sum(axis=1))
        clear = good & (doubt < 0.2 * self.jump)
        calm = without_load(rest, heat, late, clear, self.jump)
        jump = jumped(np.where(clear, rest, np.nan), calm, int(today.sum()), self.jump)
        if jump is not None:
            row |= {"jump": 1.0, "step": jump.size, "step_at": float(cells.at[jump.cell])}
        measured, clean = y[today & good], expected[today & good]
        row |= {"day_expected": float(clean.mean()), **parts(measured, clean)}
        if not row["jump"] and not stood_still(
            measured, clean, float(np.hypot(self.white, self.slow))
        ):
            signs = np.stack([np.ones(len(y)), heat, late], axis=1)[today & good]
            signs[:, 1:] /= np.maximum(self.swings, 1e-12)
            row |= self._statistics(rest, signs, clean, doubts, today & good)
        return row

    def _load_late_by(self, rest: Floats, heat: Floats, around: Surroundings, today: Bools) -> int:
        """By how many cells today's load is late."""
        if self.load < 0:
            return 0
        return late_by(rest, heat, today & around.sure() & ~spikes(rest - heat))

    def _explain(self, columns: dict[str, Floats], n: int) -> tuple[Floats, Floats, Floats]:
        """(n,) each: what is expected, the load's part of it, and that part smoothed once more."""
        none = np.zeros(n)
        if not self.expectation.names:
            return none + self.expectation.level, none, none
        parts = self.expectation.parts(columns)
        expected = parts.sum(axis=0) + self.expectation.level
        if self.load < 0:
            return expected, none, none
        heat = parts[self.load] - self.idle * self.expectation.weights[self.load].sum()
        return expected, heat, smoothed(heat, self.lag_min)

    def _statistics(
        self, rest: Floats, signs: Floats, clean: Floats, doubts: Floats, rows: Bools
    ) -> dict[str, float]:
        """Mean and gain of one day by generalised least squares, and how uncertain they are."""
        where = np.flatnonzero(rows)
        apart = np.abs(where[:, None] - where[None, :])
        noise = self.slow**2 * self.keep**apart
        noise[np.diag_indices_from(noise)] += self.white**2
        noise += doubts[where] @ doubts[where].T
        solved = np.linalg.solve(noise, np.column_stack([signs, rest[where]]))
        known, shown = signs.T @ solved[:, :3], signs.T @ solved[:, 3]
        worse = max(WORSE * float(self.swings[0]), 1e-9)
        unsure = np.asarray(
            np.linalg.inv(known + np.diag([0.0, worse**-2, worse**-2])), dtype=np.float64
        )
        left = rest[where] @ solved[:, 3] - shown @ unsure @ shown
        odd = max(1.0, float(left) / max(len(where) - 3, 1))  # what none of the three explains
        out = load_statistics(signs, clean, unsure @ shown, odd * unsure)
        out |= {"mean": shown[0] / known[0, 0], "mean_spread": min(odd, ODD) / known[0, 0]}
        return {name: float(value) for name, value in out.items()}

    # -- all days ------------------------------------------------------------------------------
    def series(self, days: DailyStatistics, name: str) -> DailySeries:
        """One statistic, of the days that have it."""
        if name == "gain":
            return gain(days)
        season = 0.0 if self.knows_weather else SEASON
        series = level(days, self.expectation, self.usual, self.noises.get("mean"), season)
        return without_steps(series) if self._is_loaded else series

    @property
    def _is_loaded(self) -> bool:
        """Does the load move the value by far more than is worth telling?"""
        return bool(self.swings[0] > LOADED * (self.settings.worth or 0.0))

    @property
    def knows_weather(self) -> bool:
        """Is one of its contexts the weather? Without it, what comes again each year is no drift."""
        return any(word in name for name in self.expectation.names for word in WEATHER)

    def recalibrated(self, days: DailyStatistics) -> "DriftModel":
        noises, wider = {}, {}
        for name in STATISTICS:
            series = self.series(days, name)
            if len(series.value) >= FEWEST_DAYS:
                noises[name] = estimate_noise(series)
                wider[name] = forecast_widening(series, noises[name])
        return replace(self, noises=noises, wider=wider)

    def judge(self, days: DailyStatistics) -> DailyResult:
        today = float(np.round(days.end[-1] / DAY))
        value, expected = last_of(days["day_value"]), last_of(days["day_expected"])
        if not days["hours"][-1]:
            return cannot_judge(NOT_MEASURED)
        strongest = self._strongest_drift(days, today)
        if strongest is None:
            return cannot_judge(TOO_FEW_DAYS, value)
        z, name, ramp = strongest
        onset = ramp.onset if z > OFF and name == "mean" else None
        noise, worth = self.noises.get("mean"), self.settings.worth or 0.0
        level_now = level_today(days, self.series(days, "mean"), noise, worth, onset)
        if level_now.is_unclear and z <= OFF:  # a drift that stands is one also on such a day
            return cannot_judge(TO_AND_FRO, value)
        low = high = None
        if expected is not None:
            expected += level_now.base
            low, high = expected - level_now.wide, expected + level_now.wide
        size, since = abs(ramp.size_on(today)), beginning(ramp.onset, int(days.end[-1]))
        drift = DailyResult(z, size, (name,), since, value, expected, low, high, ramp)
        moved = moved_by(days, name, ramp, float(self.swings[0]))
        unknown = () if self.knows_weather else (Evidence("no_weather"),)
        if level_now.step is None:
            return replace(drift, evidence=(moved, *unknown))
        step = Evidence("step", (level_now.step.size, float(level_now.step.at)))
        return replace(drift, evidence=(moved, step, *unknown), step_at=level_now.step.at)

    def _strongest_drift(
        self, days: DailyStatistics, today: float
    ) -> tuple[float, str, Ramp] | None:
        """z-score (positive is worse), statistic and ramp; None if no statistic has enough days."""
        strongest: tuple[float, str, Ramp] | None = None
        for name in STATISTICS:
            series = self.series(days, name)
            if len(series.day) < FEWEST_DAYS or series.day[-1] <= today - RECENT:
                continue
            ramp = best_ramp(series, self.noises.get(name))
            if ramp is None:
                continue
            z = self._worse(ramp) * self._credit(name)
            if strongest is None or z > strongest[0]:
                strongest = (z, name, ramp)
        return strongest

    def futures(
        self, days: DailyStatistics, result: DailyResult, limit: float, side: Side
    ) -> PathBundle | None:
        if result.ramp is None:
            return None
        carrier = result.carried_by[0]
        drift = forecasting.DriftCourse(
            result.ramp,
            carrier == "mean",
            self.series(days, "mean"),
            float(self.swings[0]),
            self.settings.scales,
            self.wider.get(carrier, 1.25),
        )
        return forecasting.futures(days, drift, limit, side)

    def _credit(self, name: str) -> float:
        """The factor of a statistic's z-score.

        Where the load moves the value by far more than is worth telling, a fault shows in the gain,
        and the mean follows sensors and seasons; where it does not, only the mean shows it.
        """
        if not self._is_loaded:
            return float(name == "mean")
        return (TRUST if self.knows_weather else SEASONLESS)[name]

    def _worse(self, ramp: Ramp) -> float:
        """The z-score, positive in the direction that the settings call worse."""
        if self.settings.sided == "both":
            return abs(ramp.z)
        return ramp.z if self.settings.sided == "up" else -ramp.z
