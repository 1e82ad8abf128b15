"""Every error Scanward raises on purpose.

ScanwardError
  ConfigError     fix a file; the process must not start
  SourceError     a device or broker failed us         (.permanent: a person must act)
  StoreError      the disk or the database failed us   (.permanent: a person must act)
  DeliveryError   a notification did not leave         (.permanent: trying again will not help)
  RefusedError    a person asked for what may not be   (nothing was changed)
    UnsureError   it may be, if the person is sure     (nothing was changed yet)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.text.phrase import Phrase


class ScanwardError(Exception):
    """Parent of all errors that Scanward raises on purpose."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in one file, at a path such as `devices[3].sources[0].port`."""

    file: str
    path: str
    text: str

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.path}: {self.text}" if self.path else f"{self.file}: {self.text}"
        )


class ConfigError(ScanwardError):
    """One or more files are wrong; carries every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class _FailureError(ScanwardError):
    def __init__(self, text: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(text)


class SourceError(_FailureError):
    """A device or broker did not answer, or answered nonsense."""


class StoreError(_FailureError):
    """The disk or the database refused; nothing already stored is harmed."""


class DeliveryError(_FailureError):
    """A notification did not leave."""


class RefusedError(ScanwardError):
    """A person asked for what the rules of the work do not allow; nothing was changed.

    `RefusedError("there is no part {part!r}", part="ct-fan")`: the words are a template (core/text/phrase.py).
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.phrase = Phrase(template, **values)
        super().__init__(self.phrase)


class UnsureError(RefusedError):
    """What a person asked for is unlikely: asked once more in the same words, it is done."""
