"""How far the past of a demo is written: for the terminal, and for every page."""

import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import Progress, TaskID

from core.time.clock import from_ms
from storage.files.backfill_note import BackfillNote, write_backfill_note

NOTE_EVERY_S = 0.5
TENTHS = 10  # a line each where nobody sees a bar move


class StoppedError(Exception):
    """The demo is to end, and its past is not written to the end."""


class PastProgress:
    """Notes each step in the storage folder, and shows it. Call it with the moment (UTC ms) that is reached."""

    def __init__(
        self,
        folder: Path,
        span: tuple[int, int],
        zone: ZoneInfo,
        console: Console,
        now: Callable[[], int],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._folder, self._zone, self._now, self._is_stopping = folder, zone, now, is_stopping
        self._console = console
        self._note = BackfillNote(start=span[0], end=span[1], reached=span[0], at=now())
        self._noted_s = 0.0
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._next_line = 1  # at so many tenths

    def begin(self) -> None:
        """Before there is a page. StoreError if the disk refuses the note."""
        self._write()
        if self._console.is_terminal:
            self._bar = Progress(console=self._console, transient=True)
            self._task = self._bar.add_task(self._words(), total=1.0)
            self._bar.start()
        else:
            self._line()

    def end(self) -> None:
        """Nothing more is shown; the note stays."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, at: int) -> None:
        if self._is_stopping():
            raise StoppedError
        if time.monotonic() - self._noted_s < NOTE_EVERY_S:
            return
        self._note = self._note.model_copy(
            update={"reached": max(at, self._note.start), "at": self._now()}
        )
        self._write()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._note.share, description=self._words())
        elif self._note.share * TENTHS >= self._next_line:
            self._line()

    def _write(self) -> None:
        write_backfill_note(self._folder, self._note)
        self._noted_s = time.monotonic()

    def _line(self) -> None:
        self._console.print(f"{self._words()}, {self._note.share:.0%}", highlight=False)
        self._next_line = int(self._note.share * TENTHS) + 1

    def _words(self) -> str:
        reached, start, end = (
            f"{from_ms(at, self._zone):%-d %b}"
            for at in (self._note.reached, self._note.start, self._note.end)
        )
        return f"Writing the past: {reached} of {start} to {end}"
