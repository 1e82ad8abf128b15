"""Reports that are made in a process of their own: the same report, a limit, and no page that fails with it."""

import pickle
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.calendars import Month
from maintenance.reports.locale import ReportLocale
from maintenance.reports.own_process import Figures, ReportFile, run_apart
from tests.dashboard.centre import build, opened

NOW = 1_760_000_400_000
MONTH = Month("gregorian", 2025, 10)


@dataclass(frozen=True, slots=True)
class Failing:
    """A job that meets a store that cannot be read, or a mistake of ours."""

    error: Exception

    def run(self) -> bytes:
        raise self.error


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


def test_the_report_and_its_file_are_those_that_this_process_would_make(tmp_path: Path) -> None:
    path = build(tmp_path)
    centre = opened(path)
    centre.all_well(NOW)
    centre.series.close()
    centre.records.close()
    job = Figures(path, "uptime", MONTH, "fa", NOW)
    report = run_apart(job)
    assert report == job.run()
    locale = ReportLocale("fa", MONTH.calendar, centre.site.zone)
    assert report.site == "Test centre"
    file = ReportFile(report, locale, "html")
    assert pickle.loads(pickle.dumps(file)).run().startswith(b"<!doctype html>")


def test_one_that_takes_too_long_is_ended_and_that_is_said() -> None:
    begun = time.monotonic()
    with pytest.raises(StoreError, match="not ready within"):
        run_apart(Failing(OSError()), python("while True: pass"), limit_s=0.2)
    assert time.monotonic() - begun < 60


def test_the_next_one_is_made_after_one_that_was_ended() -> None:
    with pytest.raises(StoreError, match="not ready"):
        run_apart(Failing(OSError()), python("while True: pass"), limit_s=0.1)
    done = python("import sys, pickle; sys.stdout.buffer.write(pickle.dumps(b'done'))")
    assert run_apart(Failing(OSError()), done) == b"done"


def test_stores_that_cannot_be_read_are_said_as_everywhere() -> None:
    with pytest.raises(StoreError, match="the disk is away"):
        run_apart(Failing(StoreError("the disk is away")))


@pytest.mark.parametrize(
    "code", ["raise MemoryError('too much')", "import os; os.abort()", "print('half')"]
)
def test_a_process_that_dies_or_says_nonsense_is_no_page_that_fails(code: str) -> None:
    with pytest.raises(StoreError, match="the report was not made"):
        run_apart(Failing(OSError()), python(code))
