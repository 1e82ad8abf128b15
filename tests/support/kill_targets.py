"""Processes that are to be killed. Each is a fork of one that has imported everything already.

A process that imports for half a second before it does anything makes a hundred kills a minute of
imports. It is a process of its own all the same, and SIGKILL takes it in the middle of its work.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

_NURSERY = get_context("forkserver")
_NURSERY.set_forkserver_preload(
    [
        "app.cli.main",
        "app.services.backup",
        "app.services.collect",
        "collectors.logfile",
        "collectors.mqtt",
        "core.schema.load",
        "tests.support.append_forever",
        "tests.support.forward_slowly",
        "tests.support.compact_forever",
    ]
)


class Doomed:
    """It runs; `said` is its standard output."""

    def __init__(self, work: Callable[..., None], *args: object) -> None:
        ours, theirs = _NURSERY.Pipe(duplex=False)
        self._process = _NURSERY.Process(target=_begin, args=(theirs, work, args), daemon=True)
        self._process.start()
        theirs.close()
        self.said = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
        ours.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> list[str]:
        """End it as mains failing does; what it had said and nobody had read, in whole lines."""
        self._process.kill()
        with self.said:
            lines = self.said.readlines()
        self._process.join()
        return [line for line in lines if line.endswith("\n")]

    @property
    def was_killed(self) -> bool:
        """It had not ended by itself."""
        return self._process.exitcode == -signal.SIGKILL


def scanward(*words: str) -> None:
    """A command of the real command line; for a Doomed."""
    from app.cli.main import main

    sys.argv = ["scanward", *words]
    main()


def _begin(output: Connection, work: Callable[..., None], args: tuple[object, ...]) -> None:
    os.dup2(output.fileno(), sys.stdout.fileno())
    output.close()
    work(*args)
