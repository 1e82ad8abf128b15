"""Several indicators of one fact, of which devices show now this one and now that."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from core.schema.metric import Metric
from core.schema.names import Name
from core.schema.rules.base import Rule, Wording
from core.schema.rules.limit import LimitRule
from core.schema.strict_model import Strict, did_you_mean
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class Indicator(Strict):
    """A metric that shows the fact: above `above`, below `below`, or at one of `equals`."""

    metric: Name
    above: float | None = None
    below: float | None = None
    equals: list[float] = []

    @model_validator(mode="after")
    def _has_exactly_a_limit_or_states(self) -> Self:
        if (self.above is not None) + (self.below is not None) + bool(self.equals) != 1:
            raise ValueError("an indicator needs one of `above`, `below` and `equals`")
        return self

    @property
    def limit(self) -> float | None:
        """The limit, in the metric's unit; None if it is a matter of states."""
        return self.below if self.above is None else self.above

    def shows(self, value: float) -> bool:
        """Does this value show the fact?"""
        if self.above is not None:
            return value > self.above
        return value < self.below if self.below is not None else value in self.equals

    def wording(self, metric: Metric) -> Wording:
        """`above 0 s`, or the states."""
        if metric.kind == "state":
            states = tuple(word for state, word in metric.states.items() if self.shows(state))
            return Wording("", metric, states=states)
        key = "limit.below" if self.below is not None else "limit.above"
        return Wording(key, metric, value=self.limit)


class AnyOfRule(Rule):
    """Any of the indicators shows it, for `for`; over when all that are read show that it is not so."""

    kind: Literal["any_of"]
    indicators: list[Indicator] = Field(min_length=2)
    hold: Duration = Field(default=0, alias="for")

    def watched_metric(self, profile: "Profile") -> str:
        """The first indicator's; an alert names the one that it was seen by."""
        return self.indicators[0].metric

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Metrics of indicators."""
        for number, indicator in enumerate(self.indicators):
            if indicator.metric not in profile.metrics:
                hint = did_you_mean(indicator.metric, profile.metrics)
                yield f"indicators[{number}].metric", f"unknown metric {indicator.metric!r}{hint}"

    @property
    def input_metrics(self) -> Sequence[str]:
        """Each indicator's."""
        return list(dict.fromkeys(indicator.metric for indicator in self.indicators))

    @property
    def hold_time(self) -> int:
        """How long any of them must show it, in milliseconds."""
        return self.hold

    def shown_by(self, metric: str, value: float) -> Indicator | None:
        """The indicator by which a value of a metric shows the fact."""
        return next(
            (
                indicator
                for indicator in self.indicators
                if indicator.metric == metric and indicator.shows(value)
            ),
            None,
        )

    def limits_on(self, metric: str, component: str) -> Sequence[LimitRule]:
        """Those of its indicators that are limits."""
        if not self.covers(component):
            return ()
        shared = self.model_dump(include={"id", "title", "severity", "basis", "source"})
        return [
            LimitRule(**shared, metric=metric, above=indicator.above, below=indicator.below)
            for indicator in self.indicators
            if indicator.metric == metric and not indicator.equals
        ]

    def wording(self, profile: "Profile") -> Wording:
        """`Time on battery above 0 s, or Output comes from battery`."""
        parts = tuple(
            indicator.wording(profile.metrics[indicator.metric]) for indicator in self.indicators
        )
        return Wording("limit.or", profile.metrics[self.indicators[0].metric], any_of=parts)
