"""How long to wait before the broker is tried again."""

import random

from core.retry import Backoff

SHORTEST = 1.0  # seconds
LONGEST = 120.0
BACKOFF = Backoff(SHORTEST, LONGEST, jitter=(0.5, 1.0))
STABLE_AFTER = 30.0  # a connection that stood this long starts the count anew


class ReconnectBackoff:
    """Doubles from one second to two minutes, with jitter so that clients do not come in step."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, *, connected_s: float, permanent: bool) -> float:
        """Seconds to wait after a connection that stood `connected_s` seconds."""
        if connected_s >= STABLE_AFTER:
            self._failures = 0
        self._failures += 1
        pause = LONGEST if permanent else BACKOFF.pause(self._failures)
        return BACKOFF.spread(pause, random.random())  # noqa: S311  jitter is no secret
