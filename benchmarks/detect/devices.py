"""Four devices, each with one fault that comes slowly. Physics first, then the sensor's sins."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.detect.environment import (
    PER_DAY,
    STEP_MIN,
    Environment,
    Floats,
    Rng,
    follow,
    make,
    wander,
)

Physics = Callable[[Rng, Environment, Floats], Floats]


@dataclass(frozen=True)
class Case:
    """One device's export: columns as `scanward detect` reads them, and what is true of it."""

    kind: str
    metric: str
    at: np.ndarray
    columns: dict[str, Floats]
    onset: int | None  # row where the fault begins
    truth: Floats  # the metric without its sensor
    limit: float
    direction: str
    reached: float  # the day on which the fault, going on, takes a usual week past the limit
    # the truth if the fault goes on to worsen for another 180 days and nobody refills; of a level only
    # its falls count, because it was refilled before
    ahead: Floats


@dataclass(frozen=True)
class DevicePhysics:
    """The physics of one kind: `truth(rng, world, fault)` with `fault` 0 healthy, 1 the whole."""

    metric: str
    days_to_whole: tuple[float, float]  # how long the fault takes to reach its whole size
    truth: Physics
    white: tuple[float, float]  # sensor noise, in the metric's unit
    wander: tuple[float, float]
    steps: tuple[float, ...]  # what the meter can resolve; 0 everything
    untended: Physics | None = None  # nobody refills it


def _magnet(rng: Rng, environment: Environment, fault: Floats) -> Floats:
    n = len(environment.load)
    pull = rng.uniform(0.003, 0.03)
    target = rng.uniform(28, 38) + pull * (environment.room - 21.5)
    target = target + rng.uniform(0.0, 0.06) * follow(environment.load, rng.uniform(30, 240))
    target = target + wander(rng, n, rng.uniform(0.001, 0.006), rng.uniform(120, 600))
    body = follow(target, rng.uniform(60, 600))
    return body + 0.3 * fault


def _tube(rng: Rng, environment: Environment, fault: Floats) -> Floats:
    tau = rng.uniform(25, 120)
    swing = rng.uniform(15, 35)
    heat = follow(environment.load, rng.uniform(4, 12))
    base = environment.room + rng.uniform(2, 7)
    grown = 1 + 0.10 * fault
    return base + swing * follow(heat * grown, tau * grown, 0.0)


def _chiller(rng: Rng, environment: Environment, fault: Floats) -> Floats:
    load = follow(environment.load, rng.uniform(15, 90))
    base = rng.uniform(0.5, 2.0)
    warm = rng.uniform(0.0, 0.03) * (environment.outdoor - 15)
    heat = base + rng.uniform(2.5, 6.0) * load + rng.uniform(0, 0.05) * (environment.room - 21)
    capacity = 1 - 0.15 * fault
    return (heat - warm) * capacity + wander(rng, len(load), rng.uniform(0.02, 0.08), 60)


def _helium(rng: Rng, environment: Environment, fault: Floats, *, refills: bool = True) -> Floats:
    n = len(environment.load)
    rate = rng.uniform(0.02, 0.12) + rng.uniform(0, 0.03) * environment.load
    rate = rate + wander(rng, n, rng.uniform(0, 0.01), 3 * 1440)
    lost = (rate + 0.12 * fault) * STEP_MIN / 1440
    level = rng.uniform(75, 98)
    refill_at, full = rng.uniform(55, 72), rng.uniform(88, 98)
    settle = rng.uniform(0.0, 1.5)
    out, extra = np.empty(n), 0.0
    keep = np.exp(-STEP_MIN / rng.uniform(120, 1440))
    for i in range(n):
        level -= lost[i]
        extra *= keep
        if refills and level < refill_at:
            level, extra = full, settle
        out[i] = level + extra
    return out


def _unfilled_helium(rng: Rng, environment: Environment, fault: Floats) -> Floats:
    """The same losses, and no refill whose settling looks like one."""
    return _helium(rng, environment, fault, refills=False)


DEVICES = {
    "helium": DevicePhysics(
        "helium_level_pct",
        (0.0, 0.1),
        _helium,
        (0.02, 0.12),
        (0.02, 0.15),
        (0, 0.01, 0.1),
        _unfilled_helium,
    ),
    "magnet": DevicePhysics(
        "magnet_temp_c", (14, 42), _magnet, (0.002, 0.012), (0.002, 0.01), (0, 0.01)
    ),
    "tube": DevicePhysics(
        "tube_housing_temp_c", (42, 42.1), _tube, (0.05, 0.25), (0.05, 0.3), (0, 0.1)
    ),
    "chiller": DevicePhysics(
        "chiller_delta_t_k", (45, 45.1), _chiller, (0.03, 0.1), (0.02, 0.1), (0, 0.1)
    ),
}


