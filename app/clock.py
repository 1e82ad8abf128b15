"""The real clock. Everything else is handed the time."""

import time

from core.time.clock import SECOND


def now() -> int:
    """UTC milliseconds by this machine's clock."""
    return time.time_ns() // (1_000_000_000 // SECOND)
