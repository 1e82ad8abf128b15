"""A pretend centre for the detectors only: load, weather and a room, of a fresh seed each time.

It shares nothing with `simulator/`: a detector that is tuned on the demo's physics would prove
little. Every parameter is drawn anew for each device, wide enough that no two are alike.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

STEP_MIN = 10
PER_DAY = 24 * 60 // STEP_MIN
START = 1_767_225_600_000  # 2026-01-01T00:00Z


@dataclass(frozen=True)
class Environment:
    """What surrounds a device, every ten minutes."""

    days: int
    load: Floats  # 0 idle to 1 as busy as can be
    room: Floats  # °C
    outdoor: Floats  # °C

    @property
    def at(self) -> npt.NDArray[np.int64]:
        """UTC milliseconds."""
        return START + np.arange(self.days * PER_DAY, dtype=np.int64) * STEP_MIN * 60_000


def follow(target: Floats, tau_min: float | Floats, start: float | None = None) -> Floats:
    """A first-order body that follows `target`; the time constant may change on the way."""
    tau = np.broadcast_to(np.asarray(tau_min, dtype=float), target.shape)
    out = np.empty_like(target)
    value = target[0] if start is None else start
    keep = np.exp(-STEP_MIN / tau)
    for i in range(len(target)):
        value = target[i] + (value - target[i]) * keep[i]
        out[i] = value
    return out


def wander(rng: Rng, n: int, sd: float, tau_min: float) -> Floats:
    """Coloured noise of a given size that forgets itself in `tau_min`."""
    keep = np.exp(-STEP_MIN / tau_min)
    start = rng.normal(0, sd)
    shocks = rng.normal(0, sd * np.sqrt(1 - keep**2), n)
    return np.asarray(lfilter([1.0], [1.0, -keep], shocks, zi=[keep * start])[0])


def make(rng: Rng, days: int = 180) -> Environment:
    """A centre's days: some are busier, some seasons hotter, one day of the week is off."""
    n = days * PER_DAY
    hours = np.arange(n) * STEP_MIN / 60.0
    outdoor = _outdoor(rng, hours)
    load = _load(rng, days)
    setpoint = rng.uniform(19.5, 23.0)
    coupling = rng.uniform(0.0, 0.12)
    target = setpoint + coupling * (outdoor - outdoor.mean()) + rng.uniform(0.0, 1.5) * load
    target = target + wander(rng, n, rng.uniform(0.05, 0.4), rng.uniform(60, 600))
    if rng.random() < 0.3:  # someone turns the set-point of the air conditioner
        target[int(n * rng.uniform(0.2, 0.9)) :] += rng.uniform(-1.0, 1.0)
    room = follow(target, rng.uniform(20, 120)) + rng.normal(0, 0.03, n)
    return Environment(days, load, room, outdoor)


def _outdoor(rng: Rng, hours: Floats) -> Floats:
    season = rng.uniform(4, 14) * np.cos(2 * np.pi * (hours / 24 - rng.uniform(0, 365)) / 365)
    daily = rng.uniform(3, 8) * np.cos(2 * np.pi * (hours - 15) / 24)
    front = wander(rng, len(hours), rng.uniform(1.5, 4.0), rng.uniform(2, 5) * 1440)
    return rng.uniform(5, 25) + season + daily + front + wander(rng, len(hours), 0.5, 120)


def _load(rng: Rng, days: int) -> Floats:
    """Work-days with their own length, business and breaks; Friday off, holidays, slow trends."""
    opens, closes = rng.uniform(6.5, 9.0), rng.uniform(15.0, 22.0)
    busy = rng.uniform(0.35, 0.8)
    off = int(rng.integers(7))
    short = rng.random() < 0.4
    holidays = set(rng.choice(days, size=int(rng.integers(0, 7)), replace=False).tolist())
    if rng.random() < 0.3:
        first = int(rng.integers(days))
        holidays |= set(range(first, first + int(rng.integers(3, 8))))
    trend = rng.uniform(-0.3, 0.3)
    emergencies = rng.uniform(0, 0.03)
    out = np.zeros(days * PER_DAY)
    hour = np.arange(PER_DAY) * STEP_MIN / 60.0
    for day in range(days):
        today = out[day * PER_DAY : (day + 1) * PER_DAY]
        night = rng.random(PER_DAY) < emergencies
        today[night] = rng.uniform(0.3, 1.0, night.sum())
        if day % 7 == off or day in holidays:
            continue
        end = closes - 4 if short and day % 7 == (off - 1) % 7 else closes
        level = busy * (1 + trend * day / days) * rng.uniform(0.75, 1.25)
        shape = np.where((hour >= opens) & (hour < end), level, 0.0)
        shape = shape * np.where(hour < opens + 4, 1.15, 0.9)
        patients = np.repeat(rng.random(PER_DAY // 3 + 1) < 0.85, 3)[:PER_DAY]
        today += shape * patients * rng.uniform(0.5, 1.4, PER_DAY)
    return np.clip(out, 0, 1)
