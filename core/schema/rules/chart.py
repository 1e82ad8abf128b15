"""What the rules of control charts have in common: the mean and the spread of a value in control."""

from typing import Self

from pydantic import Field, model_validator

from core.schema.rules.base import MetricRule
from core.time.duration import Duration


class ChartRule(MetricRule):
    """A value that should stay as it was: of a phantom, typed by hand once a day.

    Its `mean` and `sigma` are stated, or learned from the first `baseline` values since the device
    was last serviced. Until there are as many nobody can judge.
    """

    mean: float | None = None
    sigma: float | None = Field(default=None, gt=0)
    baseline: int = Field(default=20, ge=10, le=100)
    # Values that follow one another so closely are one, their mean: the four views of a patient know of each other,
    # and by what they differ from one another nothing is known of the next patient.
    together: Duration = 0

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.mean is None) != (self.sigma is None):
            raise ValueError("`mean` and `sigma` need one another")
        if self.mean is not None and "baseline" in self.model_fields_set:
            raise ValueError("write `mean` and `sigma`, or `baseline`, not both")
        return self
