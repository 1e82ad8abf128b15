"""Nothing is read of a metric any more."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import MetricRule, Wording
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class AbsenceRule(MetricRule):
    """No reading of `metric` has come for `for`. Each source's `up` is a metric too.

    Its `hold` is the silence itself, which is part of its words, and so no `hold_time`.
    """

    kind: Literal["absence"]
    hold: Duration = Field(default=5 * MINUTE, alias="for", ge=30 * SECOND)

    @property
    def allowed_silence(self) -> int | None:
        """Its hold."""
        return self.hold

    @property
    def tells_silence(self) -> bool:
        """Always."""
        return True

    def wording(self, profile: "Profile") -> Wording:
        """`nothing heard for 5 min`."""
        return Wording("limit.silent", profile.metrics[self.metric], span=self.hold)
