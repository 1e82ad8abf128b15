"""When a daily detector expects a limit to be reached; `statistics/limit_forecast.py` has the reckoning."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from alerts.detectors.base import DetectorVerdict, Limit, Side
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.statistics.limit_forecast import PathBundle, days_of_weeks, days_to_limit
from core.time.clock import DAY
from core.vocabulary.evidence import Evidence

SOONER = 3  # days by which a busy week must reach the limit, to be told beside the usual one


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
            forecast = _forecast(verdict, bundle, limit.value, side)
            if _order(forecast) < _order(soonest):
                soonest = forecast
    return soonest


def _forecast(
    verdict: DetectorVerdict, bundle: PathBundle, limit: float, side: Side
) -> DetectorVerdict:
    """The verdict with the forecast of one limit, and with what a busy week does that no usual one does."""
    low, middle, high = (
        None if days is None else verdict.at + round(days * DAY)
        for days in days_to_limit(bundle, limit, side)
    )
    busy, usual = days_of_weeks(bundle, limit, side)
    shown = verdict.evidence
    if busy is not None and (usual is None or usual - busy >= SOONER):
        times = (busy,) if usual is None else (busy, usual)
        shown += (Evidence("busy_week", tuple(verdict.at + days * DAY for days in times)),)
    return replace(
        verdict, limit=limit, limit_at=middle, limit_at_low=low, limit_at_high=high, evidence=shown
    )


def _order(verdict: DetectorVerdict) -> tuple[float, float]:
    """Of two forecasts the sooner is the lesser; none at all is the greatest."""
    never = float("inf")
    middle, low = (
        never if at is None else float(at) for at in (verdict.limit_at, verdict.limit_at_low)
    )
    return middle, low
