"""A detector sounds its alarm, or says something else that a rule listens to."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import DetectorRule, Wording
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile


class AnomalyRule(DetectorRule):
    """A detector of this profile sounds its alarm, for `for`; over when its alarm is.

    With `verdicts` it listens to other things that a detector says: that a level stepped and nobody
    said why, that a sensor is stuck, absent or shows the impossible, that the model no longer fits, or
    that it cannot judge.
    """

    kind: Literal["anomaly"]
    verdicts: list[
        Literal["anomaly", "step", "cannot_judge", "stuck", "absent", "impossible", "unfit"]
    ] = Field(default=["anomaly"], min_length=1)
    hold: Duration = Field(default=0, alias="for")

    @property
    def follows_alarms(self) -> bool:
        """Not when it is only about the sensor or the model."""
        return "anomaly" in self.verdicts

    @property
    def is_answerable(self) -> bool:
        """An alarm may be false, and a step may be a new sensor."""
        return self.follows_alarms or self.watches_steps

    @property
    def watches_steps(self) -> bool:
        """Then the answer to its alert says what the step was."""
        return "step" in self.verdicts

    @property
    def hold_time(self) -> int:
        """How long the alarm must last, in milliseconds."""
        return self.hold

    def wording(self, profile: "Profile") -> Wording:
        """`Helium level is not as it learned to expect`."""
        return Wording("limit.anomaly", profile.metrics[self.watched_metric(profile)])
