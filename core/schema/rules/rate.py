"""A value that rises or falls too fast."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field, PrivateAttr

from core.schema.rules.base import Cleared, MetricRule, Wording
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class RateRule(Cleared, MetricRule):
    """The value changes by more than `above`, or by less than `below`, each `per`, over `window`.

    What falls has a negative rate: `below: -2` is a fall by more than 2. `clear` is a rate too.
    """

    kind: Literal["rate"]
    per: Duration = Field(default=1 * HOUR, ge=1 * SECOND)
    window: Duration = Field(default=30 * MINUTE, ge=1 * MINUTE, le=30 * DAY)
    hold: Duration = Field(default=0, alias="for")
    _is_counter: bool = PrivateAttr(default=False)

    @property
    def is_counter(self) -> bool:
        """Its metric only rises, but begins anew at times."""
        return self._is_counter

    @property
    def hold_time(self) -> int:
        """How long the value must change so fast, in milliseconds."""
        return self.hold

    def in_profile(self, profile: "Profile") -> "RateRule":
        """Knows whether its metric is a counter."""
        rule = self.model_copy()
        rule._is_counter = profile.metrics[self.metric].kind == "counter"
        return rule

    def unknown_names(self, profile: "Profile") -> Iterator[tuple[str, str]]:
        """Its metric, also one that has no rate."""
        yield from super().unknown_names(profile)
        metric = profile.metrics.get(self.metric)
        if metric is not None and metric.kind == "state":
            yield "metric", f"{self.metric!r} is a state, which has no rate"

    def wording(self, profile: "Profile") -> Wording:
        """`rises by more than 1 psi in 1 h`."""
        rises = self.limit > 0 or (self.limit == 0 and self.above is not None)
        if self.above is not None:
            key = "limit.rises_more" if rises else "limit.falls_less"
        else:
            key = "limit.rises_less" if rises else "limit.falls_more"
        return Wording(key, profile.metrics[self.metric], value=abs(self.limit), span=self.per)
