"""What every kind of rule answers about itself, so that nobody outside asks which kind it is.

A kind is two files: its model here, read from a profile, and its judge in `alerts/evaluation/`. Each
overrides only what differs.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from core.readings import UP
from core.schema.metric import Metric
from core.schema.names import Name
from core.schema.strict_model import Strict, did_you_mean
from core.text.languages import nearest
from core.time.duration import Duration
from core.vocabulary.alerts import Explains
from core.vocabulary.severity import Severity

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.rules.limit import LimitRule
    from core.schema.rules.tolerance import ToleranceRule


@dataclass(frozen=True, slots=True)
class Wording:
    """When a rule fires: a sentence of the catalogue, and the values for its placeholders, unformatted."""

    key: str  # of the sentence: `limit.above`
    metric: Metric  # its title is {metric}; {value} is in its unit
    value: float | None = None
    span: int | None = None  # {span}, in milliseconds
    count: int | None = None  # {count}
    states: tuple[str, ...] | None = None  # the states that are wrong; they replace the sentence
    any_of: "tuple[Wording, ...]" = ()  # each by itself makes it fire; they replace the sentence


class DoFirst(Strict):
    """What whoever reads the alert can do at once: one or two short imperative sentences."""

    en: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    fa: Annotated[str, StringConstraints(max_length=200)] = ""  # empty: the English ones

    def in_language(self, language: str) -> str:
        """The words of one language."""
        return self.fa if self.fa and nearest(language, ("en", "fa")) == "fa" else self.en


class Rule(Strict, ABC):
    """One rule of a profile."""

    kind: str
    id: Name
    title: str
    severity: Severity
    basis: Literal["maker", "published", "engineering"]
    source: str = ""  # required unless engineering: where the limit can be read
    # While it fires the device is out of service, wholly or in part: its downtime is counted.
    out_of_service: Literal["hard", "partial"] | None = None
    component: str | None = None  # None: each component by itself
    # It is over only when it has been right again for so long; wrong within it is the same alert.
    keep_firing_for: Duration = 0
    # What else is explained while it fires, and so not told by itself. None: see `reach`.
    explains: Explains | None = None
    # Nothing explains it: water on the floor is told by itself, whatever else fails at the time.
    stands_alone: bool = False
    do_first: DoFirst | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.basis != "engineering" and not self.source:
            raise ValueError(f"basis {self.basis!r} needs a `source`")
        return self

    @abstractmethod
    def watched_metric(self, profile: "Profile") -> str:
        """The metric that it watches, itself or through its detector."""

    @abstractmethod
    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """The key of each name that the profile does not have, and what is wrong with it."""

    @abstractmethod
    def wording(self, profile: "Profile") -> Wording:
        """When it fires, for a person."""

    @property
    def input_metrics(self) -> Sequence[str]:
        """The metrics of whose readings it must know; none if it judges what a detector says."""
        return ()

    @property
    def detector_id(self) -> str | None:
        """The detector whose verdicts it judges; None if it judges readings."""
        return None

    @property
    def follows_alarms(self) -> bool:
        """It fires on its detector's alarm, so an alert that was right or wrong tells of the detector."""
        return False

    @property
    def is_answerable(self) -> bool:
        """People are asked whether its alerts were right."""
        return self.follows_alarms

    @property
    def watches_steps(self) -> bool:
        """It fires on a step of the level that nobody has explained; an answer explains it."""
        return False

    @property
    def reach(self) -> Explains:
        """What it explains: unless it says, what depends on a device that is out of service."""
        if self.explains is not None:
            return self.explains
        if self.out_of_service == "hard":
            return "dependents"
        return "silence" if UP in self.input_metrics else "nothing"

    @property
    def tells_silence(self) -> bool:
        """It fires because nothing is read, so whatever silences the device explains it."""
        return UP in self.input_metrics

    @property
    def allowed_silence(self) -> int | None:
        """How long nothing may be read before it fires for that, ms; None if it never does."""
        return None

    @property
    def hold_time(self) -> int:
        """How long what it watches for must last before it fires, in milliseconds."""
        return 0

    @property
    def counts_events(self) -> bool:
        """It judges how often events come; its `metric` is then only their name on the screen."""
        return False

    def in_profile(self, profile: "Profile") -> "Rule":
        """The rule with what it takes from its profile, which names all that it needs."""
        return self

    def covers(self, component: str) -> bool:
        """The component is one that it watches."""
        return self.component in (None, component)

    def is_worse(self, value: float, worst: float | None) -> bool:
        """`value` is wrong, and more so than the worst that an alert has seen, which it replaces."""
        return False

    def limits_on(self, metric: str, component: str) -> Sequence["LimitRule"]:
        """The limits that it sets to one metric of one component, to be drawn with its values."""
        return ()

    def tolerances_on(self, metric: str, component: str) -> Sequence["ToleranceRule"]:
        """The limits that it sets to one metric of one component once a baseline is known."""
        return ()

    def forecast_limits(self, detector: str) -> Sequence["OneSided"]:
        """The limits of which a detector shall say when they will be reached."""
        return ()


class MetricRule(Rule):
    """A rule that judges the readings of one metric."""

    metric: Name

    def watched_metric(self, profile: "Profile") -> str:
        """Its own."""
        return self.metric

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Its metric."""
        if self.metric not in profile.metrics:
            hint = did_you_mean(self.metric, profile.metrics)
            yield "metric", f"unknown metric {self.metric!r}{hint}"

    @property
    def input_metrics(self) -> Sequence[str]:
        """Its own."""
        return (self.metric,)


class DetectorRule(Rule):
    """A rule that judges the verdicts of one detector of the profile."""

    detector: Name

    def watched_metric(self, profile: "Profile") -> str:
        """The detector's."""
        return profile.detector(self.detector).metric

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Its detector."""
        detectors = [detector.id for detector in profile.detectors]
        if self.detector not in detectors:
            hint = did_you_mean(self.detector, detectors)
            yield "detector", f"unknown detector {self.detector!r}{hint}"

    @property
    def detector_id(self) -> str | None:
        """Its own."""
        return self.detector

    @property
    def follows_alarms(self) -> bool:
        """Unless a kind listens to other verdicts."""
        return True


class OneSided(Rule):
    """A rule about a value above `above`, or below `below`."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _above_or_below(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError(f"a {self.kind} needs either `above` or `below`")
        return self

    @property
    def limit(self) -> float:
        """The limit, in the metric's unit."""
        if self.above is not None:
            return self.above
        assert self.below is not None  # _above_or_below
        return self.below


class Cleared(OneSided):
    """A rule about a value that is right again only past `clear`."""

    clear: float | None = None

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
