"""A device is in a state in which it should not be."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from core.schema.rules.base import MetricRule, Wording
from core.schema.strict_model import did_you_mean
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


def _unquoted(raw: object) -> object:
    if isinstance(raw, bool):
        raise ValueError('YAML takes on, off, yes and no for true and false: write "on" in quotes')
    return raw


State = Annotated[int | str, BeforeValidator(_unquoted)]


class StateRule(MetricRule):
    """`metric` is at one of `equals` for `for`; over when it is at another state of the profile.

    `equals` has numbers, or the profile's words for them. A number for which the profile has no
    word says neither: it makes nothing fire, and ends nothing.
    """

    kind: Literal["state"]
    equals: list[State] = Field(min_length=1)
    hold: Duration = Field(default=0, alias="for")
    _states: Mapping[int, str] = PrivateAttr(default={})

    @property
    def hold_time(self) -> int:
        """How long it must be so, in milliseconds."""
        return self.hold

    def in_profile(self, profile: "Profile") -> "StateRule":
        """Knows the words of its metric's states."""
        rule = self.model_copy()
        rule._states = profile.metrics[self.metric].states
        return rule

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Its metric, also one without states, and the states that it does not have."""
        yield from super().unknown_names(profile)
        metric = profile.metrics.get(self.metric)
        if metric is None:
            return
        if metric.kind != "state":
            yield "metric", f"{self.metric!r} is no state: it needs another kind of rule"
            return
        words = list(metric.states.values())
        for number, state in enumerate(self.equals):
            if state not in words and state not in metric.states:
                yield (
                    f"equals[{number}]",
                    f"unknown state {state!r}{did_you_mean(str(state), words)}",
                )

    def is_wrong(self, value: float) -> bool:
        """Is it one of the states that it watches for?"""
        return value in self.equals or self._states.get(int(value), value) in self.equals

    def is_known(self, value: float) -> bool:
        """Does the profile say what this number means?"""
        return value in self._states

    def wording(self, profile: "Profile") -> Wording:
        """The states that are wrong."""
        metric = profile.metrics[self.metric]
        wrong = [word for number, word in metric.states.items() if {number, word} & {*self.equals}]
        return Wording("", metric, states=tuple(wrong))
