"""Before there is a site file: a process of its own asks for it, and lives until the dashboard has its port."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.services.supervise import die_with_parent

FILE_IS_THERE = b"the site file is there\n"  # what that process prints then

Keep = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


async def run_after_first_start(
    site_path: Path, address: str, port: int, keep: Keep, stop: asyncio.Event
) -> bool:
    """Ask for the site file, then run `keep`; False if the asking process ended without a file."""
    words = ["first-start", "--site", str(site_path), "--address", address, "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *words),
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    stopping = asyncio.create_task(stop.wait())
    line = asyncio.create_task(process.stdout.readline())
    await asyncio.wait({stopping, line}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    is_there = line.done() and line.result() == FILE_IS_THERE
    if is_there:
        await keep(stop)
    if process.returncode is None:
        process.terminate()
    line.cancel()
    await process.wait()
    return is_there or stop.is_set()
