"""Power of scanners with other physics than the simulator's, so that nothing is tuned to one of the two.

Second by second, then read by a meter. Every number is our guess; no maker's figures are in here.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.plug.recording import FIRST_MIDNIGHT, Recording
from collectors.plug_use.power_curve import Floats, Times
from core.time.clock import SECOND

DAY_S = 86_400
SUNDAY = 1  # of a week that begins on Saturday


class Work(NamedTuple):
    """What one examination adds, in seconds from its beginning."""

    length_s: float  # on the table
    bursts: list[tuple[float, float, float, float]]  # begin, seconds, W, load a second


class Scanner(NamedTuple):
    """A kind of machine and how its days go."""

    work: Callable[[np.random.Generator], Work]
    standby_w: float
    ready_w: float
    slot_min: float  # between appointments
    used: float  # share of the slots that are used
    other: Callable[[np.random.Generator, Floats], None] | None = None  # loads on the same plug
    warm_up: tuple[tuple[float, float, float], ...] = ()  # minutes before opening, seconds, W


class Meter(NamedTuple):
    """How a plug reads."""

    every_s: int = 10
    step_w: float = 0.1
    is_mean: bool = True  # of the time since the reading before; else of that second


def recorded(name: str, seed: int, days: int, meter: Meter | None = None) -> Recording:
    """One of `SCANNERS` over some days, read by a meter."""
    scanner, rng = SCANNERS[name], np.random.default_rng(seed)
    watts, load = np.empty(days * DAY_S), np.zeros(days * DAY_S)
    examinations: list[float] = []
    for day in range(days):
        own = slice(day * DAY_S, (day + 1) * DAY_S)
        watts[own], load[own], begins = _day(scanner, rng, is_closed=day % 7 == SUNDAY)
        examinations += [day * DAY_S + begin for begin in begins]
    at, read = _read(watts, meter or Meter(), rng)
    return Recording(
        [(at, read)],
        days,
        FIRST_MIDNIGHT + (np.array(examinations) * SECOND).astype(np.int64),
        FIRST_MIDNIGHT + np.arange(days * DAY_S) * SECOND,
        load,
    )


def _day(
    scanner: Scanner, rng: np.random.Generator, *, is_closed: bool
) -> tuple[Floats, Floats, list[float]]:
    opens, closes = 7.5 * 3600 + rng.normal(0, 300), 16.0 * 3600 + rng.normal(0, 900)
    watts, load = np.full(DAY_S, scanner.standby_w), np.zeros(DAY_S)
    if not is_closed:
        watts[int(opens) - 1800 : int(closes) + 1200] = scanner.ready_w
        for minutes, seconds, burst_w in scanner.warm_up:
            _add(watts, opens - 60 * minutes, seconds, burst_w)
    begins: list[float] = []
    slots = np.arange(opens, closes, scanner.slot_min * 60)
    appointments = [slot + rng.normal(0, 240) for slot in slots if rng.random() < scanner.used]
    emergencies = rng.uniform(0, DAY_S - 7200, rng.poisson(0.7)).tolist()
    free = 0.0
    for wish in sorted([*(emergencies if is_closed else appointments), *emergencies]):
        begin = max(wish, free)
        work = scanner.work(rng)
        if begin + work.length_s > DAY_S - 60:
            break
        begins.append(begin)
        for after, seconds, burst_w, rate in work.bursts:
            _add(watts, begin + after, seconds, burst_w)
            _add(load, begin + after, seconds, rate)
        free = begin + work.length_s + rng.uniform(60, 360)  # the table is made ready
    if scanner.other is not None:
        scanner.other(rng, watts)
    watts += 0.02 * scanner.ready_w * np.sin(2 * np.pi * (np.arange(DAY_S) / DAY_S - 0.4))
    return watts, load, begins


def _add(watts: Floats, begin: float, seconds: float, more: float) -> None:
    """Also of a part of a second."""
    first, last = int(begin), int(begin + seconds)
    watts[first:last] += more
    watts[last % DAY_S] += more * (begin + seconds - last)
    watts[first] -= more * (begin - first)


def _read(watts: Floats, meter: Meter, rng: np.random.Generator) -> tuple[Times, Floats]:
    rows = watts[: len(watts) // meter.every_s * meter.every_s].reshape(-1, meter.every_s)
    read = rows.mean(axis=1) if meter.is_mean else rows[:, 0]
    read = read + rng.normal(0, 0.004 * float(np.median(read)), len(read))
    at = FIRST_MIDNIGHT + (np.arange(len(read)) + 1) * meter.every_s * SECOND
    jitter = rng.integers(-400, 400, len(read))
    return at + jitter, np.maximum(np.round(read / meter.step_w) * meter.step_w, 0.0)


def _random_bursts(rng: np.random.Generator) -> Work:
    """Bursts as they come, with pauses that look like those between patients now and then."""
    bursts, after = [], rng.uniform(60, 240)
    for _ in range(1 + rng.poisson(2.0)):
        seconds = rng.lognormal(2.0, 0.5)
        bursts.append((after, seconds, rng.uniform(3000, 7000), 1.0))
        after += seconds + rng.lognormal(4.2, 0.6)
    return Work(after + rng.uniform(60, 180), bursts)


def _ct_rotor(rng: np.random.Generator) -> Work:
    """Gantry and anode turn for some seconds, then the generator gives 20 to 60 kW for a few."""
    bursts, after = [], rng.uniform(120, 300)
    bursts += [(after, 25.0, 1500.0, 0.0), (after + 20, rng.uniform(2, 5), 4000.0, 3.0)]  # scout
    after += rng.uniform(45, 120)
    for _ in range(rng.integers(1, 4)):
        seconds, kilowatts = rng.uniform(1, 12), rng.uniform(20, 60)
        bursts += [
            (after, seconds + 18, 1500.0, 0.0),
            (after + 12, seconds, 1150 * kilowatts, kilowatts),
        ]
        after += seconds + rng.lognormal(4.0, 0.5)
    return Work(after + rng.uniform(60, 240), bursts)


def _mri_gradients(rng: np.random.Generator) -> Work:
    """Long sequences of very different power with short pauses between, after a localizer."""
    bursts, after = [(rng.uniform(150, 360), 18.0, 4000.0, 1.0)], 0.0
    after = bursts[0][0] + 18 + rng.uniform(20, 60)
    for _ in range(rng.integers(3, 9)):
        seconds = rng.uniform(90, 420)
        bursts.append((after, seconds, rng.uniform(5000, 22_000), 1.0))
        after += seconds + rng.uniform(12, 45)
    return Work(after + rng.uniform(90, 240), bursts)


def _pedal(rng: np.random.Generator) -> Work:
    """Screening by pedal, and now and then an exposure of a tenth of a second."""
    bursts, after = [], rng.uniform(120, 300)
    for _ in range(rng.integers(5, 30)):
        seconds = 1 + rng.exponential(5)
        bursts.append((after, seconds, rng.uniform(1800, 4200), 1.0))
        if rng.random() < 0.2:
            bursts.append((after + seconds + 1, 0.15, 40_000.0, 12.0))
        after += seconds + 3 + rng.exponential(22)
    return Work(after + rng.uniform(60, 300), bursts)


def _four_views(rng: np.random.Generator) -> Work:
    """A mammography: two views a side, and one of them now and then again."""
    bursts, after = [], rng.uniform(120, 240)
    for _ in range(4 + int(rng.random() < 0.15)):
        seconds = rng.uniform(0.7, 1.8)
        bursts.append((after, seconds, 4200.0, 3.4))
        after += rng.uniform(40, 100)
    return Work(after + rng.uniform(60, 120), bursts)


def _chiller(rng: np.random.Generator, watts: Floats) -> None:
    """A compressor on the same plug: seven minutes in seventeen, day and night."""
    begin = rng.uniform(0, 1020)
    while begin < DAY_S - 600:
        _add(watts, begin, rng.normal(420, 25), 2500.0)
        begin += rng.normal(1020, 40)


SCANNERS = {
    "random bursts": Scanner(_random_bursts, 800.0, 800.0, 14.0, 0.8),
    "CT with rotor and warm-up": Scanner(
        *(_ct_rotor, 1100.0, 2400.0, 15.0, 0.75, None),
        tuple((25.0 - 2 * number, 6.0, 25_000.0) for number in range(6)),
    ),
    "MRI and a chiller": Scanner(_mri_gradients, 7000.0, 8500.0, 45.0, 0.85, _chiller),
    "fluoroscopy by pedal": Scanner(_pedal, 350.0, 700.0, 25.0, 0.7),
    "mammography": Scanner(_four_views, 90.0, 260.0, 15.0, 0.7),
}