SIDES = {"helium": "below", "magnet": "above", "tube": "above", "chiller": "below"}
WEEK = 7 * PER_DAY


def case(kind: str, seed: int, *, faulty: bool, hard: bool = False, days: int = 180) -> Case:
    """One device of one seed. `hard`: stuck sensors, recalibrations, missing load, more noise."""
    device = DEVICES[kind]
    numbers = [seed, list(DEVICES).index(kind), int(faulty), int(hard)]
    rng = np.random.default_rng(numbers)
    environment = make(rng, days * 2)
    n = days * PER_DAY
    onset = int(rng.uniform(60, 115) * PER_DAY) if faulty else None
    slow = rng.uniform(*device.days_to_whole)
    fault = _fault(kind, onset, slow, 2 * n)
    state = rng.bit_generator.state

    def course(course_of: Floats, physics: Physics = device.truth) -> Floats:
        """The device with another fault: everything else is as it was."""
        rng.bit_generator.state = state
        return physics(rng, environment, course_of)

    ahead = course(fault, device.untended or device.truth)
    truth = course(np.minimum(fault, 1.0))[:n]
    begin, after = n // 2 if onset is None else onset, float(rng.uniform(55, 110))
    drawn = rng.bit_generator.state
    if kind == "helium":
        limit = float(truth[begin] - 0.12 * after - 1.0)
    else:
        limit = usual(course(np.full(2 * n, after / slow))[:begin], kind)
    rng.bit_generator.state = drawn
    columns = {device.metric: _sensed(rng, device, truth, hard=hard)}
    columns |= _contexts(rng, environment, n, hard=hard)
    reached, at = begin / PER_DAY + after, environment.at[:n]
    return Case(kind, device.metric, at, columns, onset, truth, limit, SIDES[kind], reached, ahead)


def _fault(kind: str, onset: int | None, slow: float, n: int) -> Floats:
    """0 until the onset, 1 after `slow` days of it and then on; a helium leak stays as it is."""
    fault = np.zeros(n)
    if onset is not None:
        fault[onset:] = np.arange(n - onset) / max(1.0, slow * PER_DAY)
        if kind == "helium":
            fault = np.minimum(fault, 1.0)
    return fault


def usual(truth: Floats, kind: str) -> float:
    """A usual week: the mean of all weeks' highest values without noise; of a chiller the mean."""
    weeks = truth[: len(truth) // WEEK * WEEK].reshape(-1, WEEK)
    return float((weeks.mean(axis=1) if kind == "chiller" else weeks.max(axis=1)).mean())


def _sensed(rng: Rng, device: DevicePhysics, truth: Floats, *, hard: bool) -> Floats:
    n = len(truth)
    more = 1.6 if hard else rng.uniform(0.5, 1.6)
    out = truth + rng.normal(0, more * rng.uniform(*device.white), n)
    slow = rng.uniform(0.2, 4.0) * 1440
    out = out + wander(rng, n, more * rng.uniform(*device.wander), slow)
    big = 40 * device.white[1]
    if hard:
        for _ in range(int(rng.integers(1, 3))):  # recalibrations
            out[int(rng.uniform(0.2, 0.95) * n) :] += (
                rng.choice([-1, 1]) * rng.uniform(0.2, 1) * big / 2
            )
    spikes = rng.random(n) < rng.uniform(0.0002, 0.002)
    out[spikes] += rng.normal(0, big, spikes.sum())
    step = rng.choice(device.steps)
    if step:
        out = np.round(out / step) * step
    if hard:
        for _ in range(int(rng.integers(1, 4))):  # stuck for hours to days
            begin = int(rng.uniform(0.1, 0.95) * n)
            out[begin : begin + int(rng.uniform(6, 72) * 6)] = out[begin]
    out[rng.random(n) < rng.uniform(0.0, 0.03)] = np.nan
    for _ in range(int(rng.integers(0, 5))):  # the sensor is away
        begin = int(rng.uniform(0, 1) * n)
        out[begin : begin + int(rng.uniform(1, 30) * 6)] = np.nan
    return out


def _contexts(rng: Rng, environment: Environment, n: int, *, hard: bool) -> dict[str, Floats]:
    load = environment.load[:n] * rng.choice([1.0, 10.0, 60.0])
    room = np.round(environment.room[:n] + rng.normal(0, 0.05, n), 2)
    outdoor = np.round(environment.outdoor[:n] + rng.normal(0, 0.2, n), 1)
    if hard:
        load = load.copy()
        missing = rng.random(n) < 0.05
        while np.mean(missing) < 0.10:
            begin = int(rng.uniform(0, 1) * n)
            missing[begin : begin + int(rng.uniform(1, 24) * 6)] = True
        load[missing] = np.nan
    for column in (room, outdoor):
        column[rng.random(n) < 0.01] = np.nan
    return {"scan_load": load, "room_temp_c": room, "outdoor_temp_c": outdoor}
