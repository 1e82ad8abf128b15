"""A demo's past: written whole or begun anew, gone on with by a later start, and never with a hole."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from itertools import count, pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest
from rich.console import Console

from app.demo import backfill, beginning
from app.demo.backfill import STEP
from app.demo.beginning import Beginning, begin, write_past
from app.demo.past import OLDEST, DemoPast, past_of, why_anew
from app.demo.progress import PastProgress, StoppedError
from app.demo.site_file import site_file, write_site_file
from core.errors import ConfigError, ScanwardError, StoreError
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE
from storage.examinations.ledger import Ledger
from storage.files.backfill_note import backfill_note
from storage.series import SeriesReader, SeriesWriter

pytestmark = pytest.mark.servers  # binds ports

END = 1_760_000_400_000 // (10 * MINUTE) * (10 * MINUTE)
LENGTH = 4 * HOUR
FIRST = DemoPast.new(7, 1.0, 1, END).model_copy(update={"start": END - LENGTH})


@pytest.fixture(autouse=True)
def _one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all of it is in this process."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})


@pytest.fixture(autouse=True)
def quarters(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Until when the work of the centre's people was written; what it is has tests of its own."""
    ends: list[int] = []
    monkeypatch.setattr(
        beginning, "write_quarter", lambda _records, _site, end, _seed: ends.append(end)
    )
    return ends


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo"


def started(
    folder: Path, request: DemoPast = FIRST, *faults: str, fresh: bool = False
) -> Beginning:
    return begin(folder, 8501, request, faults, fresh=fresh)


def progress_of(demo: Beginning, is_stopping: Callable[[], bool] = lambda: False) -> PastProgress:
    folder = demo.site.file.storage.folder
    console = Console(file=StringIO(), width=200)
    progress = PastProgress(
        folder, demo.span, demo.site.zone, console, lambda: demo.until, is_stopping
    )
    progress.begin()
    return progress


def write(demo: Beginning) -> None:
    write_past(demo, progress_of(demo))


def after(steps: int) -> Callable[[], bool]:
    """It is to stop when so many steps are done."""
    done = count()
    return lambda: next(done) >= steps


def ups_of(demo: Beginning) -> list[int]:
    readings = SeriesReader(demo.site.series_path).readings("ups-1", "up", 0, 10**6)
    return sorted({reading.at for reading in readings})


def later(by: int, past: DemoPast = FIRST) -> DemoPast:
    """What is asked for that long after the first start."""
    return past.model_copy(update={"start": past.start + by, "end": past.end + by})


def test_what_is_written_is_noted_last_and_gone_on_with(folder: Path, quarters: list[int]) -> None:
    first = started(folder)
    assert (first.resumed_at, first.anew_because) == (None, "")
    write(first)
    assert past_of(folder) == first.past
    assert backfill_note(folder) is None
    second = started(folder, later(3 * HOUR + 5 * MINUTE))
    assert second.anew_because == ""
    assert second.resumed_at == ups_of(first)[-1]
    write(second)
    ups = ups_of(second)
    assert {following - at for at, following in pairwise(ups)} == {STEP}
    assert second.until - ups[-1] <= STEP
    assert past_of(folder) == second.past
    assert quarters == [END]  # the work of the past is there once


def test_the_gap_is_as_if_nobody_had_been_away(tmp_path: Path) -> None:
    """Counters go on, and each examination is there once."""
    write(started(tmp_path / "twice"))
    twice = started(tmp_path / "twice", later(3 * HOUR))
    write(twice)
    once = replace(started(tmp_path / "once"), until=END + 3 * HOUR)
    write(once)
    newest = [
        {(r.device, r.metric, r.component): r.value for r in SeriesReader(d.site.series_path).latest()}
        for d in (twice, once)
    ]  # fmt: skip
    assert newest[0].keys() == newest[1].keys()
    assert newest[0]["ct-1", "examination_count", "dicom"] > 3
    assert [name for name, value in newest[1].items() if newest[0][name] != value] == []
    assert studies_of(twice) == studies_of(once)
    assert len(studies_of(once)) > 9


def studies_of(demo: Beginning) -> list[tuple[str, int]]:
    """Who made each study, and when it began."""
    with closing(Ledger(demo.site.examinations_path)) as ledger:
        return [(name, at) for name in demo.site.devices for at in ledger.work(name, 0).studies]


def test_a_stopped_past_is_begun_anew_and_never_taken_for_whole(folder: Path) -> None:
    demo = started(folder)
    progress = progress_of(demo, after(5))
    with pytest.raises(StoppedError):
        write_past(demo, progress)
    assert past_of(folder) is None
    assert backfill_note(folder) is not None
    again = started(folder)
    assert again.anew_because == "what is there was never finished"
    assert again.resumed_at is None
    assert not again.site.series_path.exists()


@pytest.mark.servers  # starts a process
def test_killed_in_the_middle_the_next_start_begins_anew(folder: Path) -> None:
    demo = started(folder)
    killed = get_context("fork").Process(target=write_slowly, args=(demo,))
    killed.start()
    deadline = time.monotonic() + 60
    while not (folder / "is_reached").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()
    assert backfill_note(folder) is not None
    assert started(folder).anew_because == "what is there was never finished"


