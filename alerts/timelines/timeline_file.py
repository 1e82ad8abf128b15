"""A file of rule tests, as YAML (docs/rule-tests.md)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from alerts.timelines.given import Span, Times, Value
from core.schema.names import Name
from core.schema.strict_model import Strict
from core.time.duration import Duration
from core.vocabulary.detection import VerdictKind
from core.vocabulary.severity import Severity

# `unknown`: nothing that the rule watches was ever read, or its device does not answer any more.
RuleTestState = Literal["ok", "pending", "firing", "clearing", "unknown"]


def _as_mapping(key: str) -> BeforeValidator:
    """A word alone stands for the mapping with that word at `key`."""
    return BeforeValidator(lambda raw: {key: raw} if isinstance(raw, str) else raw)


class GivenVerdict(Strict):
    """What a detector says. It is in alarm if it says `anomaly`, unless `alarm` says otherwise."""

    kind: VerdictKind = "normal"
    alarm: bool | None = None
    value: float | None = None
    limit: float | None = None  # which it expects to be reached
    reached_in: Duration | None = None  # of the verdict


class GivenEvent(Strict):
    """What a device says in words."""

    text: str = ""
    code: str = ""
    severity: Severity = "info"


class RuleExpectation(Strict):
    """Where a rule must stand. What is not given is not looked at."""

    state: RuleTestState
    value: float | None = None  # the worst so far
    suppressed: bool | None = None


class Timeline(Strict):
    """One test: what comes to be at which time after its beginning."""

    name: str
    component: str = ""  # of all that is given and expected
    given: dict[Name, dict[Times, Value]] = {}
    verdicts: dict[Name, dict[Times, Annotated[GivenVerdict, _as_mapping("kind")]]] = {}
    events: dict[Name, dict[Times, Annotated[GivenEvent, _as_mapping("text")]]] = {}
    silent: list[Span] = []  # nothing comes from the device; others are read
    does_not_answer: list[Span] = []  # its sources ask, and it does not answer
    serviced: list[Times] = []
    expect: dict[Name, dict[Times, Annotated[RuleExpectation, _as_mapping("state")]]] = Field(
        min_length=1
    )

    @property
    def end(self) -> int:
        """When it is over: the last time at which something is expected, ms."""
        return max(at for states in self.expect.values() for times in states for at in times)


class TimelineFile(Strict):
    """The tests of one profile, with the limits of its plans' items."""

    profile: str
    plans: list[str] | None = None  # of the device that is tested; None: the profile's
    tests: list[Timeline] = Field(min_length=1)
