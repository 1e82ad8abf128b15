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
