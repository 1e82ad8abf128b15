"""Learns the usual rate of events, and how widely the days scatter around it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import gammaln

from alerts.detectors.base import DetectorAlgorithm, Floats, Frame
from alerts.detectors.common.daily_runner import DailyRunner
from alerts.detectors.event_rate.increments import increments, is_running_total
from alerts.detectors.event_rate.model import EventRateModel
from core.text.phrase import Phrase
from core.time.clock import DAY

FEWEST = 14  # days of use to learn from
SPREADS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)  # variance is m + spread m^2
SURELY = 0.84  # standard deviations: the rate lies below with 4 in 5


class EventRate(DetectorAlgorithm):
    """Events for each unit of use, of which more than usual are found."""

    runner = DailyRunner
    metric_is_counter = True

    def fit(self, history: Frame, good: Floats | None = None) -> EventRateModel:
        """From cells; `good` says which may be learned from (all). ValueError: too little use."""
        metric = history.columns[self.settings.metric]
        per = history.columns.get(self.settings.per) if self.settings.per else None
        if per is not None and not np.isfinite(per).any():
            raise ValueError(Phrase("the use that events are counted by was never measured"))
        is_total, is_use_total = is_running_total(metric), per is not None and is_running_total(per)
        events, use = increments(history.at, metric, per, is_total, is_use_total)
        rows = np.isfinite(events) & (True if good is None else good > 0)
        _, day = np.unique(history.at[rows] // DAY, return_inverse=True)
        daily = np.bincount(day, events[rows]).astype(float)
        used = np.bincount(day, use[rows]).astype(float)
        daily, used = daily[used > 0], used[used > 0]
        if len(used) < FEWEST:
            raise ValueError(
                f"{len(used)} days with use are too few to learn from; {FEWEST} needed"
            )
        total_use = float(used.sum())
        usual = (float(daily.sum()) + 0.5) / total_use  # never quite zero: Jeffreys' prior
        spread = max(SPREADS, key=lambda width: _log_likelihood(daily, usual * used, width))
        mean = usual * used
        doubt = float(np.sqrt((mean + spread * mean**2).sum())) / total_use
        rate = usual + SURELY * doubt
        return EventRateModel(self.settings, is_total, is_use_total, usual, rate, spread)

    def restored(self, state: Mapping[str, Any]) -> EventRateModel:
        """The model whose `state` this is."""
        return EventRateModel(self.settings, **state)


def _log_likelihood(events: Floats, mean: Floats, spread: float) -> float:
    """Of days with these numbers of events, up to a constant: negative binomial."""
    size = 1.0 / max(spread, 1e-6)
    likely = gammaln(events + size) - gammaln(size) - (events + size) * np.log1p(mean / size)
    return float((likely + events * np.log(mean / size)).sum())
