"""What a centre of 50 devices with 20 metrics each tells, made up from a seed."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from core.readings import Batch, Reading
from core.time.clock import DAY

Floats = npt.NDArray[np.float64]

DEVICES, METRICS = 50, 20
T0 = 20_000 * DAY
PROBE = ("probe", "temperature_c", "")  # one more series, a year long, for the long curves

_IDS = [f"device-{number}" for number in range(DEVICES)]
_NAMES = [f"metric_{number}" for number in range(METRICS)]
_ROUNDS = 200  # made at one go


def batches(readings: int, every: int = 30_000, seed: int = 7) -> Iterator[Batch]:
    """One batch a device and poll, a poll `every` so many milliseconds, in the order of coming."""
    chance = np.random.default_rng(seed)
    rounds = readings // (DEVICES * METRICS)
    values = np.full((DEVICES, METRICS), 50.0)
    for first in range(0, rounds, _ROUNDS):
        values_of_rounds = _values(chance, values, min(_ROUNDS, rounds - first))
        values = values_of_rounds[-1]
        late = chance.integers(0, 400, (len(values_of_rounds), DEVICES))
        for number, polled in enumerate(values_of_rounds.tolist()):
            start = T0 + (first + number) * every
            for device, row in enumerate(polled):
                at = start + device * every // DEVICES + int(late[number, device])
                yield Batch(
                    [
                        Reading(_IDS[device], name, value, at)
                        for name, value in zip(_NAMES, row, strict=True)
                    ]
                )


def probe(days: int, every: int, seed: int = 8) -> Iterator[Batch]:
    """A single series, a batch a day, with one spike in its middle."""
    chance = np.random.default_rng(seed)
    for day in range(days):
        at = T0 + day * DAY + np.arange(0, DAY, every) + chance.integers(0, 400, DAY // every)
        values = np.round(20 + chance.normal(0, 0.3, len(at)), 1)
        if day == days // 2:
            values[len(at) // 2] = 99.0
        yield Batch(
            [Reading(*PROBE[:2], v, t) for v, t in zip(values.tolist(), at.tolist(), strict=True)]
        )


def _values(chance: np.random.Generator, before: Floats, rounds: int) -> Floats:
    """14 metrics that wander by tenths, 3 counters and 3 states."""
    steps = chance.normal(0, 0.15, (rounds, DEVICES, METRICS))
    steps[..., 14:17] = chance.poisson(3, (rounds, DEVICES, 3))
    steps[..., 17:] = chance.random((rounds, DEVICES, 3)) < 0.001
    return np.round(before + np.cumsum(steps, axis=0), 1)