def write_slowly(demo: Beginning) -> None:
    """As far as the middle, where it waits to be killed."""

    def wait_in_the_middle() -> bool:
        folder = demo.site.file.storage.folder
        (folder / "is_reached").touch()
        time.sleep(60)
        return False

    write_past(demo, progress_of(demo, wait_in_the_middle))


def test_a_gap_that_was_not_filled_to_the_end_is_gone_on_with(folder: Path) -> None:
    write(started(folder))
    second = started(folder, later(3 * HOUR))
    progress = progress_of(second, after(33))  # the steps of the first past are gone through again
    with pytest.raises(StoppedError):
        write_past(second, progress)
    third = started(folder, later(4 * HOUR))
    assert third.anew_because == ""
    write(third)
    ups = ups_of(third)
    assert {following - at for at, following in pairwise(ups)} == {STEP}


def test_a_full_disk_ends_it_with_its_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullWriter(SeriesWriter):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self._db.execute("pragma max_page_count = 1")  # no page more than there are

    monkeypatch.setattr(backfill, "SeriesWriter", FullWriter)
    with pytest.raises(StoreError, match="full"):
        write(started(folder))
    assert past_of(folder) is None
    monkeypatch.undo()
    assert started(folder).anew_because == "what is there was never finished"


@pytest.mark.servers  # starts a process
def test_what_stops_the_second_process_is_known_in_the_first(folder: Path) -> None:
    demo = started(folder)
    with (
        closing(SeriesWriter(demo.site.series_path)),
        pytest.raises(ScanwardError, match="already has a writer"),
        backfill.store_in_second_process(demo.site, demo.site_path, demo.site.series_path) as store,
    ):
        store.finish()


@pytest.fixture
def left(folder: Path) -> Path:
    """What a demo left that collected until an hour after its past."""
    path = write_site_file(folder, 8501)
    site = load_site(path)
    with closing(SeriesWriter(site.series_path)) as writer:
        writer.append([Batch([Reading("ups-1", "up", 1.0, END + HOUR, "snmp")])])
    FIRST.write(folder)
    return folder


def test_a_start_goes_on_with_what_is_there(left: Path) -> None:
    request = later(2 * HOUR)
    assert why_anew(past_of(left), request, left) == ""
    demo = started(left, request, "helium_leak:mri-2")
    assert demo.resumed_at == END + HOUR
    assert demo.span == (END + HOUR, END + 2 * HOUR)
    assert [fault.text for fault in demo.past.faults] == [
        "water_leak:room-server@1m+19m",
        "helium_leak:mri-2",
    ]


def test_other_ports_are_no_other_site(left: Path) -> None:
    path = site_file(left)
    path.write_text(path.read_text().replace("port: 1", "port: 2"))
    assert why_anew(FIRST, later(2 * HOUR), left) == ""


@pytest.mark.parametrize(
    ("changes", "requested", "why"),
    [
        ({"version": "0.0.9"}, {}, "version 0.0.9 made what is there"),
        ({}, {"seed": 8}, "another seed, speed or number of days"),
        ({}, {"days": 30}, "another seed, speed or number of days"),
        ({}, {"speed": 60.0}, "another seed, speed or number of days"),
        ({"speed": 60.0}, {"speed": 60.0}, "another seed, speed or number of days"),
        ({}, {"end": END + OLDEST + MINUTE}, "more than 7 days ago"),
        ({}, {"end": END + 30 * MINUTE}, "of a time to come"),  # the clock was set back
        ({}, {"end": END - DAY}, "of a time to come"),
        ({"end": END + DAY}, {"end": END + 2 * DAY}, "cannot be read"),  # less than it says
    ],
)
def test_otherwise_it_begins_anew_with_a_word(
    left: Path, changes: dict[str, object], requested: dict[str, object], why: str
) -> None:
    FIRST.model_copy(update=changes).write(left)
    demo = started(left, later(2 * HOUR).model_copy(update=requested))
    assert why in demo.anew_because
    assert demo.resumed_at is None
    assert not demo.site.series_path.exists()


@pytest.mark.parametrize("damage", ["series", "site", "past", "device"])
def test_what_cannot_be_trusted_is_not_gone_on_with(left: Path, damage: str) -> None:
    site = site_file(left)
    if damage == "series":
        load_site(site).series_path.write_bytes(b"half of it" * 99)
    elif damage == "site":
        site.write_text("devices: [")
    elif damage == "past":
        (left / "past.json").write_text('{"version": ')
    else:
        site.write_text(site.read_text().replace("name: Chiller", "name: Old chiller"))
    assert started(left, later(2 * HOUR)).anew_because


def test_fresh_begins_anew_without_a_word(left: Path) -> None:
    demo = started(left, later(2 * HOUR), fresh=True)
    assert (demo.resumed_at, demo.anew_because) == (None, "")
    assert past_of(left) is None


def test_a_fault_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigError, match="--fault"):
        started(folder, FIRST, "no_such_fault")
