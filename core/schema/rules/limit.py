"""A value beyond a limit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.metric import Metric
from core.schema.rules.base import Cleared, MetricRule, Wording
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class LimitRule(Cleared, MetricRule):
    """A value beyond `above` or `below` for `for`; over when it is back past `clear`."""

    kind: Literal["limit"] = "limit"
    hold: Duration = Field(default=0, alias="for")

    def is_worse(self, value: float, worst: float | None) -> bool:
        """Farther beyond the limit."""
        if not self.is_beyond(value):
            return False
        return worst is None or (value > worst if self.above is not None else value < worst)

    @property
    def hold_time(self) -> int:
        """How long the value must be beyond the limit, in milliseconds."""
        return self.hold

    def limits_on(self, metric: str, component: str) -> Sequence["LimitRule"]:
        """Itself, on what it watches."""
        return (self,) if metric == self.metric and self.covers(component) else ()

    def wording(self, profile: "Profile") -> Wording:
        """`above 55 °C`, or the states that are wrong."""
        return self.wording_on(profile.metrics[self.metric])

    def wording_on(self, metric: Metric) -> Wording:
        """`above 55 °C`; of a state the words that are wrong: `low, depleted`."""
        key = "limit.above" if self.above is not None else "limit.below"
        if metric.kind != "state":
            return Wording(key, metric, value=self.limit)
        wrong = (word for state, word in metric.states.items() if self.is_beyond(state))
        return Wording(key, metric, states=tuple(wrong))
