"""What every part of a simulated device is: something that takes a step and has values."""

from collections.abc import Mapping
from typing import Protocol

from simulator.physics.world import World

Key = tuple[str, str]  # metric, component


class PhysicalPart(Protocol):
    """One physical part of a device."""

    def step(self, world: World) -> None:
        """Advance by `world.span_s` seconds; `world` is as at the end of the step."""

    def values(self) -> Mapping[Key, float]:
        """The true values in the metrics' units, before any meter has rounded them."""
