"""One record of a device's log, before it has any file's form."""

from collections.abc import Mapping
from typing import NamedTuple

from core.vocabulary.severity import Severity


class LogRecord(NamedTuple):
    """A text, or for a monitor that logs columns of numbers, values by metric."""

    at: int  # UTC milliseconds
    text: str = ""
    severity: Severity = "info"
    origin: str = ""  # the program or part that logs
    code: str = ""
    values: Mapping[str, float] = {}
