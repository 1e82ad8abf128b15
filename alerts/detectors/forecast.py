"""When will the limit be reached, and how sure is that?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from alerts.detectors.base import Verdict
from alerts.detectors.days import Days
from alerts.detectors.slow import Finding, SlowModel


@dataclass(frozen=True)
class Limit:
    """What a forecast looks at."""

    value: float  # in the metric's unit
    direction: Literal["above", "below", "both"]


def foretell(
    verdict: Verdict, model: SlowModel, days: Days, finding: Finding, limits: Sequence[Limit]
) -> Verdict:
    """The verdict, with a forecast where there is one."""
    return verdict
