"""The loop of a process that works once a second, through a store that is away for a while."""

import logging
import threading
import time
from collections.abc import Callable

from core.errors import StoreError

log = logging.getLogger(__name__)

ROUND_S = 1.0
LONGEST_PAUSE_S = 30.0
REMIND_S = 600.0


def every_round(work: Callable[[], None], stop: threading.Event) -> None:
    """Once a second. What stands in the way is said when it comes, and again every ten minutes."""
    pause, trouble, said_at = ROUND_S, "", 0.0
    while not stop.wait(pause):
        try:
            work()
        except StoreError as error:
            text, time_s = str(error), time.monotonic()
            if text != trouble or time_s - said_at > REMIND_S:
                log.error("%s; trying again", error)
                trouble, said_at = text, time_s
            pause = min(pause * 2, LONGEST_PAUSE_S)
        else:
            if trouble:
                log.info("the store answers again")
            pause, trouble = ROUND_S, ""
