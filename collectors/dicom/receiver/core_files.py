"""A process that patients' objects pass through leaves no image of its memory when it is killed.

What was read over a line stays in freed memory until it is used again: Python cannot wipe it. So there is
no core file, whatever the limits and the pattern of the system say (Linux; elsewhere the limit alone).
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4  # prctl(2)


def forbid_core_files() -> None:
    """Of this process, from now on; a debugger of another user may not read its memory either."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
