"""A permanent magnet as it really is."""

import math
import random

from core.time.clock import HOUR, MINUTE


class Magnet:
    """A permanent magnet: it cools to its room while it has no power, and is heated back with a delay."""

    SET_POINT, ROOM, LOSS_H = 32.0, 22.0, 40.0

    def __init__(
        self, rng: random.Random, off_at: int, on_at: int, slow_h: float, lag_h: float
    ) -> None:
        self.off_at, self.on_at, self.lag_h = off_at, on_at, lag_h
        self._rng = rng
        self.time_constant_h = slow_h * rng.uniform(0.97, 1.03)  # no two days have one air
        hours = (on_at - off_at) / HOUR
        self.depth = (self.SET_POINT - self.ROOM) * (1 - math.exp(-hours / self.LOSS_H))
        self._fall = (self.SET_POINT - self.ROOM - self.depth) / self.LOSS_H

    def off_by(self, at: int) -> float:
        """K below the set-point; the heat comes with a lag of its own."""
        if at < self.off_at:
            return 0.0
        if at < self.on_at:
            hours = (at - self.off_at) / HOUR
            return (self.SET_POINT - self.ROOM) * (1 - math.exp(-hours / self.LOSS_H))
        hours, slow, quick = (at - self.on_at) / HOUR, self.time_constant_h, self.lag_h
        # Two poles, with the depth and the fall that it had when the power came.
        b = (self._fall + self.depth / slow) / (1 / slow - 1 / quick)
        a = self.depth - b
        return a * math.exp(-hours / slow) + b * math.exp(-hours / quick)

    def read(self, at: int) -> float:
        return round(self.SET_POINT - self.off_by(at) + self._rng.gauss(0, 0.004), 3)

    def usable_at(self) -> int:
        """The end of four hours in which it changed by less than 0.01 K an hour."""
        at, last = self.on_at, self.on_at
        while at < self.on_at + 40 * HOUR:
            if abs(self.off_by(at + MINUTE) - self.off_by(at)) * 60 > 0.01:
                last = at
            at += MINUTE
        return last + 4 * HOUR
