"""kill -9 at a place of one's choice: before the n-th SQL statement, or the commit, of the records."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import NoReturn

from sqlalchemy import Engine, event


def is_killed_at(statement: int, work: Callable[[], None]) -> bool:
    """Do `work` in a process of its own that kills itself there; False if it was done before.

    `work` must open its own databases: none may be shared with the process that asks.
    """
    child = os.fork()
    if child == 0:
        _work_until(statement, work)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "it failed instead of being killed"
    return False


def _work_until(statement: int, work: Callable[[], None]) -> NoReturn:
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    warnings.simplefilter("ignore")
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    try:
        work()
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)
