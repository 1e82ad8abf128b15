"""A value that strays from the device's own baseline: what a test object gave when all was well."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import MetricRule, Wording
from core.schema.rules.limit import LimitRule

if TYPE_CHECKING:
    from core.schema.profile import Profile


class ToleranceRule(MetricRule):
    """A value farther than `tolerance_pct` from the baseline; over at the next one that is within.

    The baseline is the mean of the first `baseline_of` readings since the device was last serviced,
    whoever brought them, and stays: a mean that moved with the newest would follow a slow drift and
    never find it (Shewhart's chart keeps its centre line, too). Until then nothing is judged.
    """

    kind: Literal["tolerance"]
    tolerance_pct: float = Field(gt=0)
    baseline_of: int = Field(default=5, ge=1, le=100)

    def limits_around(self, first: Sequence[float]) -> Sequence[LimitRule]:
        """The two limits that its baseline gives; none while too few readings are known, or of 0.

        `first` are the first readings since the last service, oldest first, in the metric's unit.
        """
        centre = math.fsum(first[: self.baseline_of]) / self.baseline_of
        if len(first) < self.baseline_of or not centre:
            return ()
        half = abs(centre) * self.tolerance_pct / 100
        shared = self.model_dump(include={"id", "title", "severity", "basis", "source", "metric"})
        return (LimitRule(**shared, below=centre - half), LimitRule(**shared, above=centre + half))

    def tolerances_on(self, metric: str, component: str) -> Sequence["ToleranceRule"]:
        """Itself, on what it watches."""
        return (self,) if metric == self.metric and self.covers(component) else ()

    def wording(self, profile: "Profile") -> Wording:
        """`more than 20 % off the mean of the first 5`."""
        metric = profile.metrics[self.metric].model_copy(update={"unit": "%", "states": {}})
        return Wording("limit.tolerance", metric, value=self.tolerance_pct, count=self.baseline_of)
