"""What a battery still holds, spent minute by minute while devices leave. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from alerts.power.discharge import OWN_PCT
from alerts.power.runtime import Runtime
from alerts.power.situation import Load, UpsState

_LEAST = 0.05  # of the present load always stays: the UPS itself takes some


class Budget:
    """How long a UPS lasts if some of its loads leave; exact for the estimate that it is given."""

    def __init__(self, ups: UpsState, left: Runtime) -> None:
        self._left = left
        self._on = [load for load in ups.loads if not load.is_off]
        self._total = _total_w(ups, self._on)
        self._own = None if ups.rated_w is None else ups.rated_w * OWN_PCT / 100

    def bought(self, load: Load, off: Sequence[Load]) -> float | None:
        """Minutes that the stop of `load` adds, after those of `off`."""
        minutes = self._left.minutes
        if minutes is None or load.watts is None or self._total is None:
            return None
        known = [each for each in off if each.watts is not None]
        return minutes * (1 / self._rate([*known, load]) - 1 / self._rate(known))

    def lasts(
        self,
        estimate: Literal["low", "high"],
        spare: Sequence[Load],
        ending: Sequence[Load],
        stays: Mapping[str, float] | None = None,
    ) -> bool:
        """Do these examinations end, if `spare` is stopped now and each of them when it is over?

        By the low estimate an orderly stop must fit in behind each. By the high one each is a short one, and
        every other is given up at once, but for what `stays`, until that minute. Nobody can say it of a battery or an examination of which nothing is known; then they are left alone.
        """
        minutes = self._left.low if estimate == "low" else self._left.high
        if minutes is None:
            return True
        # Perhaps they are being stopped already: by the high estimate they are off.
        leaves = {load.device: load.stop_min if estimate == "low" else 0.0 for load in spare}
        if estimate == "high":
            leaves |= {load.device: 0.0 for load in self._on if load.examination is not None}
        leaves |= stays or {}
        ends = {
            load.device: end_min(load) + load.stop_min if estimate == "low" else least_min(load)
            for load in ending
        }
        return self._used(minutes, leaves | ends, max(ends.values(), default=0.0)) <= 1.0

    def _used(self, minutes: float, leaves: dict[str, float], until: float) -> float:
        """The share of the battery that is used up by that minute."""
        times = sorted({0.0, until, *(at for at in leaves.values() if 0 < at < until)})
        used = 0.0
        for begin, end in pairwise(times):
            off = [load for load in self._on if leaves.get(load.device, until) <= begin]
            used += (end - begin) * self._rate(off) / max(minutes, 1e-9)
        return used

    def _rate(self, off: Sequence[Load]) -> float:
        """How fast it empties without these, beside how fast it does now. An unknown load stays on."""
        if not self._total:
            return 1.0
        own = self._own or 0.0
        stays = 1 - sum(load.watts or 0.0 for load in off) / (self._total + own)
        return float(max(stays, _LEAST) ** self._left.exponent)


def end_min(load: Load) -> float:
    """Minutes until its examination is over; nobody knows: it is left alone, and ends now."""
    examination = load.examination
    return 0.0 if examination is None or examination.minutes is None else examination.minutes


def least_min(load: Load) -> float:
    """Minutes that its examination takes at least."""
    return load.examination.least_min if load.examination is not None else 0.0


def _total_w(ups: UpsState, loads: Sequence[Load]) -> float | None:
    """By the card, else the sum of what is on it, if all of that is known."""
    watts = [load.watts for load in loads if load.watts is not None]
    if ups.rated_w is not None and ups.load_pct.value:
        return max(ups.rated_w * ups.load_pct.value / 100, 1.0)
    return sum(watts) if watts and len(watts) == len(loads) else None
