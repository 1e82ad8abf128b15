"""The supervisor: what dies is started again and said so; what is stopped is gone within seconds."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.services import supervise as supervisor
from tests.support.cpu_clock import own_time

pytestmark = pytest.mark.servers


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Children are small scripts instead of `python -m app COMMAND`."""
    starter = tmp_path / "start"
    starter.write_text('#!/bin/sh\nshift 2\nexec sh "$@"\n')
    starter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(starter))
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(supervisor, "STOP_WITHIN_S", 0.5)
    return tmp_path


def script(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text)
    return [str(folder / name)]


async def supervise_until(holds: Callable[[], bool], *commands: list[str]) -> float:
    """Supervise, then stop; how long the stopping took, in seconds."""
    stop = asyncio.Event()
    work = asyncio.create_task(supervisor.supervise(commands, stop))
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)
    stop.set()
    began = own_time()
    await work
    return own_time() - began


def test_a_process_that_dies_is_started_again_with_growing_pauses_and_said_so(
    scripts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs = scripts / "runs"
    dying = script(scripts, "dying", f"echo x >> {runs}; exit 3")
    living = script(scripts, "living", "exec sleep 60")
    with caplog.at_level(logging.ERROR):
        asyncio.run(supervise_until(lambda: len(caplog.records) == 5, dying, living))
    assert len(runs.read_text().split()) == 5
    assert all("exit code 3" in record.message for record in caplog.records)
    deaths = [record.created for record in caplog.records]
    pauses = [later - earlier for earlier, later in pairwise(deaths)]
    for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.4), strict=True):
        assert pause >= least


def test_stopping_asks_first_and_kills_what_does_not_listen(scripts: Path) -> None:
    pid = scripts / "pid"
    deaf = script(scripts, "deaf", f"trap '' TERM; echo $$ > {pid}; while :; do sleep 0.1; done")
    took = asyncio.run(supervise_until(lambda: pid.exists() and pid.read_text() != "", deaf))
    assert 0.4 < took < 3
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_change_starts_what_is_needed_and_ends_what_is_not(
    scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.01)
    stays, goes, comes = (
        script(scripts, name, f"echo $$ >> {scripts / name}.pid; exec sleep 60")
        for name in ("stays", "goes", "comes")
    )

    def pids(name: str) -> list[int]:
        path = scripts / f"{name}.pid"
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    def is_there(pid: int) -> bool:
        return Path(f"/proc/{pid}").exists()

    def changed() -> list[list[str]] | None:
        return [stays, comes] if pids("stays") and pids("goes") else None

    async def until_changed() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(supervisor.supervise([stays, goes], stop, changed))
        async with asyncio.timeout(60):
            while not pids("comes") or is_there(pids("goes")[0]):
                await asyncio.sleep(0.01)
        assert is_there(pids("stays")[0])
        stop.set()
        await work

    asyncio.run(until_changed())
    assert len(pids("stays")) == 1
    assert not is_there(pids("comes")[0])


def test_a_process_that_ends_without_an_error_is_started_again_at_once_and_no_error_is_logged(
    scripts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs = scripts / "runs"
    ending = script(scripts, "ending", f"echo x >> {runs}")
    with caplog.at_level(logging.INFO):
        asyncio.run(supervise_until(lambda: len(caplog.records) == 5, ending))
    assert {record.levelname for record in caplog.records} == {"INFO"}
    assert all("in 0 s" in record.message for record in caplog.records)
