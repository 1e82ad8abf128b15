"""Learns a depletion model: how a level and its meter move while nothing is wrong."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from alerts.detectors.base import DetectorAlgorithm, Floats, Frame, Ints
from alerts.detectors.common.daily_runner import DailyRunner
from alerts.detectors.common.serialise import array_of, habits_of, noises_of
from alerts.detectors.depletion.fast_loss import MeterHabit, habit_of
from alerts.detectors.depletion.model import DepletionModel
from alerts.detectors.statistics.lag_features import habit
from alerts.detectors.statistics.regression import robust, spikes, usable
from core.time.clock import DAY


class Depletion(DetectorAlgorithm):
    """A level that is used up and filled again."""

    runner = DailyRunner
    level_may_rest = True

    def fit(self, history: Frame, good: Floats | None = None) -> DepletionModel:
        """From cells; `good` says which of them may be learned from (all). ValueError: too few."""
        metric = self.settings.metric
        y = history.columns[metric]
        here = np.isfinite(y) & (np.ones(len(y)) if good is None else good).astype(bool)
        if len(np.unique(history.at[here] // DAY)) < 10:
            raise ValueError(f"fewer than 10 days of {metric} to learn from")
        names = usable(history, tuple(self.settings.context))
        habits = [habit(history.at, history.columns[name]) for name in names]
        levels = y[here & ~spikes(y)]
        noise = robust(np.diff(levels)) / np.sqrt(2.0) or float(np.abs(np.diff(levels)).max()) / 3.0
        readings = np.where(here, y, np.nan)
        step = np.abs(np.diff(_daily_medians(history.at, readings)))
        usual = float(np.median(step)) if len(step) else 0.0
        jump = max(4.0 * noise, 8.0 * usual, 1e-9)
        is_used = self.settings.sided != "up"
        return DepletionModel(
            settings=self.settings,
            names=names,
            habits=tuple(habits),
            usual=np.zeros((len(names), 2)),
            noise=noise,
            jump=jump,
            meter=habit_of(readings, jump, noise, self.settings.worth or 0.0) if is_used else None,
            noises={},
            wider=1.25,
        )

    def restored(self, state: Mapping[str, Any]) -> DepletionModel:
        """The model whose `state` this is."""
        values = dict(state)
        values |= {"names": tuple(state["names"]), "noises": noises_of(state["noises"])}
        values |= {"habits": habits_of(state["habits"]), "usual": array_of(state["usual"])}
        meter = values.pop(
            "meter", None
        )  # models of earlier versions have none, and learn it within a month
        if meter is not None:
            values["meter"] = MeterHabit(**{**meter, "needed": tuple(meter["needed"])})
        return DepletionModel(settings=self.settings, **values)


def _daily_medians(at: Ints, y: Floats) -> Floats:
    here = np.isfinite(y)
    number = at[here] // DAY
    return np.array([np.median(y[here][number == day]) for day in np.unique(number)])
