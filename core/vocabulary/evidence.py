"""What a detector can show beside its verdict: a name and its numbers.

A verdict row keeps them among the names of what carried it, as text: `gain:6.4:9.1`. A name alone is
a metric's or a statistic's, and no such name has a colon.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self


class Evidence(NamedTuple):
    """`gain` and `rate`: usual and now; `mean`: the difference. In the metric's unit, `rate` a day.

    `busy_week`: when the busiest week of ten reaches the limit, and when a usual one, UTC milliseconds;
    the latter is left out where it perhaps never does.
    `step`: by how much the level changed at once, and when, UTC milliseconds.
    `no_weather`: nothing, but that no weather is known at the device.
    """

    name: str
    numbers: tuple[float, ...] = ()

    def __str__(self) -> str:
        return ":".join([self.name, *(f"{number:.15g}" for number in self.numbers)])

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What was written by `str`; None if it was not."""
        name, *numbers = text.split(":")
        try:
            return cls(name, tuple(map(float, filter(None, numbers)))) if numbers else None
        except ValueError:
            return None


def entries_of(carried_by: Iterable[str], evidence: Iterable[Evidence]) -> list[str]:
    """As a verdict row keeps them: names first."""
    texts = (str(shown) for shown in evidence)
    return [*carried_by, *(text if ":" in text else f"{text}:" for text in texts)]


def names_in(entries: Iterable[str]) -> tuple[str, ...]:
    """The metrics and statistics that carried the verdict, the heaviest first."""
    return tuple(entry for entry in entries if Evidence.read(entry) is None)


def evidence_in(entries: Iterable[str]) -> tuple[Evidence, ...]:
    """What was shown beside them."""
    return tuple(shown for shown in map(Evidence.read, entries) if shown is not None)


def numbers_of(evidence: Iterable[Evidence], name: str) -> tuple[float, ...] | None:
    """The numbers of the one called so; None if there is none."""
    return next((shown.numbers for shown in evidence if shown.name == name), None)


def is_within(value: float | None, low: float | None, high: float | None) -> bool:
    """Does the value lie within its band? False where one of them is not known."""
    return None not in (value, low, high) and low <= value <= high  # type: ignore[operator]
