"""For how long a site lets people keep quiet about what is wrong. Defaults are Scanward's own, no source."""

from pydantic import Field

from core.schema.strict_model import Strict
from core.time.clock import DAY, HOUR, MINUTE
from core.time.duration import Duration


class WindowLimits(Strict):
    """How long a silence or a maintenance window may last before somebody must ask for it again."""

    silence_at_most: Duration = Field(default=30 * DAY, ge=1 * HOUR)
    # Of the window that opens by itself when the work of an order begins.
    work_window: Duration = Field(default=8 * HOUR, ge=10 * MINUTE, le=1 * DAY)
