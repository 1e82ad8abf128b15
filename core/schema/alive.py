"""How others learn that Scanward itself still watches: a weekly message, and a heartbeat."""

from typing import Literal

from pydantic import Field

from core.schema.covered_hours import TimeOfDay
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration


class StillHere(Strict):
    """A message a week that says so while nothing is wrong: who misses it looks."""

    channel: str
    day: Literal["sat", "sun", "mon", "tue", "wed", "thu", "fri"]
    at: TimeOfDay


class Heartbeat(Strict):
    """What an outside receiver expects as long as alerts are judged and sent; it alarms when it misses them."""

    url: NamedSecret  # whoever knows it could pretend
    every: Duration = Field(default=1 * MINUTE, ge=10 * SECOND)
    method: Literal["get", "post"] = "get"
    timeout: Duration = Field(default=10 * SECOND, ge=1 * SECOND, le=1 * MINUTE)
