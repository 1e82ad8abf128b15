"""What a profile and a site file state of power: what feeds what, and how a device takes a cut.

Every key may be left out. What nobody states is unknown, and is said to be; no number stands in for it.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from core.schema.names import DeviceId, Name
from core.schema.sourced import Sourced
from core.schema.strict_model import Strict
from core.time.clock import DAY
from core.time.duration import Duration

Positive = Annotated[float, Field(gt=0)]
LoadPct = Annotated[int, Field(gt=0, le=100)]


class Battery(Strict):
    """The battery of a UPS."""

    installed: date | None = None
    # Until it holds 80 %. Schneider FA158934: 3 to 5 years.
    life: Duration = 4 * 365 * DAY
    # The maker's table for a new battery: minutes by load, in % of what the UPS is rated for.
    runtime: dict[LoadPct, Positive] = {}


class Fuel(Strict):
    """The tank of a generator; `fuel_level_pct` is of it."""

    tank_l: Positive
    burn_lph: Positive  # at the usual load, litres an hour


class Settling(Strict):
    """What must be steady again before a device is usable: a magnet's temperature."""

    metric: Name
    component: str = ""
    time_constant: Duration  # with which it comes back: after it, a third of the way is left
    steady_per_h: Positive  # a change an hour, in the metric's unit, that counts as steady
    lasting: Duration  # it is steady after so long of that


class Power(Sourced):
    """Of one device, with the source of all its numbers. What the site file states goes before what the profile states, key by key."""

    feeds: list[DeviceId] = []  # on its output; of a UPS without it: what depends on it
    rated_w: Positive | None = None  # of a UPS or generator; W, not VA: a label has both
    battery: Battery | None = None
    fuel: Fuel | None = None
    start_delay: Duration | None = None  # of a generator, from the cut until it carries the load
    idle_w: Positive | None = None
    scan_w: Positive | None = None
    stop: Duration | None = None  # an orderly shutdown
    examination: Duration | None = None  # a usual one, from the first scan to the last
    restart: Duration | None = None  # from switching on until usable, with the warming of a tube
    settling: Settling | None = None

    def over(self, parent: "Power") -> "Power":
        """This laid over `parent`: what is written here stands, the rest is the parent's."""
        own = {name: getattr(self, name) for name in self.model_fields_set}
        return parent.model_copy(update=own)
