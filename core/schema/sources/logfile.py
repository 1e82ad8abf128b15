"""Log files: where a device writes, how a file is cut into records, and what is kept of each."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from core.schema.names import Name
from core.schema.pattern import Pattern
from core.schema.strict_model import Strict
from core.time.clock import SECOND
from core.time.duration import Duration
from core.time.zone import Zone
from core.vocabulary.severity import Severity


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


class LogSource(Strict):
    """A log file to be followed, usually on a share that IT mounts read-only."""

    kind: Literal["logfile"]
    path: Path
    format: str  # a name under the profile's `logfile`
    encoding: str = "utf-8"
    zone: Zone | None = None  # of the times in the file; None: the site's
    every: Duration = Field(default=5 * SECOND, ge=200)
    silent_after: Duration | None = None  # None: a quiet log is not a fault
