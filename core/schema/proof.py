"""What proves a line of a checklist: readings and events that a source has brought.

A proof says `because` of what the line is answered by it. It is looked for when the order is opened on
the page (maintenance/proofs/), and a person confirms it; nothing is ever answered by itself.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, model_validator

from core.schema.kinds import read_by_kind
from core.schema.names import Name
from core.schema.sourced import Sourced
from core.time.clock import DAY, HOUR, MINUTE
from core.time.duration import Duration
from core.vocabulary.proofs import ProofKind

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
Coverage = Annotated[float, Field(ge=50, le=100)]  # below half of the time nothing is known


class Proof(Sourced):
    """What all kinds say."""

    kind: ProofKind
    because: Reason  # why what is seen answers the line
    # Metrics of the same part: while an alert or a detector speaks against them, nothing is proven.
    beside: list[Name] = []

    @property
    def window(self) -> int:
        """How far back it looks, in milliseconds."""
        raise NotImplementedError

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Each metric that it looks at, after its key."""
        return iter(())

    def names_beside(self) -> Iterator[tuple[str, str]]:
        """Each metric that only must not be spoken against, after its key."""
        return ((f"beside[{index}]", metric) for index, metric in enumerate(self.beside))

    def named_events(self) -> Iterator[tuple[str, str]]:
        """Each kind of event that it names, after its key."""
        return iter(())


class HeldProof(Proof):
    """Metrics lay within the device's limits, all of the time and with enough readings."""

    kind: Literal["held"] = "held"
    metrics: list[Name] = Field(min_length=1)  # each of them, on each of its components
    over: Duration = Field(ge=1 * HOUR, le=366 * DAY)
    every: Duration = Field(default=15 * MINUTE, ge=1 * MINUTE)  # longer without a reading is a gap
    coverage_pct: Coverage = 90
    # And it did not change: a detector judges it normal, or a control chart has its baseline and is quiet.
    steady: bool = False
    # A gauge that shows the same number all of the time is a probe that stands still, unless this is true.
    may_rest: bool = False

    @model_validator(mode="after")
    def _window_holds_readings(self) -> Self:
        if self.every * 2 > self.over:
            raise ValueError("`over` must be at least twice `every`")
        return self

    @property
    def window(self) -> int:
        """As written."""
        return self.over

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Its own."""
        return ((f"metrics[{index}]", metric) for index, metric in enumerate(self.metrics))


class ResultProof(Proof):
    """The newest result of a phantom, a check or a log is young enough and within the device's limits."""

    kind: Literal["result"] = "result"
    metric: Name | None = None  # that of the line's `measure` where none is written
    component: str = ""
    newer_than: Duration = Field(ge=1 * HOUR, le=366 * DAY)

    @property
    def window(self) -> int:
        """As written."""
        return self.newer_than

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Its own, if it is written."""
        return iter(()) if self.metric is None else iter((("metric", self.metric),))


class CounterProof(Proof):
    """A counter was read lately and went on counting."""

    kind: Literal["counter"] = "counter"
    metric: Name | None = None
    component: str = ""
    over: Duration = Field(ge=1 * HOUR, le=366 * DAY)  # it has grown in this time
    newer_than: Duration = Field(default=1 * DAY, ge=1 * HOUR)  # the newest reading is younger

    @property
    def window(self) -> int:
        """As written."""
        return self.over

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Its own, if it is written."""
        return iter(()) if self.metric is None else iter((("metric", self.metric),))


class EventProof(Proof):
    """An event came within a time, and none that takes it back came after it."""

    kind: Literal["event"] = "event"
    event: Name
    within: Duration = Field(ge=1 * HOUR, le=366 * DAY)
    undone_by: list[Name] = []

    @property
    def window(self) -> int:
        """As written."""
        return self.within

    def named_events(self) -> Iterator[tuple[str, str]]:
        """Its own and what takes it back."""
        yield "event", self.event
        yield from ((f"undone_by[{index}]", name) for index, name in enumerate(self.undone_by))


class NoEventProof(Proof):
    """No such event came, from a source that was listened to all of the time."""

    kind: Literal["no_event"] = "no_event"
    events: list[Name] = Field(min_length=1)
    over: Duration = Field(ge=1 * HOUR, le=366 * DAY)
    coverage_pct: Coverage = 95  # of the time in which the source answered

    @property
    def window(self) -> int:
        """As written."""
        return self.over

    def named_events(self) -> Iterator[tuple[str, str]]:
        """Its own."""
        return ((f"events[{index}]", name) for index, name in enumerate(self.events))


KINDS: dict[str, type[Proof]] = {
    "held": HeldProof,
    "result": ResultProof,
    "counter": CounterProof,
    "event": EventProof,
    "no_event": NoEventProof,
}


def _by_its_kind(raw: Any, info: ValidationInfo) -> Proof:
    return raw if isinstance(raw, Proof) else read_by_kind(raw, info, KINDS.__getitem__, KINDS)


AnyProof = Annotated[Proof, BeforeValidator(_by_its_kind)]
