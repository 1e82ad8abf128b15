"""What every part of the pretend centre is: something that takes a step and has values."""

from collections.abc import Mapping
from typing import Protocol

from simulator.physics.world import World

Key = tuple[str, str]  # metric, component


class Model(Protocol):
    """One physical part of a device."""

    def step(self, world: World) -> None:
        """Go on by `world.span_s` seconds; the world is as it is at the end of the step."""

    def values(self) -> Mapping[Key, float]:
        """The truth, before any meter has rounded it."""
