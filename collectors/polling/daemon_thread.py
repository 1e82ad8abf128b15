"""Work that may hang: a read of a file on a network share that no longer answers."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def run_in_daemon_thread(work: Callable[[], Result], name: str) -> "asyncio.Future[Result]":
    """`work` in a thread of its own, which hinders neither the other sources nor the end.

    asyncio.to_thread has a few threads for all: some hung shares would stop every file. And it
    waits for them at the end of the process, which a daemon thread does not.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # None only if Result is

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  it is handed over whole
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended, nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
