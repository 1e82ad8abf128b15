"""The detectors of a profile: what learns which metric."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.schema.names import Name
from core.schema.strict_model import Strict

Sources = Name | Annotated[list[Name], Field(min_length=1)]
DetectorKind = Literal["depletion", "drift", "multivariate", "counts", "frequency"]


class Detector(Strict):
    """What learns the normal behaviour of `metric` and says when it changes.

    `context` names what the value follows: the detector's own name for it, and the metric that tells
    it, of the device itself or of one that it depends on, else of the only one at the site that has
    it; of several metrics the first that anybody tells. With `less`, the value that is watched is a difference: `metric` is the name of the result,
    `of` less `less`. `worth` is the smallest change worth telling, in the metric's own unit (for
    depletion: that unit a day; for counts: a ratio), because a magnet does not care about 5 mK.
    """

    id: Name
    kind: DetectorKind
    metric: Name
    of: Name | None = None
    less: Name | None = None
    context: dict[Name, Sources] = {}
    worth: float | None = Field(default=None, gt=0)
    sided: Literal["up", "down", "both"] = "both"  # which way is worse
    scales: bool = (
        False  # for drift: it has a true zero, and what weakens the device scales all of it
    )
    events: Name | None = None  # for counts: what is counted is how often this event came
    per: Name | None = None  # for counts: the counter of use (scan seconds, exposures)
    beside: list[Name] = []  # for multivariate: the metrics that are watched with `metric`
    # What can be true of a value, by the detector's own name for it. What is not said here the
    # metrics say. Excluded: another range does not make what was learned another thing.
    plausible: dict[Name, tuple[float, float]] = Field(default={}, exclude=True)
    # Half of the narrowest band that the meter of `metric` allows; it too the metrics say.
    accuracy: float = Field(default=0.0, exclude=True)

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if any(low >= high for low, high in self.plausible.values()):
            raise ValueError("`plausible` is [lowest, highest] of each name")
        if (self.of is None) != (self.less is None):
            raise ValueError("`of` and `less` need one another")
        if self.events and (self.kind != "counts" or self.of):
            raise ValueError("`events` are for kind `counts`, and stand for themselves")
        return self

    def within(
        self, ranges: Mapping[Name, tuple[float, float]], accuracy: float = 0.0
    ) -> "Detector":
        """A copy with these plausible ranges of its values, and this accuracy; its own take precedence."""
        own = {"plausible": {**ranges, **self.plausible}, "accuracy": max(accuracy, self.accuracy)}
        return self.model_copy(update=own)

    def sources(self, name: Name) -> Sequence[Name]:
        """The metrics that may tell this context, the best first."""
        own = self.context[name]
        return [own] if isinstance(own, str) else own

    @property
    def metrics(self) -> list[str]:
        """Every metric of the device itself that it reads."""
        own = [self.of, self.less] if self.of and self.less else [self.metric]
        own = [] if self.events else own
        return [*own, *self.beside, *([self.per] if self.per else [])]
