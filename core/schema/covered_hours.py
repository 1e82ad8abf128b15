"""When a device is meant to be available, as the site file writes it."""

from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, model_validator

from core.schema.strict_model import Strict
from core.time.covered_hours import Hours


def _time_of_day(text: object) -> time:
    # YAML reads 20:00 without quotes as the number 1200, base sixty.
    if not isinstance(text, str):
        raise ValueError("write a time of day in quotes, as '08:00'")
    return time.fromisoformat(text)


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class CoveredHours(Strict):
    """When a device is meant to be available, in the site's zone."""

    days: list[Literal["sat", "sun", "mon", "tue", "wed", "thu", "fri"]]
    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("`end` must be after `start`")
        return self

    def hours(self, zone: ZoneInfo) -> Hours:
        """The same as hours that can be counted."""
        opens, closes = (at.hour * 60 + at.minute for at in (self.start, self.end))
        return Hours(frozenset(self.days), opens, closes, zone)
