"""A value that should follow its context, and slowly ceases to.

Each day the residual of the expectation is reduced to two statistics: its mean, and its gain: what
the load adds at a busy hour. The gain is told by two signs together: what the load explains (a cooler
that carries less), and the same smoothed once more, the signature of a time constant that has grown.
The day's level is left free beside them, for a sensor that was moved by a service moves it too. Each
is weighted by what that day's load and coverage can tell, and is watched for a ramp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from alerts.detectors.base import Bools, Floats, Frame, Verdict
from alerts.detectors.common.daily_model import scored
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.serialise import plain
from alerts.detectors.drift.forecasting import COLUMNS, Drifting, borne, course, gain, parts
from alerts.detectors.drift.statistics import AFTER, last_of, level_of, outlying, sudden_steps
from alerts.detectors.statistics.change_point import (
    Noise,
    Ramp,
    Series,
    astray,
    best_ramp,
    estimate_noise,
)
from alerts.detectors.statistics.lag_features import memories, response, smoothed
from alerts.detectors.statistics.limit_forecast import Bundle, Side
from alerts.detectors.statistics.regression import Expectation, Surroundings, robust, spikes
from core.schema.detector import Detector
from core.time.clock import DAY, HOUR

STATISTICS = ("mean", "gain")
LEAST_HOURS = 4  # of a day that must be covered
LOOKS_BACK = 12 * HOUR  # before a day, for missing loads that are still felt
DULL = 9.0  # times the usual variance: such a day, of an idle device, is left out
LOADED = 3.0  # times `worth`: the swing of the load that makes its gain tell more than the mean
WORSE = 0.3  # of a busy hour: how much a drift may add, before the readings say anything
TRUST = {"mean": 0.5, "gain": 1.25}  # of a loaded value, chosen on benchmarks/detect
AGREED = 14  # days that tell a statistic, and
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
    jump: float  # a sudden step greater than this is none of the usual
    usual: Floats  # (contexts, 2) mean and standard deviation of their daily means
    noises: Mapping[str, Noise]
    wider: Mapping[str, float]  # how much wider forecasts are than the noise says

    @property
    def columns(self) -> tuple[str, ...]:
        contexts = tuple(f"of_{name}" for name in self.expectation.names)
        return ("mean", "mean_spread", *contexts, "day_expected", *COLUMNS, "jump", "hours")

    @property
    def foretells_when_well(self) -> bool:
        return False

    def state(self) -> dict[str, object]:
        return plain(self)

    def score(self, window: Frame) -> list[Verdict]:
        """The days of `window`, each judged by itself and those before it; UTC days."""
        return scored(self, window)

    # -- a day ---------------------------------------------------------------------------------
    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        row = dict.fromkeys(self.columns, np.nan)
        row["jump"] = 0.0
        y = cells.columns[self.settings.metric]
        around = self.expectation.surroundings(cells)
        expected, heat, late = self._explain(around.columns, len(y))
        doubts = self._doubts(around, cells.at >= begin - LOOKS_BACK)
        rest = y - expected
        today = cells.at >= begin
        for name, values in around.columns.items():
            row[f"of_{name}"] = float(values[today].mean())
        good = np.isfinite(y) & ~spikes(rest)
        row["hours"] = len(np.unique(cells.at[today & good] // HOUR))
        if row["hours"] < LEAST_HOURS:
            return row
        doubt = np.sqrt((doubts**2).sum(axis=1))
        clear = good & (doubt < 0.2 * self.jump)
        row["jump"] = self._jumped(_unborne(rest, heat, late, clear), int(today.sum()))
        measured, clean = y[today & good], expected[today & good]
        row |= {"day_expected": float(clean.mean()), **parts(measured, clean)}
        if not row["jump"] and not self._deaf(measured, clean):
            signs = np.stack([np.ones(len(y)), heat, late], axis=1)[today & good]
            signs[:, 1:] /= np.maximum(self.swings, 1e-12)
            row |= self._statistics(rest, signs, clean, doubts, today & good)
        return row

    def _explain(self, columns: dict[str, Floats], n: int) -> tuple[Floats, Floats, Floats]:
        """What is expected, what of it the load explains, and the same smoothed once more."""
        none = np.zeros(n)
        if not self.expectation.names:
            return none + self.expectation.level, none, none
        parts = self.expectation.parts(columns)
        expected = parts.sum(axis=0) + self.expectation.level
        if self.load < 0:
            return expected, none, none
        heat = parts[self.load] - self.idle * self.expectation.weights[self.load].sum()
        return expected, heat, smoothed(heat, self.lag_min)

    def _doubts(self, around: Surroundings, recent: Bools) -> Floats:
        """(n, m): how the residual would look if a guessed context was off by its usual error.

        One column for all long gaps of a context, whose errors go together; and one for each cell
        of the load that is missing.
        """
        n = len(recent)
        columns = []
        for number, weights in enumerate(self.expectation.weights):
            errors, long = around.errors[number], around.long[number]
            if long.any():
                columns.append(memories({"x": np.where(long, errors, 0.0)}, ["x"]) @ weights)
            if number == self.load:
                shape = response(weights, n)
                for cell in np.flatnonzero(recent & (errors > 0)):
                    column = np.zeros(n)
                    column[cell:] = errors[cell] * shape[: n - cell]
                    columns.append(column)
        return np.stack(columns, axis=1) if columns else np.zeros((n, 0))

    def _statistics(
        self, rest: Floats, signs: Floats, clean: Floats, doubts: Floats, rows: Bools
    ) -> dict[str, float]:
        where = np.flatnonzero(rows)
        apart = np.abs(where[:, None] - where[None, :])
        noise = self.slow**2 * self.keep**apart
        noise[np.diag_indices_from(noise)] += self.white**2
        noise += doubts[where] @ doubts[where].T
        solved = np.linalg.solve(noise, np.column_stack([signs, rest[where]]))
        known, told = signs.T @ solved[:, :3], signs.T @ solved[:, 3]
        worse = max(WORSE * float(self.swings[0]), 1e-9)
        unsure = np.asarray(
            np.linalg.inv(known + np.diag([0.0, worse**-2, worse**-2])), dtype=np.float64
        )
        out = borne(signs, clean, unsure @ told, unsure)
        out |= {"mean": told[0] / known[0, 0], "mean_spread": 1.0 / known[0, 0]}
        return {name: float(value) for name, value in out.items()}

    def _deaf(self, told: Floats, expected: Floats) -> bool:
        """Did the value stand still on a day that should have moved it? Then the sensor is stuck."""
        moved = float(expected.std())
        return moved > 3.0 * np.hypot(self.white, self.slow) and float(told.std()) < 0.1 * moved

    def _jumped(self, rest: Floats, today: int) -> float:
        """Did the residual step, within one cell, to where it then stayed? 1.0 or 0.0."""
        steps = sudden_steps(rest)
        first = max(0, len(rest) - today - AFTER)
        return float(bool((steps[first:] > self.jump).any()))

    # -- all days ------------------------------------------------------------------------------
    def series(self, days: Days, name: str) -> Series:
        """One statistic of the days that have it."""
        return gain(days) if name == "gain" else self._level(days)

    def _level(self, days: Days) -> Series:
        """The mean. It begins anew where the sensor jumped, and may follow what is around it a little."""
        spread = days["mean_spread"]
        here = np.isfinite(days["mean"])
        if here.any():
            here &= spread <= DULL * np.median(spread[here])
        value, spread = days["mean"][here], spread[here]
        contexts = [days[f"of_{context}"][here] for context in self.expectation.names]
        usual = np.maximum(self.usual[:, 1], 1e-9)
        centred = (np.stack(contexts, axis=1) - self.usual[:, 0]) / usual if contexts else None
        noise = self.noises.get("mean")
        scale = noise.scale if noise else robust(value)
        unsure = self.expectation.errors + 0.1 * np.abs(self.expectation.weights.sum(axis=1))
        return Series(
            day=np.round(days.end[here] / DAY),
            value=value,
            spread=np.clip(
                spread / max(float(np.median(spread)) if len(spread) else 1.0, 1e-30), 0.2, 25.0
            )
            * outlying(value),
            segment=np.cumsum(days["jump"])[here],
            context=np.zeros((len(value), 0)) if centred is None else np.clip(centred, -6, 6),
            prior=0.5 * scale + unsure * usual,
        )

    def settled(self, days: Days) -> "DriftModel":
        noises, wider = {}, {}
        for name in STATISTICS:
            series = self.series(days, name)
            if len(series.value) >= AGREED:
                noises[name] = estimate_noise(series)
                wider[name] = astray(series, noises[name])
        return replace(self, noises=noises, wider=wider)

    def judge(self, days: Days) -> Finding:
        best: tuple[float, str, Ramp] | None = None
        today = float(np.round(days.end[-1] / DAY))
        for name in STATISTICS:
            series = self.series(days, name)
            if len(series.day) < AGREED or series.day[-1] <= today - RECENT:
                continue
            ramp = best_ramp(series, self.noises.get(name))
            if ramp is None:
                continue
            worse = self._worse(ramp) * self._trust(name)
            if best is None or worse > best[0]:
                best = (worse, name, ramp)
        last = {name: last_of(days[name]) for name in ("day_value", "day_expected")}
        wide = 3.0 * float(
            robust((days["day_value"] - days["day_expected"])[np.isfinite(days["day_value"])])
        )
        expected = last["day_expected"]
        base = level_of(days)
        if expected is not None:
            expected += base
        if best is None:
            return Finding(0.0, 0.0, (), None, last["day_value"], expected, None, None, None)
        z, name, ramp = best
        size = abs(ramp.grown(today))
        since = (
            int(ramp.begun * DAY)
            + int(days.end[-1] % DAY)
            - (DAY if days.end[-1] % DAY > DAY // 2 else 0)
        )
        low, high = (None, None) if expected is None else (expected - wide, expected + wide)
        return Finding(z, size, (name,), since, last["day_value"], expected, low, high, ramp)

    def futures(self, days: Days, finding: Finding, limit: float, side: Side) -> Bundle | None:
        if finding.ramp is None:
            return None
        carrier = finding.carried_by[0]
        drift = Drifting(
            finding.ramp,
            carrier == "mean",
            self.series(days, "mean"),
            float(self.swings[0]),
            self.settings.scales,
            self.wider.get(carrier, 1.25),
        )
        return course(days, drift, limit, side)

    def _trust(self, name: str) -> float:
        """How much of a statistic's z-score counts.

        Where the load moves the value by far more than is worth telling, a fault shows in the gain,
        and the mean follows sensors and seasons; where it does not, only the mean can tell.
        """
        loaded = bool(self.swings[0] > LOADED * (self.settings.worth or 0.0))
        return TRUST[name] if loaded else float(name == "mean")

    def _worse(self, ramp: Ramp) -> float:
        if self.settings.sided == "both":
            return abs(ramp.z)
        return ramp.z if self.settings.sided == "up" else -ramp.z


def _unborne(rest: Floats, heat: Floats, late: Floats, rows: Bools) -> Floats:
    """The residual without what follows the load; NaN outside `rows`."""
    signs = np.stack([np.ones(len(rest)), heat, late], axis=1)
    by = np.linalg.lstsq(signs[rows], rest[rows], rcond=1e-6)[0]
    return np.where(rows, rest - signs[:, 1:] @ by[1:], np.nan)
