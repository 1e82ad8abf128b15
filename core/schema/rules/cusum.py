"""A value has moved away from its mean, by little but for long."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import Wording
from core.schema.rules.chart import ChartRule

if TYPE_CHECKING:
    from core.schema.profile import Profile

_WORDS = {"both": "limit.cusum_both", "up": "limit.cusum_up", "down": "limit.cusum_down"}


class CusumRule(ChartRule):
    """The tabular CUSUM, up or down, is above `h` sigma; over when it is back at zero.

    `k` is half the shift that shall be found. With the defaults a shift of one sigma is found after
    10.4 values in the mean, and there is one false alarm in 465 (NIST/SEMATECH e-Handbook 6.3.2.3).
    """

    kind: Literal["cusum"]
    k: float = Field(default=0.5, gt=0, le=5)  # sigma
    h: float = Field(default=5, gt=0, le=100)  # sigma
    sided: Literal["both", "up", "down"] = "both"

    def wording(self, profile: "Profile") -> Wording:
        """`has moved away from its mean`."""
        return Wording(_WORDS[self.sided], profile.metrics[self.metric])
