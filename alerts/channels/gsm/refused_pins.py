"""Which PINs must not be entered again: a SIM locks after three wrong ones, and then needs its PUK.

A PIN is noted before it is entered: killed in between, it counts as refused. It is struck out when
the SIM is seen open, unless the SIM has called it wrong: then it stays for good. Only a digest is
kept, beside the data.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Literal

from core.errors import DeliveryError
from storage.files.atomic import write_own

Verdict = Literal["entered", "wrong"]


class RefusedPins:
    """A file of the PINs that were entered into the modem on a port and not accepted."""

    def __init__(self, path: Path, modem: Path) -> None:
        self._path, self._modem = path, modem

    def holds(self, pin: str) -> bool:
        """It was entered and not accepted. DeliveryError if the file cannot be read: it may have been."""
        return self._digest(pin) in self._read()

    def note(self, pin: str, verdict: Verdict) -> None:
        """It is about to be entered, or the SIM has called it wrong. DeliveryError if that cannot be written."""
        self._write({**self._read(), self._digest(pin): verdict})

    def strike_out(self, pin: str) -> None:
        """The SIM is open: what was entered was right, or a person has unlocked it.

        What hinders it, such as a full disk, hinders no message: it is tried again with the next.
        """
        with suppress(DeliveryError):
            verdicts = self._read()
            if verdicts.get(self._digest(pin)) == "entered":
                del verdicts[self._digest(pin)]
                self._write(verdicts)

    def _read(self) -> dict[str, str]:
        try:
            if not self._path.exists():
                return {}
            verdicts = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(verdicts, dict):
                raise ValueError("it is no list of PINs")
        except (OSError, ValueError) as error:
            text = f"{self._path}: {error}: no PIN is entered, for it may have been refused before"
            raise DeliveryError(text) from None
        return {str(digest): str(verdict) for digest, verdict in verdicts.items()}

    def _write(self, verdicts: dict[str, str]) -> None:
        try:
            if verdicts:
                write_own(self._path, json.dumps(verdicts).encode())
            else:  # root's file, from a check by root, would be read by no service
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise DeliveryError(f"{self._path}: {error.strerror or error}") from None

    def _digest(self, pin: str) -> str:
        return hashlib.sha256(f"{self._modem}\n{pin}".encode()).hexdigest()
