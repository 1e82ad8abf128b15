"""How long to wait before the broker is tried again."""

import random

SHORTEST = 1.0  # seconds
LONGEST = 120.0
STABLE_AFTER = 30.0  # a connection that stood this long starts the count anew


class Backoff:
    """Doubles from one second to two minutes, with jitter so that clients do not come in step."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, *, connected_s: float, permanent: bool) -> float:
        """Seconds to wait after a connection that stood `connected_s` seconds."""
        if connected_s >= STABLE_AFTER:
            self._failures = 0
        self._failures = min(self._failures + 1, 10)
        longest = LONGEST if permanent else min(LONGEST, SHORTEST * 2 ** (self._failures - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  jitter is no secret
