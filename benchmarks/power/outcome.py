"""What is counted of one simulated cut."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Judged(NamedTuple):
    """What the plan said in one minute, beside how long the battery would truly have lasted at that load."""

    used: str
    off: float  # share of the truth
    minutes_in: float
    truth: float
    is_steady: bool  # nothing was switched in the last minutes: it could be told from scanning's own ups and downs
    has_shown: bool  # an earlier cut or a tenth of the charge in this one has shown this battery
    is_inside: bool  # between what the plan gave as least and most


class Usable(NamedTuple):
    """When a device is usable again, foretold beside true."""

    device: str
    off_min: float
    minutes_in: float  # after the mains came back
    has_shown: bool  # it has come back from a cut before
    is_inside: bool  # the foretold interval


@dataclass
class Outcome:
    """What is counted."""

    by_voltage: bool = False
    examinations: int = 0
    ended: int = 0
    rescued: int = 0  # over because mains or generator came
    given_up: list[str] = field(default_factory=list)
    cut_that_could_end: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # the battery was empty first
    lost_unwarned: list[str] = field(default_factory=list)  # though the plan had been sure
    runtime: list[Judged] = field(default_factory=list)
    restart: list[Usable] = field(default_factory=list)
