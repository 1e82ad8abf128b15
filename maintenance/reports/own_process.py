"""Reports made in a process of their own: a month's figures take seconds of a core, and no page waits behind one.

One at a time, at low priority, with a time limit. The process is this module; what it reads and writes is our own pickle.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from core.errors import StoreError
from core.time.calendars import Month
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Format, Kind, Report

LIMIT_S = (
    120.0  # twenty times what a month of 19 devices takes on a busy machine of two cores; ours
)
_NICENESS = 10  # pages go first
_COMMAND = (sys.executable, "-m", "maintenance.reports.own_process")

Made_co = TypeVar("Made_co", covariant=True)
_turn = threading.Lock()


class ReportJob(Protocol[Made_co]):
    """What such a process can do."""

    def run(self) -> Made_co:
        """The result. StoreError if the stores cannot be read."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The report of a month; `now` is UTC ms."""

    site_path: Path
    kind: Kind
    month: Month
    language: str
    now: int

    def run(self) -> Report:
        """Read from the stores of the site."""
        # What reads stores takes long to import, and who asks for a report does not need it.
        from core.schema.load import load_site
        from maintenance.reports.make import make
        from storage.records import Records
        from storage.series import SeriesReader

        site = load_site(self.site_path)
        records, series = Records(site.records_url), SeriesReader(site.series_path)
        try:
            with records.reading() as db:
                return make(db, site, series, self.kind, self.month, self.language, self.now)[0]
        finally:
            records.close()


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report as the bytes of a file: `pdf`, `xlsx` or `html`."""

    report: Report
    locale: ReportLocale
    form: Format

    def run(self) -> bytes:
        """Without any store."""
        from maintenance.reports.make import render

        return render(self.report, self.locale, self.form)


def run_apart(
    job: ReportJob[Made_co], command: Sequence[str] = _COMMAND, limit_s: float = LIMIT_S
) -> Made_co:
    """What the job makes. StoreError if the stores cannot be read, or if it takes too long."""
    if not _turn.acquire(timeout=limit_s):
        raise StoreError(f"other reports have not ended within {limit_s:.0f} s")
    try:
        process = subprocess.run(  # noqa: S603  it is this program
            command, input=pickle.dumps(job), capture_output=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StoreError(f"the report was not ready within {limit_s:.0f} s") from error
    finally:
        _turn.release()
    try:
        result: Made_co | StoreError = pickle.loads(process.stdout)  # noqa: S301  our own process
    except (EOFError, pickle.UnpicklingError) as error:
        lines = process.stderr.decode(errors="replace").strip().splitlines()
        why = lines[-1] if lines else f"its process ended with {process.returncode}"
        raise StoreError(f"the report was not made: {why}") from error
    if isinstance(result, StoreError):
        raise result
    return result


def main() -> None:
    """Read a job, write its result or the StoreError in its place."""
    os.nice(_NICENESS)
    job: ReportJob[object] = pickle.load(sys.stdin.buffer)  # noqa: S301  from the dashboard
    result: object
    try:
        result = job.run()
    except StoreError as error:
        result = error
    sys.stdout.buffer.write(pickle.dumps(result))


if __name__ == "__main__":
    main()
