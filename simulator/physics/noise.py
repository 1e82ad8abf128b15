"""Random numbers that depend only on the seed, a name and a moment, never on earlier calls."""

import math
from functools import lru_cache
from random import Random


def generator(seed: int, name: str, moment: int) -> Random:
    """A random number generator for one name and moment, the same in every run and process."""
    return Random(f"{seed}:{name}:{moment}")


@lru_cache(maxsize=4096)
def _node(seed: int, name: str, number: int) -> float:
    return generator(seed, name, number).gauss(0.0, 1.0)


@lru_cache(maxsize=4096)
def _nodes(seed: int, name: str, number: int) -> tuple[float, float]:
    return _node(seed, name, number), _node(seed, name, number + 1)


def smooth_noise(seed: int, name: str, at: int, period: int) -> float:
    """A smooth random walk of unit size at `at`, that turns about once in `period` milliseconds."""
    number, rest = divmod(at, period)
    start, end = _nodes(seed, name, number)
    ease = (1.0 - math.cos(math.pi * (rest / period))) / 2.0
    return start * (1.0 - ease) + end * ease


@lru_cache(maxsize=4096)
def decay(span_s: float, tau_s: float) -> float:
    """The share (0 to 1) of a first-order difference left after `span_s`; exact for any step."""
    return math.exp(-span_s / tau_s)
