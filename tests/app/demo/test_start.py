"""The start of a demo: which process begins when, and what ends it with words."""

import asyncio
import io
import socket
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from app.demo import run
from app.demo.beginning import Beginning
from app.demo.progress import PastProgress, StoppedError
from core.errors import ConfigError, StoreError
from core.time.clock import DAY
from storage.files import locks
from storage.files.backfill_note import backfill_note
from tests.support.ports import free_port

pytestmark = pytest.mark.servers  # binds ports

END = 1_795_924_800_000  # 29 November 2026
WORDS = "the disk is full"


class Processes:
    """In the place of the supervisor: what was to run, in order, until it is told to stop."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def supervise(self, commands: Sequence[Sequence[str]], stop: asyncio.Event) -> None:
        self.begun += [command[0] for command in commands]
        await stop.wait()


async def nobody_answers(*_: object) -> None:
    """In the place of the centre's people."""


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    """A demo without a process, a store or a centre that answers."""
    monkeypatch.chdir(tmp_path)
    processes = Processes()
    monkeypatch.setattr(run, "supervise", processes.supervise)
    monkeypatch.setattr(run, "make_stores", lambda _site: "scw_token")
    monkeypatch.setattr(run, "supplier_address", lambda _site: "")
    monkeypatch.setattr(run, "answer_alerts", nobody_answers)
    return processes


def demo(stop: asyncio.Event, port: int) -> None:
    asyncio.run(run.demo(stop, port=port, seed=7, days=0, speed=1.0, faults=()))


def test_the_pages_do_not_wait_for_the_past_and_the_others_do(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier: list[str] = []

    def write_past(_demo: Beginning, _progress: PastProgress) -> None:
        earlier.extend(processes.begun)

    async def run_centre(*_: object) -> None:
        while "maintain" not in processes.begun:
            await asyncio.sleep(0.01)
        stop.set()

    stop = asyncio.Event()
    monkeypatch.setattr(run, "write_past", write_past)
    monkeypatch.setattr(run, "_run_centre", run_centre)
    demo(stop, free_port())
    assert "collect" not in earlier
    assert processes.begun == ["dashboard", "collect", "alert", "maintain"]


def test_an_error_of_the_past_ends_the_demo_with_its_words(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_past(_demo: Beginning, _progress: PastProgress) -> None:
        raise StoreError(WORDS)

    monkeypatch.setattr(run, "write_past", write_past)
    stop, port = asyncio.Event(), free_port()
    with pytest.raises(StoreError, match=WORDS):
        demo(stop, port)
    assert "collect" not in processes.begun
    assert backfill_note(Path("var") / f"demo-{port}") is not None


def test_while_stopping_it_does_not_write_the_past_to_its_end(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    def write_past(beginning: Beginning, progress: PastProgress) -> None:
        stop.set()
        progress(beginning.until)

    monkeypatch.setattr(run, "write_past", write_past)
    demo(stop, free_port())
    assert "collect" not in processes.begun


def test_a_port_in_use_is_refused_and_nothing_is_touched(processes: Processes) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} is taken"):
            demo(asyncio.Event(), port)
    assert not Path("var").exists()


def test_a_demo_that_has_not_reached_its_port_yet_keeps_another_from_its_folder(
    processes: Processes,
) -> None:
    port = free_port()
    left = Path("var") / f"demo-{port}" / "past.json"
    left.parent.mkdir(parents=True)
    left.touch()
    with (
        locks.held(Path("var") / f"demo-{port}.lock", "another"),
        pytest.raises(StoreError, match=f"port {port} is taken"),
    ):
        demo(asyncio.Event(), port)
    assert left.exists()


@pytest.mark.parametrize("is_terminal", [False, True])
def test_the_terminal_and_the_pages_see_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool
) -> None:
    monkeypatch.setattr("app.demo.progress.NOTE_EVERY_S", 0.0)
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=100)
    span = (END - 70 * DAY, END)
    progress = PastProgress(
        tmp_path, span, ZoneInfo("Asia/Kabul"), console, lambda: END, lambda: False
    )
    progress.begin()
    for day in range(69, -1, -1):
        progress(END - day * DAY)
    progress.end()
    note = backfill_note(tmp_path)
    assert note is not None
    assert (note.share, note.at) == (1.0, END)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    if not is_terminal:
        assert len(lines) == 11
        assert lines[0] == "Writing the past: 20 Sep of 20 Sep to 29 Nov, 0%"
        assert lines[5] == "Writing the past: 25 Oct of 20 Sep to 29 Nov, 50%"
    else:
        assert "Writing the past" in "".join(lines)


def test_a_progress_that_is_to_stop_raises(tmp_path: Path) -> None:
    console = Console(file=io.StringIO())
    progress = PastProgress(tmp_path, (0, END), ZoneInfo("UTC"), console, lambda: END, lambda: True)
    with pytest.raises(StoppedError):
        progress(END)
