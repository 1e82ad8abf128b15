"""The truth about a lead battery behind an inverter: two wells (Manwell and McGowan's kinetic battery model).

Nothing here is a formula of the plan: charge flows between a well that feeds the inverter and one that is
bound, the inverter loses a fixed part and a part of what it carries, and the UPS cuts off when the first
well is empty. That a battery gives less at a high load, and recovers in a rest, comes out of it.
"""

from dataclasses import dataclass, replace

EFFICIENCY = 0.92
STEP_MIN = 0.25


@dataclass
class TwoWells:
    """Charge in watt-minutes."""

    full: float  # as it is now, aged
    rated_w: float
    own_share: float = 0.03  # of the rating, which the UPS takes itself
    available: float = 0.55  # share of the charge that is in the first well when full
    flow_per_min: float = 0.035  # of the difference of heads that flows over in a minute
    bound: float = -1.0
    free: float = -1.0

    def __post_init__(self) -> None:
        if self.free < 0:
            self.free, self.bound = self.full * self.available, self.full * (1 - self.available)

    def copy(self) -> "TwoWells":
        return replace(self)

    def fresh(self, health: float = 1.0) -> "TwoWells":
        """The same make, full; of a battery that holds less by now."""
        return replace(self, full=self.full * health, bound=-1.0, free=-1.0)

    @property
    def is_empty(self) -> bool:
        return self.free <= 0

    @property
    def charge(self) -> float:
        """Share of what is in both wells."""
        return max(self.free + self.bound, 0.0) / self.full

    @property
    def head(self) -> float:
        """How full the first well is: what its voltage shows."""
        return max(self.free, 0.0) / (self.full * self.available)

    def draw(self, load_w: float, minutes: float) -> None:
        """Feed the load; the mains charges with a negative one."""
        done = 0.0
        while done < minutes - 1e-9:
            step = min(STEP_MIN, minutes - done)
            taken = load_w / EFFICIENCY + self.own_share * self.rated_w if load_w >= 0 else load_w
            flow = (
                self.flow_per_min
                * (self.bound / (1 - self.available) - self.free / self.available)
                * 0.5
            )
            self.free = min(self.free + (flow - taken) * step, self.full * self.available)
            self.bound = min(self.bound - flow * step, self.full * (1 - self.available))
            done += step

    def lasts_min(self, load_w: float) -> float:
        """Minutes until the UPS cuts off, at this load."""
        wells, minutes = self.copy(), 0.0
        while not wells.is_empty and minutes < 1_500:
            wells.draw(load_w, STEP_MIN)
            minutes += STEP_MIN
        return minutes


def residue(wells: TwoWells, load_w: float) -> float:
    """Share that is left in the wells when the UPS cuts off at this load."""
    while not wells.is_empty:
        wells.draw(load_w, STEP_MIN)
    return wells.charge
