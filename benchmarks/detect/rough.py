"""A second set of hard devices, with other physics and other ways of losing readings.

    python -m benchmarks.detect.run --way rough --kinds tube,chiller

It shares nothing with `environment.py`, `devices.py` or `simulator/`: here patients come one by one, a
housing is two bodies, a chiller's compressor cycles. The load is lost in blocks of hours to days, most
of all while it is busy, or is stamped late; the sensor stands still for days and is recalibrated.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from benchmarks.detect.devices import Case

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

LOST, LATE = 0.2, 0.1  # of the load
STEP = 10  # minutes
CELLS = 144  # a day
BEGIN = 1_767_225_600_000  # 2026-01-01T00:00Z
METRICS = {"tube": "tube_housing_temp_c", "chiller": "chiller_delta_t_k"}
WHOLE = {"tube": 42, "chiller": 45}  # days until the fault has its whole size


def rough_case(kind: str, seed: int, *, faulty: bool, easy: bool = False, days: int = 180) -> Case:
    """One device of one seed; `easy`: the same with all its readings."""
    rng = np.random.default_rng([seed, len(kind), int(faulty), 77])
    n = days * CELLS
    load = _patients(rng, days)
    outdoor = _outdoor(rng, n)
    room = _room(rng, outdoor, load)
    onset = int(rng.uniform(60, 115) * CELLS) if faulty else None
    fault = (
        np.zeros(n)
        if onset is None
        else np.clip((np.arange(n) - onset) / WHOLE[kind] / CELLS, 0, 1)
    )
    truth = PHYSICS[kind](rng, load, room, outdoor, fault)
    value = truth + rng.normal(0, rng.uniform(0.05, 0.15), n) * (1.0 if kind == "tube" else 0.7)
    lost = np.random.default_rng([seed, len(kind), int(faulty), 78])
    power = rng.uniform(2, 6) + rng.uniform(20, 60) * load + rng.normal(0, 0.3, n)
    if not easy:
        value = _worn(lost, value, kind)
        power = _patchy(lost, power, load)
    columns = {
        METRICS[kind]: np.round(value, 1),
        "scan_load": np.round(power, 2),
        "room_temp_c": np.round(room + rng.normal(0, 0.1, n), 1),
        "outdoor_temp_c": np.round(outdoor + rng.normal(0, 0.3, n), 1),
    }
    # no forecast is judged: the limit counts as reached long ago
    at = BEGIN + np.arange(n, dtype=np.int64) * STEP * 60_000
    limit = float(np.quantile(truth, 0.999)) + 2.0 if kind == "tube" else 0.0
    side = "above" if kind == "tube" else "below"
    return Case(kind, METRICS[kind], at, columns, onset, truth, limit, side, -np.inf, truth)


def _patients(rng: Rng, days: int) -> Floats:
    """Each comes about when the one before has gone, and is worth some minutes of exposure."""
    out = np.zeros(days * CELLS)
    opens, shuts = rng.integers(42, 54), rng.integers(90, 126)
    pace, rest = rng.uniform(1.2, 3.0), int(rng.integers(7))
    for day in range(days):
        if day % 7 == rest or rng.random() < 0.03:
            continue
        cell = opens + rng.exponential(pace)
        until = shuts - (18 if day % 7 == (rest + 6) % 7 else 0)
        while cell < until:
            out[day * CELLS + int(cell)] += rng.gamma(3.0, 0.12)
            cell += 0.7 + rng.exponential(pace)
        if rng.random() < 0.25:  # somebody at night
            out[day * CELLS + int(rng.integers(0, CELLS))] += rng.gamma(4.0, 0.15)
    return np.minimum(out, 1.5)


def _outdoor(rng: Rng, n: int) -> Floats:
    day = np.arange(n) / CELLS
    front = _forgetful(rng, n, rng.uniform(2.0, 3.5), 2.5 * CELLS)
    year = rng.uniform(6, 13) * np.sin(2 * np.pi * (day + rng.uniform(0, 365)) / 365)
    return 14 + year + front + rng.uniform(4, 7) * np.sin(2 * np.pi * (day - 0.4))


def _room(rng: Rng, outdoor: Floats, load: Floats) -> Floats:
    """A thermostat that lags, with a share of weather and of the device's own heat."""
    warm = 21.5 + 0.04 * (outdoor - 14) + 0.8 * _body(load, rng.uniform(4, 9))
    return warm + _forgetful(rng, len(load), 0.25, 30) + 0.2 * np.sin(np.arange(len(load)) / 2.3)


