"""Writes a simulated device's log file as the device would: appended, or newest first, and rotated."""

import os
from datetime import date
from pathlib import Path

LARGEST_BYTES = 4_000_000


class LogWriter:
    """One file. A new day, or a file grown too large, renames it and starts another."""

    def __init__(
        self, path: Path, *, newest_first: bool, encoding: str, largest: int = LARGEST_BYTES
    ) -> None:
        self._path = path
        self._newest_first = newest_first
        self._encoding = encoding
        self._largest = largest
        self._day: date | None = None

    def write(self, text: str, today: date) -> None:
        """Add whole records. `today` is the site's date."""
        self._rotate(today)
        data = text.encode(self._encoding, errors="replace")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._newest_first:
            self._prepend(data)
        else:
            with self._path.open("ab") as file:
                file.write(data)

    def _prepend(self, data: bytes) -> None:
        """A reader sees the old file or the new one, never half of either."""
        old = self._path.read_bytes() if self._path.exists() else b""
        beside = self._path.with_name(self._path.name + ".new")
        beside.write_bytes(data + old)
        os.replace(beside, self._path)  # noqa: PTH105  atomic, and says so

    def _rotate(self, today: date) -> None:
        yesterday, self._day = self._day, today
        if not self._path.exists():
            return
        is_new_day = yesterday is not None and yesterday != today
        if is_new_day or self._path.stat().st_size >= self._largest:
            self._path.rename(self._path.with_name(self._free_name(yesterday or today)))

    def _free_name(self, day: date) -> str:
        stem, number = f"{self._path.stem}_{day:%Y%m%d}", 1
        while self._path.with_name(f"{stem}_{number}{self._path.suffix}").exists():
            number += 1
        return f"{stem}_{number}{self._path.suffix}"
