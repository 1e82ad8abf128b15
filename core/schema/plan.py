"""A plan says what must be done to a kind of device, how often, and what is asked while doing it.

Plans are data (config/plans/*.yaml); the file's name is what a profile's `plans` names.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.schema.names import Name
from core.schema.proof import AnyProof, CounterProof, HeldProof, ResultProof
from core.schema.rules.base import DoFirst
from core.schema.sourced import Sourced
from core.schema.strict_model import Strict
from core.time.clock import DAY, HOUR
from core.time.duration import Duration
from core.vocabulary.severity import Severity

Role = Literal["technician", "engineer", "physicist", "it", "vendor"]


PlanId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Measure(Sourced):
    """A number that an item asks for; it becomes a reading of `metric`.

    It is accepted from `low` to `high`, or within `tolerance_pct` of the device's own baseline: the
    mean of the first `baseline_of` readings since the device was last serviced. These are rules of
    the device like its profile's (core/schema/item_rules.py), of this severity. Without limits, its
    own or the profile's, it is only written down. Title and unit are needed only if the device's
    profile has no such metric.
    """

    metric: Name
    title: str = ""
    unit: str = ""
    component: str = ""
    plausible: tuple[float, float] | None = None
    low: float | None = None
    high: float | None = None
    tolerance_pct: float | None = Field(default=None, gt=0)
    baseline_of: int = Field(default=5, ge=1, le=100)
    severity: Severity = "warning"  # of the alert when it is outside

    @property
    def has_limit(self) -> bool:
        """It has one of its own."""
        return any(limit is not None for limit in (self.low, self.high, self.tolerance_pct))

    @model_validator(mode="after")
    def _absolute_or_relative(self) -> Self:
        absolute = self.low is not None or self.high is not None
        if absolute and self.tolerance_pct is not None:
            raise ValueError("write `low` and `high`, or `tolerance_pct`, not both")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("`low` must be below `high`")
        return self


class Item(Strict):
    """One line of a checklist."""

    id: Name
    text: str
    measure: Measure | None = None
    do_first: DoFirst | None = None  # when its number is outside its limit
    proof: AnyProof | None = None  # what a source can show in place of a visit

    @model_validator(mode="after")
    def _advises_on_its_limit(self) -> Self:
        if self.do_first is not None and (self.measure is None or not self.measure.has_limit):
            raise ValueError("`do_first` goes with a limit of the item's own")
        return self

    @model_validator(mode="after")
    def _proves_its_number(self) -> Self:
        proof, measured = self.proof, self.measure.metric if self.measure else None
        if isinstance(proof, ResultProof | CounterProof):
            if proof.metric is None and measured is None:
                raise ValueError(f"the proof of kind {proof.kind!r} needs a `metric`")
            if measured not in (None, proof.metric) and proof.metric is not None:
                raise ValueError(
                    f"the line asks for {measured!r}: its proof cannot be another metric"
                )
        elif measured is not None and isinstance(proof, HeldProof):
            if proof.metrics != [measured]:
                raise ValueError(
                    f"the line asks for {measured!r}: its proof cannot be another metric"
                )
        elif measured is not None and proof is not None:
            raise ValueError(f"the line asks for {measured!r}: an event proves no number")
        return self


class Use(Strict):
    """Due again after so much use, by a counter of the device."""

    metric: Name
    # Other counters of the same use, as another source brings them: the one that counted most is believed, because
    # one that began later, or is typed now and then, has only missed some.
    also: list[Name] = []
    every: float = Field(gt=0)  # in the counters' unit

    @property
    def metrics(self) -> list[str]:
        """All of them, the first the most exact."""
        return [self.metric, *self.also]


class Plan(Sourced):
    """Work that comes again: by calendar, by use, or brought forward by a condition."""

    id: PlanId
    title: str
    every: Duration | None = Field(default=None, ge=1 * HOUR)
    use: Use | None = None
    # An anomaly or forecast alert on one of these metrics makes it due now.
    brought_forward_by: list[Name] = []
    grace: Duration | None = None  # how long after it is due it still counts as on time
    minutes: int = Field(default=30, ge=1, le=7 * 24 * 60)  # how long it takes
    takes_down: bool = False  # the device is out of service meanwhile
    is_service: bool = False  # afterwards detectors must learn anew what is normal
    who: Role = "engineer"
    items: list[Item] = Field(min_length=1)

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if self.every is None and self.use is None:
            raise ValueError("a plan needs `every`, or `use`")
        names = [item.id for item in self.items]
        duplicates = sorted({name for name in names if names.count(name) > 1})
        if duplicates:
            raise ValueError(f"the item {duplicates[0]!r} is there twice")
        return self

    @property
    def late_after(self) -> int:
        """The grace in milliseconds: as written, else a tenth of the interval, a day to 30 days.

        Scanward's default, no source; for what is due each day or more often, the interval itself.
        """
        if self.grace is not None:
            return self.grace
        every = self.every or 30 * DAY
        return every if every <= 1 * DAY else min(max(every // 10, 1 * DAY), 30 * DAY)

    @property
    def opens_before(self) -> int:
        """How long before it is due the order is opened: as long as it may be late, not for dailies."""
        return 0 if (self.every or DAY) <= 1 * DAY else self.late_after


class Risk(Sourced):
    """The fixed parts of the Fennigkoh-Smith score of a kind of device (maintenance/planning/risk.py)."""

    function: int = Field(ge=2, le=10)
    risk: int = Field(ge=1, le=5)
    maintenance: int = Field(ge=1, le=5)


class PlanFile(Strict):
    """All plans of one kind of device."""

    title: str
    risk: Risk
    plans: list[Plan] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        names = [plan.id for plan in self.plans]
        duplicates = sorted({name for name in names if names.count(name) > 1})
        if duplicates:
            raise ValueError(f"the plan {duplicates[0]!r} is there twice")
        return self
