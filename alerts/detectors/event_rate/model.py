"""Events for each unit of use: arcs for a scan second, faulty packets for a byte, bad mains for a day.

The number of a day scatters around rate times use, wider than by chance alone, because days differ:
a negative binomial law whose width is learned. What is looked for is a rate that has risen to `worth`
times the usual one or more: the likelihood of both, compared day by day. Fewer events are no fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import nbdtrik

from alerts.detectors.base import DetectorVerdict, Floats, Frame
from alerts.detectors.common.alarm_state import ON
from alerts.detectors.common.daily_forecast import NoForecast
from alerts.detectors.common.daily_model import ForgetsYears, score_by_day
from alerts.detectors.common.daily_result import NOT_MEASURED, DailyResult, cannot_judge
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.common.serialise import serialise
from alerts.detectors.event_rate.increments import increments
from alerts.detectors.statistics.cusum import RARELY, cumulative_sums
from core.schema.detector import Detector
from core.time.clock import DAY

WORTH = 2.0  # times the usual rate, if the settings do not say
RATIOS = np.array([1.0, 2.0, 4.0])  # times worth: a rate ten times as high is found in fewer days
NEEDED = float(np.log(RARELY * len(RATIOS)))  # Lorden 1971: rarer than exp(-needed) a day
BAND = 0.995


@dataclass(frozen=True)
class EventRateModel(ForgetsYears, NoForecast):
    """What is normal for one kind of event."""

    settings: Detector
    is_total: bool
    is_use_total: bool
    usual: float  # events for each unit of use
    rate: float  # the same, as high as it may well be: few events teach little
    spread: float

    @property
    def features(self) -> tuple[str, ...]:
        """What it has learned from."""
        return (self.settings.metric, *([self.settings.per] if self.settings.per else []))

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics of a day."""
        return "events", "use"

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        """How often it happened since `begin`, and in how much use; NaN if nothing was measured."""
        per = cells.columns.get(self.settings.per) if self.settings.per else None
        metric = cells.columns[self.settings.metric]
        events, use = increments(cells.at, metric, per, self.is_total, self.is_use_total)
        today = np.isfinite(events) & (cells.at >= begin)
        if not today.any():
            return dict.fromkeys(self.columns, np.nan)
        return {"events": float(events[today].sum()), "use": float(use[today].sum())}

    def state(self) -> dict[str, object]:
        """What `EventRate.restored` needs; settings are not part of it."""
        return serialise(self)

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """Each day of `window` by itself; the runner remembers alarms."""
        return score_by_day(self, window)

    def recalibrated(self, days: DailyStatistics) -> Self:
        """Its noise is part of what was learned."""
        return self

    def judge(self, days: DailyStatistics) -> DailyResult:
        """How much more likely a raised rate is than the usual one, since whenever it may have begun."""
        here = np.isfinite(days["events"]) & ((days["use"] > 0) | (days["events"] > 0))
        events, use, end = days["events"][here], days["use"][here], days.end[here]
        value, expected, low, high = self._last(days)
        if not len(events):
            return cannot_judge(NOT_MEASURED, value)
        ratios = RATIOS * (self.settings.worth or WORTH)
        steps = log_likelihood_ratio(events[:, None], self.rate * use[:, None], ratios, self.spread)
        total, begin = cumulative_sums(steps, NEEDED)
        best = int(np.argmax(total))
        since = None
        if begin[best] < len(events):
            since = int(end[begin[best]]) - DAY
        size = self._size(events[begin[best] :], use[begin[best] :])
        z = ON * float(total[best]) / NEEDED
        features, reason = self.features[:1], "" if value is not None else NOT_MEASURED
        return DailyResult(z, size, features, since, value, expected, low, high, None, reason)

    def _size(self, events: Floats, use: Floats) -> float:
        """The rate in times the usual one, as high as it may well be: only `worth` is to be the limit."""
        mean = self.usual * use
        doubt = float(np.sqrt((events + self.spread * mean**2).sum() + 1.0))
        lowest = max(2 * self.usual - self.rate, self.usual / 2)
        return (float(events.sum()) + doubt) / max(lowest * float(use.sum()), 1e-9)

    def _last(self, days: DailyStatistics) -> tuple[float | None, ...]:
        """Events of the last day, their expected number, and the low and high end of the band around it."""
        if not len(days) or not np.isfinite(days["events"][-1]):
            return None, None, None, None
        mean = self.usual * float(days["use"][-1])
        return float(days["events"][-1]), mean, *band(mean, self.spread)


def log_likelihood_ratio(events: Floats, mean: Floats, ratio: Floats, spread: float) -> Floats:
    """Natural logarithm: of `events` with a mean `ratio` times as high against the mean itself.

    Both negative binomial with variance m + spread m^2; Poisson's law is spread 0.
    """
    size = 1.0 / max(spread, 1e-9)
    more = np.log1p((ratio - 1.0) * mean / (size + mean))
    return np.asarray(events * np.log(ratio) - (events + size) * more)


def band(mean: float, spread: float) -> tuple[float, float]:
    """The numbers of events between which 99 of 100 days lie."""
    size = 1.0 / max(spread, 1e-6)
    share = size / (size + mean)
    return _quantile(1 - BAND, size, share), _quantile(BAND, size, share)


def _quantile(rare: float, size: float, share: float) -> float:
    """Quantile of the negative binomial law; scipy's is undefined below the likelihood of no event."""
    if share**size >= rare:
        return 0.0
    return float(np.ceil(nbdtrik(rare, size, share)))
