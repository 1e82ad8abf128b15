"""More events in a time than are usual."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from core.readings import OWN_EVENTS, Event
from core.schema.names import Name
from core.schema.rules.base import MetricRule, Wording
from core.schema.strict_model import did_you_mean
from core.time.clock import DAY, SECOND
from core.time.duration import Duration
from core.vocabulary.severity import Severity

if TYPE_CHECKING:
    from core.schema.profile import Profile

SEVERITIES = get_args(Severity)  # from the mildest on


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiled)]


class EventsRule(MetricRule):
    """More than `more_than` events of the device within `within`; over when there are fewer.

    Which events: each of those that are given must fit, `event` (its kind), `code`, `match` (found
    in its text) and `at_least` (its severity). The events of all components count together, unless
    the rule names one. `metric` is what they are called on the screen.
    """

    kind: Literal["events"]
    event: Name | None = None
    code: Pattern | None = None  # the whole code
    match: Pattern | None = None
    at_least: Severity | None = None
    more_than: int = Field(ge=0, le=1000)
    within: Duration = Field(ge=1 * SECOND, le=31 * DAY)

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.event, self.code, self.match, self.at_least) == (None,) * 4:
            raise ValueError("say which events: `event`, `code`, `match` or `at_least`")
        return self

    @property
    def input_metrics(self) -> Sequence[str]:
        """None: it judges events."""
        return ()

    @property
    def counts_events(self) -> bool:
        """It does."""
        return True

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Its metric, and its event."""
        yield from super().unknown_names(profile)
        known = {event for own_map in profile.maps.values() for event in own_map.events()}
        known |= set(OWN_EVENTS)
        if self.event is not None and self.event not in known:
            yield "event", f"unknown event {self.event!r}{did_you_mean(self.event, known)}"

    def counts(self, event: Event) -> bool:
        """Is it one of those that it counts?"""
        return (
            self.component in (None, event.component)
            and self.event in (None, event.kind)
            and (self.code is None or re.fullmatch(self.code, event.code) is not None)
            and (self.match is None or re.search(self.match, event.text) is not None)
            and (
                self.at_least is None
                or SEVERITIES.index(event.severity) >= SEVERITIES.index(self.at_least)
            )
        )

    def wording(self, profile: "Profile") -> Wording:
        """`more than 20 within 10 min`."""
        metric = profile.metrics[self.metric]
        return Wording("limit.events", metric, value=self.more_than, span=self.within)
