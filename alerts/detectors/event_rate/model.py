"""Events for each unit of use: arcs for a scan second, faulty packets for a byte, bad mains for a day.

The number of a day scatters around rate times use, wider than by chance alone, because days differ:
a negative binomial law whose width is learned. What is looked for is a rate that has risen to `worth`
times the usual one or more: the likelihood of both, compared day by day. Fewer events are no fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import gammaln, nbdtrik

from alerts.detectors.base import Floats, Frame, Ints, Verdict
from alerts.detectors.common.alarm_state import ON
from alerts.detectors.common.daily_model import scored
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.serialise import plain
from alerts.detectors.statistics.cusum import RARELY, gathered
from alerts.detectors.statistics.limit_forecast import LooksBack
from core.schema.detector import Detector
from core.time.clock import DAY

WORTH = 2.0  # times the usual rate, if the settings do not say
RATIOS = np.array([1.0, 2.0, 4.0])  # times worth: a rate ten times as high is found in fewer days
NEEDED = float(np.log(RARELY * len(RATIOS)))  # Lorden 1971: rarer than exp(-needed) a day
FEWEST = 14  # days of use to learn from
SPREADS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)  # variance is m + spread m^2
SURELY = 0.84  # standard deviations: the rate lies below with 4 in 5
BAND = 0.995
RISES = 0.75  # of the rows after one that is not zero are no lower: a total, not a number a row


@dataclass(frozen=True)
class CountsModel(LooksBack):
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
        """How often it happened since `begin`, and in how much use; NaN if nothing was heard."""
        events, use = self._increments(cells)
        today = np.isfinite(events) & (cells.at >= begin)
        if not today.any():
            return dict.fromkeys(self.columns, np.nan)
        return {"events": float(events[today].sum()), "use": float(use[today].sum())}

    def _increments(self, cells: Frame) -> tuple[Floats, Floats]:
        per = cells.columns.get(self.settings.per) if self.settings.per else None
        metric = cells.columns[self.settings.metric]
        return increments(cells.at, metric, per, self.is_total, self.is_use_total)

    def state(self) -> dict[str, object]:
        """What `Counts.restored` needs; settings are not part of it."""
        return plain(self)

    def score(self, window: Frame) -> list[Verdict]:
        """Each day of `window` by itself; `Watch` remembers alarms."""
        return scored(self, window)

    def settled(self, days: Days) -> Self:
        """Its noise is part of what was learned."""
        return self

    def judge(self, days: Days) -> Finding:
        """How much more likely a raised rate is than the usual one, since whenever it may have begun."""
        here = np.isfinite(days["events"]) & ((days["use"] > 0) | (days["events"] > 0))
        events, use, end = days["events"][here], days["use"][here], days.end[here]
        value, expected, low, high = self._last(days)
        if not len(events):
            return Finding(0.0, 0.0, (), None, value, expected, low, high, None)
        ratios = RATIOS * (self.settings.worth or WORTH)
        steps = likelier(events[:, None], self.rate * use[:, None], ratios, self.spread)
        total, begun = gathered(steps, NEEDED)
        best = int(np.argmax(total))
        since = None
        if begun[best] < len(events):
            since = int(end[begun[best]]) - DAY
        size = self._size(events[begun[best] :], use[begun[best] :])
        z = ON * float(total[best]) / NEEDED
        return Finding(z, size, self.features[:1], since, value, expected, low, high, None)

    def _size(self, events: Floats, use: Floats) -> float:
        """Times the usual rate: as high as it may well be, so that only `worth` itself is the limit."""
        mean = self.usual * use
        doubt = float(np.sqrt((events + self.spread * mean**2).sum() + 1.0))
        lowest = max(2 * self.usual - self.rate, self.usual / 2)
        return (float(events.sum()) + doubt) / max(lowest * float(use.sum()), 1e-9)

    def _last(self, days: Days) -> tuple[float | None, ...]:
        """Of the last day: what happened, what was expected, and the band around that."""
        if not len(days) or not np.isfinite(days["events"][-1]):
            return None, None, None, None
        mean = self.usual * float(days["use"][-1])
        return float(days["events"][-1]), mean, *band(mean, self.spread)


class Counts:
    """Learns the usual rate."""

    def __init__(self, settings: Detector) -> None:
        self._settings = settings

    def fit(self, history: Frame, good: Floats | None = None) -> CountsModel:
        """From cells; `good` says which may be learned from (all). ValueError: too little use."""
        metric = history.columns[self._settings.metric]
        per = history.columns.get(self._settings.per) if self._settings.per else None
        is_total, is_use_total = rises(metric), per is not None and rises(per)
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
        whole = float(used.sum())
        usual = (float(daily.sum()) + 0.5) / whole  # never quite zero: Jeffreys' prior
        spread = max(SPREADS, key=lambda one: _likelihood(daily, usual * used, one))
        mean = usual * used
        doubt = float(np.sqrt((mean + spread * mean**2).sum())) / whole
        rate = usual + SURELY * doubt
        return CountsModel(self._settings, is_total, is_use_total, usual, rate, spread)

    @staticmethod
    def restored(settings: Detector, state: Mapping[str, Any]) -> CountsModel:
        """The model as it was."""
        return CountsModel(settings, **state)


def rises(values: Floats) -> bool:
    """Is the column a total that rises, or what happened in each row's own time?

    A profile's counters are totals; an export often has numbers a row, which fall as often as they
    rise. A total may be set back now and then.
    """
    here = values[np.isfinite(values)]
    before, after = here[:-1], here[1:]
    happened = before > 0
    return bool(np.mean(after[happened] >= before[happened]) >= RISES) if happened.any() else True


def risen(values: Floats, is_total: bool) -> Floats:
    """What happened since the row that was heard before; NaN where nothing was heard.

    Where a total has fallen it was set back (a new tube, a restart, 32 bits that are full): how much
    happened in between is unknown, so that stretch is NaN too. A zero would be a claim.
    """
    out = np.full(len(values), np.nan)
    here = np.flatnonzero(np.isfinite(values))
    if is_total:
        rise = np.diff(values[here])
        out[here[1:]] = np.where(rise < 0, np.nan, rise)
    else:
        out[here] = np.where(values[here] < 0, np.nan, values[here])
    return out


def increments(
    at: Ints, metric: Floats, per: Floats | None, is_total: bool, is_use_total: bool
) -> tuple[Floats, Floats]:
    """(n,) each: events of a row, and the use in the same stretch: since the metric was last heard.

    Without `per` the use is time, in days. Causal: a row's numbers depend on no later row.
    """
    events = risen(metric, is_total)
    if per is None:
        total = (at - at[0]) / DAY if len(at) else np.zeros(0)
    else:
        total = np.nancumsum(risen(per, is_use_total))
    use = np.full(len(at), np.nan)
    here = np.flatnonzero(np.isfinite(metric))
    use[here[1:]] = np.diff(total[here])
    if not is_total and per is not None and len(here):
        use[here[0]] = total[here[0]]  # a number of its own row needs no row before
    return np.where(np.isfinite(use), events, np.nan), use


def likelier(events: Floats, mean: Floats, ratio: Floats, spread: float) -> Floats:
    """The logarithm of how much likelier `events` are with a mean `ratio` times as high.

    Both negative binomial with variance m + spread m^2; Poisson's law is spread 0.
    """
    size = 1.0 / max(spread, 1e-9)
    more = np.log1p((ratio - 1.0) * mean / (size + mean))
    return np.asarray(events * np.log(ratio) - (events + size) * more)


def band(mean: float, spread: float) -> tuple[float, float]:
    """Between these lie 99 of 100 days."""
    size = 1.0 / max(spread, 1e-6)
    share = size / (size + mean)
    return _quantile(1 - BAND, size, share), _quantile(BAND, size, share)


def _quantile(rare: float, size: float, share: float) -> float:
    """Of the negative binomial law; scipy's own is undefined below the likelihood of no event."""
    if share**size >= rare:
        return 0.0
    return float(np.ceil(nbdtrik(rare, size, share)))


def _likelihood(events: Floats, mean: Floats, spread: float) -> float:
    size = 1.0 / max(spread, 1e-6)
    likely = gammaln(events + size) - gammaln(size) - (events + size) * np.log1p(mean / size)
    return float((likely + events * np.log(mean / size)).sum())
