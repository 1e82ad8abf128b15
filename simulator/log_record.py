"""One thing that a device writes into its log, before it has any file's form."""

from collections.abc import Mapping
from typing import NamedTuple

from core.vocabulary.severity import Severity


class LogRecord(NamedTuple):
    """Words, or for a monitor that logs columns of numbers, values."""

    at: int  # UTC milliseconds
    text: str = ""
    severity: Severity = "info"
    origin: str = ""  # the program or part that speaks
    code: str = ""
    values: Mapping[str, float] = {}
