"""When a daily detector expects a limit to be reached; `statistics/limit_forecast.py` has the reckoning."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from alerts.detectors.base import DetectorVerdict, Limit, Side
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.statistics.limit_forecast import PathBundle, days_to_limit
from core.time.clock import DAY


class Forecaster(Protocol):
    """A model that can look ahead."""

    @property
    def forecasts_when_healthy(self) -> bool:
        """A level that is used up reaches its limit without any fault; a drift is one."""
        ...

    def futures(
        self, days: DailyStatistics, result: DailyResult, limit: float, side: Side
    ) -> PathBundle | None:
        """The likely courses of the value, for a limit on one side; None if nothing moves."""
        ...


class NoForecast:
    """A model whose result has no course to go on with: what happened is not what will."""

    @property
    def forecasts_when_healthy(self) -> bool:
        """It never does."""
        return False

    def futures(
        self, days: DailyStatistics, result: DailyResult, limit: float, side: Side
    ) -> PathBundle | None:
        """There are none."""
        return None


def with_forecast(
    verdict: DetectorVerdict,
    model: Forecaster,
    days: DailyStatistics,
    result: DailyResult,
    limits: Sequence[Limit],
) -> DetectorVerdict:
    """The verdict with the limit that is reached first, if one is reached within the horizon."""
    if not (verdict.alarm or model.forecasts_when_healthy):
        return verdict
    soonest = verdict
    for limit in limits:
        for side in limit.sides:
            bundle = model.futures(days, result, limit.value, side)
            if bundle is None:
                continue
            low, middle, high = days_to_limit(bundle, limit.value, side)
            if middle is None or (soonest.limit_at or 2**62) <= verdict.at + middle * DAY:
                continue
            soonest = replace(
                verdict,
                limit=limit.value,
                limit_at=verdict.at + round(middle * DAY),
                limit_at_low=None if low is None else verdict.at + round(low * DAY),
                limit_at_high=None if high is None else verdict.at + round(high * DAY),
            )
    return soonest
