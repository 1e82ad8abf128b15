"""Log files: where a device writes, how a file is cut into records, and what is kept of each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, RootModel, model_validator

from core.schema.names import Name
from core.schema.pattern import Pattern
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict, did_you_mean
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration
from core.time.zone import Zone
from core.vocabulary.severity import Severity

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


class LogPattern(Strict):
    """What to keep of a record. Only what is named here is kept; the rest never enters the store.

    `match` is searched in the record's text. With `event` it becomes an event whose text is `text`
    with `{group}` replaced by the named groups of `match`; with `metric` its group `value` becomes
    a reading. `component` and `code` may use the groups too.
    """

    match: Pattern
    event: Name | None = None
    metric: Name | None = None
    text: str = ""
    severity: Severity | None = None  # None: what the record itself says, else info
    component: str = ""
    code: str = ""
    scale: float = 1.0

    @model_validator(mode="after")
    def _complete(self) -> Self:
        groups = set(re.compile(self.match).groupindex)
        if (self.event is None) == (self.metric is None):
            raise ValueError("a pattern needs either `event` or `metric`")
        if self.metric and "value" not in groups:
            raise ValueError("a pattern with `metric` needs a group (?P<value>...)")
        used = set(re.findall(r"\{(\w+)\}", self.text + self.component + self.code))
        # `code` and `component` may also come from the record's own groups.
        unknown = used - groups - {"code", "component"}
        if unknown:
            raise ValueError(f"no group named {', '.join(sorted(unknown))} in `match`")
        return self


class LogFormat(Strict):
    """How a file is cut into records, and what is kept of each.

    `record` is matched against a whole record; its named groups are `at`, and where the format has
    them `severity`, `component`, `code`, `text`. `begin` marks the first line of a record of many
    lines; without it each line is one record. `times` are strptime forms tried in order.
    """

    record: Pattern
    times: list[str]
    begin: Pattern | None = None
    severities: dict[str, Severity] = {}
    newest_first: bool = False  # the device writes new records at the top (Siemens syngo)
    patterns: list[LogPattern]

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        if "at" not in re.compile(self.record).groupindex:
            raise ValueError("`record` needs a group (?P<at>...)")
        return self


class LogMap(SourceMap, RootModel[dict[str, LogFormat]]):
    """The formats of the files that this kind of device writes, by name."""

    root: dict[str, LogFormat] = {}

    @property
    def formats(self) -> dict[str, LogFormat]:
        """Each format by its name."""
        return self.root

    @property
    def patterns(self) -> list[LogPattern]:
        """Those of every format."""
        return [pattern for form in self.formats.values() for pattern in form.patterns]

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Of each pattern that makes readings."""
        for name, form in self.formats.items():
            for index, pattern in enumerate(form.patterns):
                if pattern.metric:
                    yield f"{name}.patterns[{index}]", pattern.metric

    def events(self) -> Iterator[str]:
        """Of each pattern that makes events."""
        return (pattern.event for pattern in self.patterns if pattern.event)

    def texts(self) -> Iterator[str]:
        """Text and component of each pattern."""
        return (f"{pattern.text} {pattern.component}" for pattern in self.patterns)


class LogSource(SourceEntry):
    """A log file to be followed, usually on a share that IT mounts read-only."""

    title: ClassVar[str] = "Log file"
    profile_map: ClassVar[type[SourceMap]] = LogMap

    kind: Literal["logfile"]
    path: Path
    format: str  # a name under the profile's `logfile`
    encoding: str = "utf-8"
    zone: Zone | None = None  # of the times in the file; None: the site's
    every: Duration = Field(default=5 * SECOND, ge=200)
    silent_after: Duration | None = None  # None: a quiet log is not a fault

    def format_of(self, profile: "Profile") -> LogFormat:
        """The file's format. KeyError if the profile has none of that name: loading has checked it."""
        return LogMap.of(profile).formats[self.format]

    def reachable_within(self) -> int:
        """`up` says that the file can be read, and is written every minute."""
        return max(5 * MINUTE, 3 * self.every, self.silent_after or 0)

    def fresh_within(self) -> int | None:
        """A log is written as things happen."""
        return None

    def metrics_supplied(self, profile: "Profile") -> set[str]:
        """The metrics of this file's own format."""
        return {pattern.metric for pattern in self.format_of(profile).patterns if pattern.metric}

    def events_supplied(self, profile: "Profile") -> set[str]:
        """The kinds of event of this file's own format."""
        return {pattern.event for pattern in self.format_of(profile).patterns if pattern.event}

    @property
    def knows_silence(self) -> bool:
        """Only where the site file says after which silence it is a fault."""
        return self.silent_after is not None

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """The profile has the format."""
        if profile is None:
            return
        formats = LogMap.of(profile).formats
        if self.format not in formats:
            yield "format", f"unknown format {self.format!r}{did_you_mean(self.format, formats)}"
