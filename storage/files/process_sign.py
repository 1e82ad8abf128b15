"""How each process of Scanward is, by its own account: a note that it writes anew every few seconds.

A lock beside the note says whether the process is there, for the kernel lets go of it even after kill -9;
the note says whether its work moves. Both are files, so that every door and container can look.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Literal, NamedTuple, Self, TypeVar

from pydantic import ValidationError

from core.errors import ScanwardError, StoreError
from core.schema.strict_model import Strict
from core.time.clock import AHEAD, SECOND
from core.version import scanward_version
from storage.files import locks
from storage.files.alive import STANDSTILL
from storage.files.atomic import own_file

WRITE_EVERY = 10 * SECOND
MOST_FAILURES, LONGEST_TEXT = 30, 400
ALERTS = "scanward.alerts"  # the channel that is a log: alerts are no trouble of Scanward's own
WORK = "work"  # the part of a process that has only one
DETECT = "detect"  # a part of the alert process
OTHERS = (DETECT,)  # parts that are as good as a process: what they do has a name of its own

Result = TypeVar("Result")
ProcessState = Literal["runs", "stands_still", "ended", "never", "unclear"]


class Failure(Strict):
    """What did not go, in Scanward's own words; `part` is a part, or the logger that said so."""

    at: int  # UTC ms
    part: str
    text: str


class PartNote(Strict):
    """A part of a process that moves by itself."""

    moved_at: int  # UTC ms: it began, or has done a step
    patience: int  # for how many milliseconds a step may lawfully take
    waiting: str = ""  # why it does not get on, for as long as it does not


class ProcessNote(Strict):
    """What a process writes of itself; times are UTC milliseconds."""

    name: str
    pid: int
    version: str
    began_at: int
    at: int
    memory_bytes: int | None = None  # None: this system does not tell
    cpu_share: float | None = None  # of one core, since the note before
    parts: dict[str, PartNote]
    failures: list[Failure] = []  # the newest last


class ProcessStatus(NamedTuple):
    """How one process stands, or one part of it; `moved_at` is when all of what it does last moved."""

    name: str
    state: ProcessState
    note: ProcessNote | None = None
    moved_at: int | None = None
    waiting: str = ""  # why it does not get on; empty if it does, or is not there


class ProcessSign:
    """The note of this process. A disk that refuses it is nobody's trouble: it is written at the next step."""

    def __init__(
        self,
        folder: Path,
        name: str,
        now: Callable[[], int],
        parts: Mapping[str, int] = MappingProxyType({WORK: STANDSTILL}),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._now, self._clock = folder / f"{name}.json", now, clock
        self._alone = threading.RLock()
        self._listener = _Listener(self)
        self._lock: IO[str] | None = None
        at = now()
        self._note = ProcessNote(
            name=name,
            pid=os.getpid(),
            version=scanward_version(),
            began_at=at,
            at=at,
            memory_bytes=_memory_bytes(),
            parts={part: PartNote(moved_at=at, patience=parts[part]) for part in parts},
        )
        self._written_s, self._used_s = clock(), time.process_time()
        self._write()

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self._listener)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.add_failure(WORK, f"{type(error).__name__}: {error}")
            self._write()
        logging.getLogger().removeHandler(self._listener)
        self.close()

    def close(self) -> None:
        """The process ends."""
        if self._lock is not None:
            self._lock.close()

    def note(self, part: str = WORK, error: str = "") -> None:
        """The part has done a step, or `error` says why it did not get on."""
        with self._alone:
            before = self._note.parts[part]
            changes = {"moved_at": self._now(), "waiting": error[:LONGEST_TEXT]}
            self._note.parts[part] = before.model_copy(update=changes)
            is_news = before.waiting != changes["waiting"]
            if is_news and error:
                self.add_failure(part, error)
            if is_news or (self._clock() - self._written_s) * SECOND >= WRITE_EVERY:
                self._measure()
                self._write()

    def noting(self, step: Callable[[], Result], part: str = WORK) -> Callable[[], Result]:
        """The step, which says each time how it went."""

        def noted() -> Result:
            try:
                result = step()
            except ScanwardError as error:
                self.note(part, str(error))
                raise
            self.note(part)
            return result

        return noted

    def add_failure(self, part: str, text: str) -> None:
        """Note it with the next step."""
        failure = Failure(at=self._now(), part=part, text=text[:LONGEST_TEXT])
        self._note.failures[:] = [*self._note.failures, failure][-MOST_FAILURES:]

    def _measure(self) -> None:
        time_s, used_s = self._clock(), time.process_time()
        share = (used_s - self._used_s) / max(time_s - self._written_s, 0.001)
        self._written_s, self._used_s = time_s, used_s
        self._note = self._note.model_copy(
            update={"cpu_share": round(share, 4), "memory_bytes": _memory_bytes()}
        )

    def _write(self) -> None:
        self._note = self._note.model_copy(update={"at": self._now()})
        with suppress(OSError, StoreError):  # another process of that name writes the note
            if self._lock is None:
                self._lock = locks.acquire(self._path.with_suffix(".lock"), "it has a process")
            unfinished = self._path.with_suffix(".part")
            own_file(unfinished)
            # Not flushed to the disk: after a power cut the process is not there either.
            unfinished.write_text(self._note.model_dump_json(), encoding="utf-8")
            unfinished.replace(self._path)


class _Listener(logging.Handler):
    """Takes down what the process warns of, for who cannot reach its log."""

    def __init__(self, sign: ProcessSign) -> None:
        super().__init__(logging.WARNING)
        self._sign = sign

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != ALERTS:
            with suppress(Exception):  # a log line that is made wrongly is told by the others
                self._sign.add_failure(record.name, record.getMessage())


def process_status(folder: Path, name: str, now: int) -> ProcessStatus:
    """How that process stands. What cannot be read, or is of a time to come, is unclear and never well."""
    note, is_there = _read(folder / f"{name}.json"), locks.is_held(folder / f"{name}.lock")
    if note is None:
        was_never = is_there is False and not (folder / f"{name}.json").exists()
        return ProcessStatus(name, "never" if was_never else "unclear")
    parts = [part for title, part in note.parts.items() if title not in OTHERS]
    return _status(name, note, parts, now, is_there=is_there)


def other_parts(status: ProcessStatus, now: int) -> list[ProcessStatus]:
    """The parts of that process that stand in a line of their own."""
    note = status.note
    if note is None:
        return []
    is_there = {"ended": False, "unclear": None}.get(status.state, True)
    return [
        _status(title, note, [part], now, is_there=is_there)
        for title, part in note.parts.items()
        if title in OTHERS
    ]


def _status(
    name: str, note: ProcessNote, parts: Sequence[PartNote], now: int, *, is_there: bool | None
) -> ProcessStatus:
    moved_at = min((part.moved_at for part in parts), default=note.at)
    state: ProcessState = "runs"
    if is_there is None or max(moved_at, note.at) - now > AHEAD:
        state = "unclear"
    elif not is_there:
        state = "ended"
    elif any(now - part.moved_at > part.patience for part in parts):
        state = "stands_still"
    texts = [part.waiting for part in parts if part.waiting] if is_there else []
    return ProcessStatus(name, state, note, moved_at, "; ".join(dict.fromkeys(texts)))


def _read(path: Path) -> ProcessNote | None:
    with suppress(OSError, ValidationError):
        return ProcessNote.model_validate_json(path.read_bytes())
    return None


def _memory_bytes() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    return None
