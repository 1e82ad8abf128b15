"""Keeps the processes of a site running: starts them again when they die, stops them together."""

import asyncio
import contextlib
import ctypes
import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence

from core.retry import Backoff

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
LOOK_EVERY_S = 1.0  # whether other processes are needed: before those that run look for themselves
HEALTHY_AFTER_S = 60.0  # having run that long, the next death is not counted with the last
STOP_WITHIN_S = 4.0
_PR_SET_PDEATHSIG = 1


Commands = Sequence[Sequence[str]]


def nothing_changes() -> Commands | None:
    """The commands are the same for ever."""
    return None


async def supervise(
    commands: Commands,
    stop: asyncio.Event,
    changed: Callable[[], Commands | None] = nothing_changes,
) -> None:
    """Run each `scanward` command as a process of its own until `stop` is set.

    `changed` is asked every second, in a thread: the commands that are needed from now on, or None.
    """
    stops: dict[tuple[str, ...], asyncio.Event] = {}  # of each that is kept alive
    needed: Commands | None = commands
    async with asyncio.TaskGroup() as keepers:
        while not stop.is_set():
            names = [*stops] if needed is None else [tuple(command) for command in needed]
            for name in stops.keys() - set(names):
                stops.pop(name).set()
            for name in names:
                if name not in stops:
                    stops[name] = asyncio.Event()
                    keepers.create_task(_keep(name, stops[name]))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await stop.wait()
            needed = await asyncio.to_thread(changed)
        for each in stops.values():
            each.set()


async def _keep(command: Sequence[str], stop: asyncio.Event) -> None:
    backoff, deaths = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S), 0
    while not stop.is_set():
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", *command), preexec_fn=die_with_parent
        )
        if await _until(stop, process):
            return
        if time.monotonic() - began > HEALTHY_AFTER_S:
            deaths = 0
        deaths = deaths + 1 if process.returncode else 0
        pause = backoff.pause(max(deaths, 1))
        # Without an error it ended because the site file says something else now.
        level = logging.ERROR if process.returncode else logging.INFO
        text = "%s ended (%s); starting it again in %.0f s"
        log.log(level, text, command[0], _why(process), pause)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()


async def _until(stop: asyncio.Event, process: asyncio.subprocess.Process) -> bool:
    """Wait for either; True if it was `stop`, and then the process is gone too."""
    died = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({died, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if died.done():
        return stop.is_set()
    process.terminate()
    done, _ = await asyncio.wait({died}, timeout=STOP_WITHIN_S)
    if not done:
        process.kill()
        await died
    return True


def _why(process: asyncio.subprocess.Process) -> str:
    code = process.returncode or 0
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def die_with_parent() -> None:
    """End when the process that started this one ends."""
    # kill -9 of the supervisor must not leave a collector behind that holds the store's lock.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
