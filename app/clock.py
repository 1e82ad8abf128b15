"""The real clocks. Everything else is handed the time."""

import time

from core.time.clock import SECOND


def now() -> int:
    """UTC milliseconds by this machine's clock."""
    return time.time_ns() // (1_000_000_000 // SECOND)


def uptime() -> int:
    """Milliseconds by a clock that nobody sets and that stands while the machine sleeps."""
    return time.monotonic_ns() // (1_000_000_000 // SECOND)
