"""What happened in the year, in the test's own words, and a grid of minutes to count it on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.time.clock import DAY, HOUR, MINUTE, from_ms
from tests.maintenance.cast import KABUL, at

START, END = at("2025-01-01 00:00"), at("2026-01-01 00:00")
OFF = (at("2025-07-10 00:00"), at("2025-07-13 06:00"))  # Scanward itself is switched off
UNREAD = (at("2025-05-28 00:00"), at("2025-06-07 00:00"))  # nobody reads the CBCT's counter
MONTHS = [at(f"2025-{month:02d}-01 00:00") for month in range(1, 13)] + [END]
PERIODS = [*pairwise(MONTHS), (START, END)]
DEVICES = ("ct-1", "cbct-1")

Grid = npt.NDArray[np.bool_]


class Outage(NamedTuple):
    """A device was down."""

    device: str
    start: int
    end: int
    cause: str
    extent: str


class Fix(NamedTuple):
    """A fault that was mended."""

    device: str
    fault: str
    opened: int
    done: int
    visits: int


@dataclass
class Due:
    """Planned work: when it was due, what the people did about it."""

    device: str
    risk: str
    at: int = 0
    late: int = 0
    done: int | None = None
    why_not: str = ""


@dataclass
class Told:
    """Everything, as it happened."""

    outages: list[Outage] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    due: dict[int, Due] = field(default_factory=dict)
    serviced: list[tuple[str, int]] = field(default_factory=list)
    money: list[tuple[str, int, int]] = field(default_factory=list)  # device, when, hundredths
    lost: list[tuple[str, int, int, int]] = field(default_factory=list)  # cases, hundredths
    shelf: Counter[str] = field(default_factory=Counter)
    moves: int = 0  # on the shelf
    raised: list[tuple[str, int, int | None]] = field(
        default_factory=list
    )  # an alert, and when taken
    examined: list[tuple[str, int, int]] = field(default_factory=list)  # a day's, and how many
    sheets: list[tuple[str, int, str]] = field(default_factory=list)  # what they say from then on
    tickets: list[tuple[int, list[tuple[str, int]]]] = field(default_factory=list)

    def outages_of(self, device: str) -> list[Outage]:
        return [one for one in self.outages if one.device == device]


def grid(spans: Iterable[tuple[int, int]]) -> Grid:
    """The minutes of the year that lie in any of the spans."""
    minutes = np.zeros((END - START) // MINUTE, dtype=bool)
    for start, end in spans:
        minutes[max(start - START, 0) // MINUTE : max(end - START, 0) // MINUTE] = True
    return minutes


def of_week(days: str, opens: int, closes: int) -> Grid:
    """Some hours of some weekdays, by the centre's wall clock."""
    midnights = [START + day * DAY for day in range(365)]
    return grid(
        (midnight + opens * HOUR, midnight + closes * HOUR)
        for midnight in midnights
        if weekday(midnight) in days.split()
    )


def weekday(midnight: int) -> str:
    return (from_ms(midnight, KABUL) + timedelta(hours=1)).strftime("%a")


def opening_hours() -> Grid:
    """08:00 to 20:00, but not on Fridays."""
    return of_week("Sat Sun Mon Tue Wed Thu", 8, 20)


def hours(minutes: Grid) -> float:
    return float(minutes.sum()) / 60