def _tube(rng: Rng, load: Floats, room: Floats, outdoor: Floats, fault: Floats) -> Floats:
    """The anode heats the oil, the oil the housing; the fault is in how the housing cools."""
    oil = _body(load, rng.uniform(1.5, 4.0))
    oil = oil / np.quantile(oil, 0.98)  # 1 at a busy hour
    swing, tau = rng.uniform(18, 34), rng.uniform(3, 12)
    slower = 1 + 0.10 * fault
    target, out, value = swing * oil * slower, np.empty(len(load)), 0.0
    for cell, keep in enumerate(np.exp(-1.0 / (tau * slower))):
        value = target[cell] + (value - target[cell]) * keep
        out[cell] = value
    return room + rng.uniform(3, 6) + out


def _chiller(rng: Rng, load: Floats, room: Floats, outdoor: Floats, fault: Floats) -> Floats:
    """Heat over flow; the compressor cycles, faster on a warm day."""
    heat = rng.uniform(0.8, 1.8) + rng.uniform(3.5, 7.0) * _body(load, rng.uniform(4, 10))
    cycle = 0.12 * np.sin(np.cumsum(0.6 + 0.02 * (outdoor - 14)))
    weather = 1 - rng.uniform(0.0, 0.006) * (outdoor - 14)
    return heat * weather * (1 - 0.15 * fault) + cycle


PHYSICS: dict[str, Callable[[Rng, Floats, Floats, Floats, Floats], Floats]] = {
    "tube": _tube,
    "chiller": _chiller,
}


def _worn(rng: Rng, value: Floats, kind: str) -> Floats:
    """Two or three stretches of one to four days on one value, two or three recalibrations, gaps."""
    out, size = value.copy(), 3.0 if kind == "tube" else 0.5
    for _ in range(int(rng.integers(2, 4))):
        out[int(rng.uniform(0.15, 0.95) * len(out)) :] += (
            rng.choice([-1, 1]) * size * rng.uniform(0.3, 1)
        )
    for _ in range(int(rng.integers(2, 4))):
        begin = int(rng.uniform(0.1, 0.95) * len(out))
        out[begin : begin + int(rng.uniform(1, 4) * CELLS)] = out[begin]
    for _ in range(6):
        begin = int(rng.uniform(0, 1) * len(out))
        out[begin : begin + int(rng.uniform(3, 120))] = np.nan
    return out


def _patchy(rng: Rng, power: Floats, load: Floats) -> Floats:
    """A fifth is lost, in blocks that begin while it is busy; a tenth is stamped late by 20 to 90 minutes."""
    out, n = power.copy(), len(power)
    late = np.zeros(n, dtype=bool)
    while late.mean() < LATE:
        begin, length = int(rng.uniform(0, 1) * n), int(rng.uniform(0.5, 5) * CELLS)
        by = int(rng.integers(2, 10))
        end = min(begin + length, n)
        if begin >= by:
            out[begin:end] = power[begin - by : end - by]
            late[begin:end] = True
    busy = np.flatnonzero(load > np.quantile(load[load > 0], 0.5))
    lost = np.zeros(n, dtype=bool)
    while lost.mean() < LOST:
        begin = int(rng.choice(busy))
        lost[begin : begin + int(rng.choice([12, 36, 144, 288]) * rng.uniform(0.5, 1.5))] = True
    out[lost] = np.nan
    return out


def _body(target: Floats, cells: float) -> Floats:
    keep = float(np.exp(-1.0 / cells))
    return np.asarray(lfilter([1.0 - keep], [1.0, -keep], target))


def _forgetful(rng: Rng, n: int, size: float, cells: float) -> Floats:
    keep = float(np.exp(-1.0 / cells))
    return np.asarray(lfilter([1.0], [1.0, -keep], rng.normal(0, size * np.sqrt(1 - keep**2), n)))
