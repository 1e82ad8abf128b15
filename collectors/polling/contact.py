"""Whether one peer answers, as a log tells it: once when lost, once when back."""

import logging

from core.errors import SourceError
from core.text import times


class ContactLog:
    """Failures in a row of one peer. Times are of the event loop's clock, in seconds."""

    def __init__(self, name: str, log: logging.Logger) -> None:
        self.failures = 0
        self._name = name
        self._log = log
        self._lost_at: float | None = None
        self._needs_person = False
        self._partial_error = ""

    @property
    def is_lost(self) -> bool:
        """It did not answer, the last time."""
        return self._lost_at is not None

    def failed(self, error: SourceError | None, time: float) -> None:
        """It did not answer. Logged when it is lost, and when it turns out that a person must act."""
        self.failures += 1
        needs_person = error is not None and error.permanent
        if self._lost_at is not None and needs_person <= self._needs_person:
            self._log.debug("%s still unreachable: %s", self._name, error)
            return
        self._lost_at = time if self._lost_at is None else self._lost_at
        self._needs_person = needs_person
        hint = "; this needs a person" if needs_person else ""
        self._log.warning("%s unreachable: %s%s", self._name, error, hint)

    def answered(self, time: float, partial_error: str = "") -> None:
        """It answered, `partial_error` says what of it did not come. Logged when either is new."""
        self.failures = 0
        if self._lost_at is not None:
            outage = times.duration(int((time - self._lost_at) * 1000))
            self._log.info("%s back after %s", self._name, outage)
            self._lost_at, self._needs_person = None, False
        if partial_error and not self._partial_error:
            self._log.warning("%s answers only in part: %s", self._name, partial_error)
        elif self._partial_error and not partial_error:
            self._log.info("%s answers in full again", self._name)
        self._partial_error = partial_error
