"""A value is out of statistical control, on Shewhart's chart."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.schema.rules.base import Wording
from core.schema.rules.chart import ChartRule

if TYPE_CHECKING:
    from core.schema.profile import Profile

# The four tests of the Western Electric Statistical Quality Control Handbook (1956), which
# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2, gives as the WECO rules.
ChartTest = Literal[
    "beyond_3_sigma",
    "two_of_three_beyond_2_sigma",
    "four_of_five_beyond_1_sigma",
    "eight_on_one_side",
]

_WORDS: dict[ChartTest, str] = {
    "beyond_3_sigma": "limit.beyond_3_sigma",
    "two_of_three_beyond_2_sigma": "limit.two_of_three_beyond_2_sigma",
    "four_of_five_beyond_1_sigma": "limit.four_of_five_beyond_1_sigma",
    "eight_on_one_side": "limit.eight_on_one_side",
}


class ShewhartRule(ChartRule):
    """The newest value ends a pattern that chance rarely makes; over when the next ends none.

    Each test has its own false alarms: beyond 3 sigma one in 370 values, all four one in 92 (NIST
    6.3.2).
    """

    kind: Literal["shewhart"]
    tests: list[ChartTest] = Field(default=["beyond_3_sigma"], min_length=1)

    def wording(self, profile: "Profile") -> Wording:
        """`Water phantom farther than 3 sigma from its mean, or ...`."""
        metric = profile.metrics[self.metric]
        parts = tuple(Wording(_WORDS[test], metric) for test in self.tests)
        return Wording("limit.or", metric, any_of=parts)
