"""A value beyond a limit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from core.schema.metric import Metric
from core.schema.rules.base import MetricRule, OneSided, Wording
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class LimitRule(OneSided, MetricRule):
    """A value beyond `above` or `below` for `for`; over when it is back past `clear`."""

    kind: Literal["limit"] = "limit"
    clear: float | None = None
    hold: Duration = Field(default=0, alias="for")

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        wrong_side = self.clear is not None and (
            (self.above is not None and self.clear > self.above)
            or (self.below is not None and self.clear < self.below)
        )
        if wrong_side:
            raise ValueError("`clear` lies beyond the limit: the alert could never end")
        return self

    def is_beyond(self, value: float) -> bool:
        """Is this value wrong?"""
        return value > self.limit if self.above is not None else value < self.limit

    def is_clear(self, value: float) -> bool:
        """Is this value right again? Between clear and limit it is neither."""
        clear = self.limit if self.clear is None else self.clear
        return value <= clear if self.above is not None else value >= clear

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
