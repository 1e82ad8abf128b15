"""The doctor, run at a person's wish: in a process of its own with a time limit, one at a time.

It asks every device and server, which may take a minute and may hang: no page waits for it. How the last run
went lies in the storage folder, so every page shows it, also after a restart.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

from pydantic import ValidationError

from core.errors import RefusedError, StoreError
from core.finding import Outcome
from core.schema.site import Site
from core.schema.strict_model import Strict
from storage.files.atomic import write_own
from storage.files.locks import acquire, is_held, lock_beside

log = logging.getLogger(__name__)

FILE = "doctor.json"  # in the storage folder
LIMIT_S = 180.0  # fifty devices that do not answer are done in half of that; ours
MOST_LINES, LONGEST_LINE, MOST_READ = 500, 500, 1_000_000

DoctorState = Literal["running", "ended", "too_long", "failed", "interrupted"]


class DoctorLine(Strict):
    """One finding; its words are English, as on the command line."""

    outcome: Outcome
    what: str
    text: str


class DoctorRun(Strict):
    """A run of the doctor: who wanted it, when (UTC ms), how it went; while it runs, the lines of before."""

    by: str
    began_at: int
    state: DoctorState
    ended_at: int | None = None
    lines: list[DoctorLine] = []
    lines_at: int | None = None  # when these lines were true


def last_run(folder: Path) -> DoctorRun | None:
    """The last one; None if there never was one, or nobody can tell."""
    path = folder / FILE
    try:
        run = DoctorRun.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    if run.state == "running" and is_held(lock_beside(path)) is False:
        return run.model_copy(update={"state": "interrupted", "lines": [], "lines_at": None})
    return run


def start(
    site: Site,
    site_path: Path,
    by: str,
    now: Callable[[], int],
    command: Sequence[str] = (sys.executable, "-m", "app", "doctor", "--json"),
    limit_s: float = LIMIT_S,
) -> threading.Thread:
    """Begin a run, and return at once the thread that waits for it. RefusedError while another runs."""
    path = site.file.storage.folder / FILE
    refusal = "a check runs already"
    try:
        lock = acquire(lock_beside(path), refusal)
    except StoreError as error:
        if str(error) != refusal:
            raise
        raise RefusedError("a check runs already") from None
    except OSError as error:
        raise StoreError(f"no check can be begun: {error.strerror or error}") from error
    before = last_run(site.file.storage.folder)
    run = DoctorRun(by=by, began_at=now(), state="running")
    if before is not None:
        run = run.model_copy(update={"lines": before.lines, "lines_at": before.lines_at})
    words = [*command, "--site", str(site_path.absolute())]
    thread = threading.Thread(
        target=_watch, args=(path, run, words, limit_s, now, lock), daemon=True
    )
    try:
        _write(path, run)
        thread.start()
    except BaseException:
        lock.close()
        raise
    return thread


def _watch(
    path: Path,
    run: DoctorRun,
    words: Sequence[str],
    limit_s: float,
    now: Callable[[], int],
    lock: IO[str],
) -> None:
    with lock:
        state, lines = _lines_of(words, limit_s)
        at = now()
        ended = {"state": state, "lines": lines, "lines_at": at if lines else None, "ended_at": at}
        with suppress(StoreError, OSError):
            _write(path, run.model_copy(update=ended))
    log.info("a check that %s began ended: %s, %d lines", run.by, state, len(lines))


def _lines_of(words: Sequence[str], limit_s: float) -> tuple[DoctorState, list[DoctorLine]]:
    """What the process printed. What is not of the doctor's form is no evidence of anything."""
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603  our own command
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return "failed", []
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "too_long", []
        output.seek(0)
        try:
            printed = json.loads(output.read(MOST_READ))
            lines = [DoctorLine.model_validate(line) for line in printed[:MOST_LINES]]
        except (ValueError, TypeError, RecursionError):
            return "failed", []
    return "ended", [line.model_copy(update={"text": line.text[:LONGEST_LINE]}) for line in lines]


def _write(path: Path, run: DoctorRun) -> None:
    try:
        write_own(path, run.model_dump_json().encode())
    except OSError as error:
        raise StoreError(f"no check can be begun: {error.strerror or error}") from error
