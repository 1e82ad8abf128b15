"""The rules of a profile: when an alert begins, and when it is over."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from core.schema.names import Name
from core.schema.strict_model import Strict
from core.time.clock import HOUR, MINUTE, SECOND
from core.time.duration import Duration
from core.vocabulary.severity import Severity


class _Rule(Strict):
    id: Name
    title: str
    severity: Severity
    basis: Literal["maker", "published", "engineering"]
    source: str = ""  # required unless engineering: where the limit can be read
    # While it fires the device is out of service, wholly or in part: its downtime is counted.
    out_of_service: Literal["hard", "partial"] | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.basis != "engineering" and not self.source:
            raise ValueError(f"basis {self.basis!r} needs a `source`")
        return self


class LimitRule(_Rule):
    """A value beyond `above` or `below` for `for`; over when it is back past `clear`."""

    kind: Literal["limit"] = "limit"
    metric: Name
    component: str | None = None  # None: each component by itself
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    hold: Duration = Field(default=0, alias="for")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a limit needs either `above` or `below`")
        wrong_side = self.clear is not None and (
            (self.above is not None and self.clear > self.above)
            or (self.below is not None and self.clear < self.below)
        )
        if wrong_side:
            raise ValueError("`clear` lies beyond the limit: the alert could never end")
        return self

    @property
    def limit(self) -> float:
        """The limit, in the metric's unit."""
        if self.above is not None:
            return self.above
        assert self.below is not None  # _one_side
        return self.below

    def is_beyond(self, value: float) -> bool:
        """Is this value wrong?"""
        return value > self.limit if self.above is not None else value < self.limit

    def is_clear(self, value: float) -> bool:
        """Is this value right again? Between clear and limit it is neither."""
        clear = self.limit if self.clear is None else self.clear
        return value <= clear if self.above is not None else value >= clear


class AbsenceRule(_Rule):
    """Nothing has been heard of `metric` for `for`. Each source's `up` is a metric too."""

    kind: Literal["absence"]
    metric: Name
    component: str | None = None
    hold: Duration = Field(default=5 * MINUTE, alias="for", ge=30 * SECOND)


class AnomalyRule(_Rule):
    """A detector of this profile sounds its alarm, for `for`; over when its alarm is.

    With `verdicts` it listens to other things that a detector says: that a sensor is stuck, absent
    or shows the impossible, or that the model no longer fits.
    """

    kind: Literal["anomaly"]
    detector: Name
    verdicts: list[Literal["anomaly", "stuck", "absent", "impossible", "unfit"]] = Field(
        default=["anomaly"], min_length=1
    )
    component: str | None = None
    hold: Duration = Field(default=0, alias="for")


class ForecastRule(_Rule):
    """A detector expects the value to be beyond `above` or `below` within `within`.

    A level that is used up is always foretold; a drift only once it is found.
    """

    kind: Literal["forecast"]
    detector: Name
    component: str | None = None
    above: float | None = None
    below: float | None = None
    within: Duration = Field(ge=1 * HOUR)

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a forecast needs either `above` or `below`")
        return self


def _rule_kind(rule: object) -> str:
    kind = rule.get("kind", "limit") if isinstance(rule, dict) else getattr(rule, "kind", "limit")
    return str(kind)


Rule = Annotated[
    Annotated[LimitRule, Tag("limit")]
    | Annotated[AbsenceRule, Tag("absence")]
    | Annotated[AnomalyRule, Tag("anomaly")]
    | Annotated[ForecastRule, Tag("forecast")],
    Discriminator(_rule_kind),
]
