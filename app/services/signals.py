"""Being told to stop: for the loops that run in plain threads, and for the one that runs in asyncio."""

import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)


def stopped_by_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def stop_by_signals(stop: "asyncio.Event", *, within_s: float) -> None:
    """Let SIGTERM and SIGINT set `stop`, and end this process by force if it is still there after that long.

    A handler of asyncio's own would wait until a busy loop comes round to it.
    """
    import asyncio

    loop = asyncio.get_running_loop()

    def handle(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)
        timer = threading.Timer(within_s, _end_by_force, (within_s,))
        timer.daemon = True
        timer.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def _end_by_force(within_s: float) -> None:
    """What is stored is on the disk, and what is not was never acknowledged."""
    log.warning("not ended %g s after the signal: ending by force", within_s)
    os._exit(0)


def until_stopped(
    work: "Callable[[asyncio.Event], Awaitable[None]]", within_s: float | None = None
) -> None:
    """Run `work` with an event that SIGTERM and SIGINT set; ended by force if it stays for `within_s`."""
    import asyncio

    async def until_stopped() -> None:
        stop = asyncio.Event()
        if within_s is not None:
            stop_by_signals(stop, within_s=within_s)
        else:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(stop)

    asyncio.run(until_stopped())
