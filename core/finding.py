"""Findings of the doctor's checks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from core.errors import ScanwardError

Outcome = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: `text` says how it is and, unless it is ok, what to do."""

    outcome: Outcome
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.outcome:<8} {self.what}: {self.text}"


class Findings(list[Finding]):
    """The findings of one check, all about `what`."""

    def __init__(self, what: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(findings)
        self.what = what

    def ok(self, text: str) -> None:
        """All is well."""
        self.append(Finding("ok", self.what, text))

    def warn(self, text: str) -> None:
        """It works, and a person should know or do something."""
        self.append(Finding("warning", self.what, text))

    def fail(self, text: str) -> None:
        """It does not work."""
        self.append(Finding("failed", self.what, text))

    @contextmanager
    def failing(self) -> Iterator[None]:
        """An error of Scanward's in the block is a finding."""
        try:
            yield
        except (ScanwardError, OSError) as error:
            self.fail(" ".join(str(error).split()))
