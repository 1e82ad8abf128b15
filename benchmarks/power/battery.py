"""The truth about a lead battery behind an inverter: two wells (Manwell and McGowan's kinetic battery model).

Nothing here is a formula of the plan: charge flows between a well that feeds the inverter and one that is
bound, the inverter loses a fixed part and a part of what it carries, and the UPS cuts off when the first
well is empty. That a battery gives less at a high load, and recovers in a rest, comes out of it.
"""

from dataclasses import dataclass

AVAILABLE = 0.55  # share of the charge that is in the first well when full
FLOW_PER_MIN = 0.035  # of the difference of heads that flows over in a minute
EFFICIENCY = 0.92
STEP_MIN = 0.25


@dataclass
class TwoWells:
    """Charge in watt-minutes."""

    full: float  # as it is now, aged
    rated_w: float
    own_share: float = 0.03  # of the rating, which the UPS takes itself
    bound: float = -1.0
    free: float = -1.0

    def __post_init__(self) -> None:
        if self.free < 0:
            self.free, self.bound = self.full * AVAILABLE, self.full * (1 - AVAILABLE)

    def copy(self) -> "TwoWells":
        return TwoWells(self.full, self.rated_w, self.own_share, self.bound, self.free)

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
        return max(self.free, 0.0) / (self.full * AVAILABLE)

    def draw(self, load_w: float, minutes: float) -> None:
        """Feed the load; the mains charges with a negative one."""
        done = 0.0
        while done < minutes - 1e-9:
            step = min(STEP_MIN, minutes - done)
            taken = load_w / EFFICIENCY + self.own_share * self.rated_w if load_w >= 0 else load_w
            flow = FLOW_PER_MIN * (self.bound / (1 - AVAILABLE) - self.free / AVAILABLE) * 0.5
            self.free = min(self.free + (flow - taken) * step, self.full * AVAILABLE)
            self.bound = min(self.bound - flow * step, self.full * (1 - AVAILABLE))
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
