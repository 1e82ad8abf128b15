"""The load of both peers: which series there are, and what each shows at any moment. Pure.

A thousand devices of ten metrics; every series gets a new value each ten seconds. One in a hundred is
beyond its limit at any time, for a minute, so that alerts begin and end all the while.
"""

from collections.abc import Iterator

DEVICES = 1_000
METRICS = 10
EVERY_S = 10
LIMIT = 50.0
HOLD_S = 20
WRONG_FOR_S = 60
WRONG_EVERY_S = 6_000  # one in a hundred


def device(number: int) -> str:
    """The name of a device."""
    return f"device-{number}"


def metric(number: int) -> str:
    """The name of a metric."""
    return f"value_{number}"


def value(number: int, kind: int, second: float) -> float:
    """What a series shows: 20 to 30, and beyond the limit in its own minute."""
    phase = (number * METRICS + kind) * 37 % WRONG_EVERY_S
    level = 20 + (number * 31 + kind * 7 + int(second) // EVERY_S) % 100 / 10
    return level + 50 if (second - phase) % WRONG_EVERY_S < WRONG_FOR_S else level


def series() -> Iterator[tuple[int, int]]:
    """Each series: the numbers of its device and its metric."""
    return ((number, kind) for number in range(DEVICES) for kind in range(METRICS))
