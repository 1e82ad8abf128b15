"""Time as it passes on a machine of one's own.

Others work beside the tests: other workers of the same run, other programs. What a test says about
seconds it says of a process that has the cores it needs, so the time for which it stood in the queue
for one is taken away. Waiting for a disk, a server or a timer counts in full.
"""

import os
import time
from pathlib import Path


def own_time(pid: int | None = None) -> float:
    """Seconds of a clock that stands while this process (or that one) waits for a core.

    Only differences mean something. Linux tells of the main thread; where nobody tells, all time counts.
    """
    return time.monotonic() - queued(pid or os.getpid())


def queued(pid: int) -> float:
    """Seconds for which a process has stood in the queue since it began; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0
