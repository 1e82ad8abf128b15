"""A detector expects that a limit will be reached."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import DetectorRule, OneSided, Wording
from core.time.clock import HOUR
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class ForecastRule(OneSided, DetectorRule):
    """A detector expects the value to be beyond `above` or `below` within `within`.

    For a level that is used up there is always a forecast; for a drift only once it is noticed.
    """

    kind: Literal["forecast"]
    within: Duration = Field(ge=1 * HOUR)

    def forecast_limits(self, detector: str) -> Sequence[OneSided]:
        """Its own, from its own detector."""
        return (self,) if detector == self.detector else ()

    def wording(self, profile: "Profile") -> Wording:
        """`will be above 60 °C within 30 d`."""
        key = "limit.forecast_above" if self.above is not None else "limit.forecast_below"
        metric = profile.metrics[self.watched_metric(profile)]
        return Wording(key, metric, value=self.limit, span=self.within)
