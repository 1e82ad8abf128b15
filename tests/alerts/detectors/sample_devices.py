"""Devices for the tests of the daily detectors, much simpler than those of benchmarks/detect."""

import numpy as np

from alerts.detectors.base import Floats, Frame
from core.schema.detector import Detector

PER_DAY = 144
CELL = 600_000
DAY = PER_DAY * CELL
START = 1_767_225_600_000  # 2026-01-01T00:00Z

MAGNET = Detector(
    id="magnet_drift",
    kind="drift",
    metric="magnet_temp_c",
    context={"scan_load": "scan_load", "room_temp_c": "room_temp_c"},
    worth=0.03,
)
TUBE = Detector(
    id="tube_cooling",
    kind="drift",
    metric="tube_housing_temp_c",
    context={"scan_load": "scan_load", "room_temp_c": "room_temp_c"},
    worth=0.3,
    sided="up",
)
HELIUM = Detector(
    id="helium_loss", kind="depletion", metric="helium_level_pct", worth=0.03, sided="down"
)


def times(days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return START + np.arange(days * PER_DAY, dtype=np.int64) * CELL


def surroundings(rng: np.random.Generator, days: int) -> tuple[Floats, Floats]:
    """Load (Friday off) and room."""
    hour = np.arange(days * PER_DAY) % PER_DAY / 6.0
    day = np.arange(days * PER_DAY) // PER_DAY
    busy = (hour >= 8) & (hour < 17) & (day % 7 != 1)
    load = np.where(busy, np.repeat(rng.uniform(0.2, 1.0, days * PER_DAY // 3), 3), 0.0)
    room = 21.5 + 0.8 * np.sin(2 * np.pi * (hour - 9) / 24) + slow(rng, days * PER_DAY, 0.2)
    return load, room


def slow(rng: np.random.Generator, n: int, size: float) -> Floats:
    """Noise that forgets itself in half a day."""
    out, value, keep = np.empty(n), 0.0, np.exp(-1 / 72)
    for i, shock in enumerate(rng.normal(0, size * np.sqrt(1 - keep**2), n)):
        value = keep * value + shock
        out[i] = value
    return out


def follow(target: Floats, cells: Floats) -> Floats:
    out, value = np.empty(len(target)), float(target[0])
    for i, (goal, keep) in enumerate(zip(target, np.exp(-1.0 / cells), strict=True)):
        value = goal + (value - goal) * keep
        out[i] = value
    return out


def ramp(days: int, onset: float | None, whole: float) -> Floats:
    """0 until `onset` (a day), 1 `whole` days later and from then on."""
    day = np.arange(days * PER_DAY) / PER_DAY
    return np.zeros(len(day)) if onset is None else np.clip((day - onset) / whole, 0.0, 1.0)


def magnet(days: int, seed: int = 1, onset: float | None = None) -> Frame:
    """It drifts 0.3 K in three weeks."""
    rng = np.random.default_rng(seed)
    load, room = surroundings(rng, days)
    y = 32.0 + 0.02 * (room - 21.5) + 0.3 * ramp(days, onset, 21)
    y = y + slow(rng, len(y), 0.006) + rng.normal(0, 0.006, len(y))
    return Frame(times(days), {"magnet_temp_c": y, "scan_load": load, "room_temp_c": room})


def tube(days: int, seed: int = 1, onset: float | None = None) -> Frame:
    """Its cooling constant grows by 10 % in six weeks."""
    rng = np.random.default_rng(seed)
    load, room = surroundings(rng, days)
    grown = 1 + 0.1 * ramp(days, onset, 42)
    y = housing(load, room, grown)
    y = y + slow(rng, len(y), 0.15) + rng.normal(0, 0.1, len(y))
    return Frame(times(days), {"tube_housing_temp_c": y, "scan_load": load, "room_temp_c": room})


def housing(load: Floats, room: Floats, grown: Floats) -> Floats:
    """Temperature of a tube's housing whose cooling constant is `grown` times the usual."""
    return room + 4 + follow(25 * load * grown, 6 * grown)


def helium(days: int, seed: int = 1, onset: float | None = None) -> Frame:
    """It falls 0.05 % a day, refilled at 70 %; with a leak 0.12 % a day more."""
    rng = np.random.default_rng(seed)
    level, out = 82.0, np.empty(days * PER_DAY)
    for i in range(len(out)):
        leaks = onset is not None and i >= onset * PER_DAY
        level -= (0.17 if leaks else 0.05) / PER_DAY
        level = 92.0 if level < 70.0 else level
        out[i] = level
    y = out + slow(rng, len(out), 0.05) + rng.normal(0, 0.08, len(out))
    return Frame(times(days), {"helium_level_pct": y})


def part(frame: Frame, begin: int, end: int) -> Frame:
    """Rows by number."""
    return frame.rows(slice(begin, end))
