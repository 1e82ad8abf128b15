"""A log of numbered lines, and one who follows it by the rules of the real source."""

from pathlib import Path

from collectors.logfile.follow import EndFollower, LogFollower
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Device
from core.schema.sources.logfile import LogFormat, LogPattern, LogSource
from tests.collectors.mqtt.cast import device

BLOCK_BEGIN = "^Source:"


def line(number: int) -> str:
    """A line of our invented log, one second after the other."""
    minute, second = divmod(number, 60)
    hour, minute = divmod(minute, 60)
    return f"2026-03-01 {hour:02}:{minute:02}:{second:02} shot {number}"


def text(*numbers: int) -> str:
    """Lines with their ends."""
    return "".join(line(number) + "\n" for number in numbers)


def scanner(path: Path, **settings: object) -> tuple[Device, LogSource]:
    """CT-1 with a log of shots at `path`."""
    shots = LogFormat(
        record=r"^(?P<at>\S+ \S+) (?P<text>.*)$",
        times=["%Y-%m-%d %H:%M:%S"],
        patterns=[
            LogPattern(match=r"shot (?P<value>\d+)", metric="shots"),
            LogPattern(match=r"shot (?P<number>\d+)", event="shot", text="{number}"),
        ],
    )
    profile = Profile(
        metrics={
            "shots": Metric(title="Shots"),
            "up": Metric(title="Answers"),
            "response_ms": Metric(title="Response"),
        },
        logfile={"shots": shots, "newest": shots.model_copy(update={"newest_first": True})},
    )
    source = LogSource.model_validate(
        {"kind": "logfile", "path": path, "format": "shots", "every": "200ms", **settings}
    )
    return device(profile, source), source


class Reader:
    """Follows a file and remembers, as a store would, lines together with the place."""

    def __init__(self, path: Path, follower: LogFollower | None = None) -> None:
        self.follower = follower or EndFollower(path, "utf-8", None)
        self.saved: str | None = None
        self.lines: list[str] = []
        self.gaps: list[str] = []

    def restarted(self, path: Path) -> "Reader":
        """Another process that goes on from what this one saved."""
        reader = Reader(path)
        reader.saved, reader.lines, reader.gaps = self.saved, self.lines, self.gaps
        return reader

    def look(self) -> list[str]:
        """What this look brought, with all that follows at once."""
        found: list[str] = []
        more = True
        while more:
            look = self.follower.read_new(self.saved)
            found += look.lines
            self.gaps += [look.gap] if look.gap else []
            self.saved = look.position or self.saved
            more = look.more
        self.lines += found
        return found
