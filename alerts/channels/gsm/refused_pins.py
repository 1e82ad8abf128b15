"""Which PINs must not be entered again: a SIM locks after three wrong ones, and then needs its PUK.

A PIN is noted before it is entered and struck out once the SIM has accepted it: killed in between,
it counts as refused. Only a digest is kept, beside the data.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from core.errors import DeliveryError
from storage.files.atomic import write_own


class RefusedPins:
    """A file of the PINs that were entered into the modem on a port and not accepted."""

    def __init__(self, path: Path, modem: Path) -> None:
        self._path, self._modem = path, modem

    def holds(self, pin: str) -> bool:
        """It was entered and not accepted. DeliveryError if the file cannot be read: it may have been."""
        try:
            return self._digest(pin) in self._digests()
        except (OSError, ValueError) as error:
            text = f"{self._path}: {error}: no PIN is entered, for it may have been refused before"
            raise DeliveryError(text) from None

    def note(self, pin: str) -> None:
        """It is about to be entered. DeliveryError if that cannot be written down."""
        self._write([*self._digests(), self._digest(pin)])

    def strike_out(self, pin: str) -> None:
        """The SIM is open: the PIN was right, or a person has unlocked it.

        What hinders it, such as a full disk, hinders no message: it is tried again with the next.
        """
        with suppress(DeliveryError):
            if self.holds(pin):
                self._write([digest for digest in self._digests() if digest != self._digest(pin)])

    def _digests(self) -> list[str]:
        if not self._path.exists():
            return []
        digests = json.loads(self._path.read_text(encoding="utf-8"))
        if not isinstance(digests, list):
            raise ValueError("not a list")
        return [str(digest) for digest in digests]

    def _write(self, digests: list[str]) -> None:
        try:
            write_own(self._path, json.dumps(digests).encode())
        except OSError as error:
            raise DeliveryError(f"{self._path}: {error.strerror or error}") from None

    def _digest(self, pin: str) -> str:
        return hashlib.sha256(f"{self._modem}\n{pin}".encode()).hexdigest()
