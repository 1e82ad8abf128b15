"""The past of a demo: what it was made from, noted when all of it is stored, so that a later start goes on with it."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from app.demo.backfill import STEP
from app.demo.site_file import is_of_this_demo, site_file
from app.demo.work.calendar import WorkCalendar
from app.demo.work.standstills import standstills
from core.errors import ConfigError, StoreError
from core.readings import UP
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.strict_model import Strict
from core.time.clock import DAY
from core.version import scanward_version
from simulator.faults import Fault, parse_fault
from simulator.history import demo_faults
from storage.files.atomic import translated, write_own
from storage.series import SeriesReader

FILE = "past.json"
OLDEST = 7 * DAY  # since it was made: soon after, its slow faults are over their limits; ours
# Whoever looks at a demo that goes on sees an alert come, as with a new one (simulator/history.py).
NEXT_FAULT = "water_leak:room-server@1m+19m"


class PlantedFault(Strict):
    """A fault as a person writes it, and the moment (UTC ms) that its times count from."""

    text: str
    at: int


class DemoPast(Strict):
    """From where to where it was written first (UTC ms), of which centre, and by which version."""

    version: str
    seed: int
    speed: float
    days: int
    start: int
    end: int
    faults: tuple[PlantedFault, ...] = ()

    @classmethod
    def new(cls, seed: int, speed: float, days: int, now: int) -> "DemoPast":
        """The past that is to be made now."""
        span = {"start": now - days * DAY, "end": now}
        return cls(version=scanward_version(), seed=seed, speed=speed, days=days, **span)

    def with_faults(self, texts: Iterable[str], at: int) -> "DemoPast":
        """The same centre, which these faults strike from `at` on."""
        planted = tuple(PlantedFault(text=text, at=at) for text in texts)
        return self.model_copy(update={"faults": self.faults + planted})

    def all_faults(self, site: Site) -> list[Fault]:
        """Those of every demo, then those by request. ValueError: one of these is none."""
        by_request = [parse_fault(fault.text, fault.at, site.zone) for fault in self.faults]
        stopped = standstills(WorkCalendar(self.end, site.zone))
        return [*demo_faults(self.start, self.end), *stopped, *by_request]

    def write(self, folder: Path) -> None:
        """Note that all of it is stored. StoreError if the disk refuses."""
        with translated("it cannot be noted that the demo's past is written"):
            write_own(folder / FILE, self.model_dump_json().encode())


def past_of(folder: Path) -> DemoPast | None:
    """Whose stores in the folder are whole; None if they are not, or nobody can tell."""
    with suppress(OSError, ValidationError):
        return DemoPast.model_validate_json((folder / FILE).read_bytes())
    return None


def why_anew(there: DemoPast | None, request: DemoPast, folder: Path) -> str:
    """Why the demo cannot go on with what is in the folder; empty if it can. `request` is as for a new one."""
    if there is None:
        return "what is there was never finished"
    if there.version != request.version:
        return f"version {there.version} made what is there"
    if not is_of_this_demo(folder):
        return "the site file that is there is another"
    made = there.seed, there.speed, there.days
    if made != (request.seed, request.speed, request.days) or there.speed != 1.0:
        return "another seed, speed or number of days made what is there"
    if request.end - there.end > OLDEST:
        return f"what is there was made more than {OLDEST // DAY} days ago"
    if not there.end - STEP <= stored_until(folder) <= request.end:
        return "what is there cannot be read, or is of a time to come"
    return ""


def stored_until(folder: Path) -> int:
    """When anything was last collected, UTC ms; 0 if nobody can tell."""
    with suppress(ConfigError, StoreError):
        series = SeriesReader(load_site(site_file(folder)).series_path)
        return max((reading.at for reading in series.latest() if reading.metric == UP), default=0)
    return 0
