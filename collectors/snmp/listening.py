"""A clock that counts only time in which we could have heard an agent.

A loop that is held up hears nobody: its time-outs would accuse agents that have answered long ago.
"""

TICK_S = 0.025  # the socket is read at least so often while somebody is waited for


class ListeningClock:
    """Seconds, of the loop's clock, that passed while we listened, and those by which we were late."""

    def __init__(self, now: float) -> None:
        self.late_s = 0.0
        self._listened_s = 0.0
        self._read_at = now

    def has_read(self, now: float) -> None:
        """The socket was read: what passed beyond a tick since the last time was our own delay."""
        passed = now - self._read_at
        self._listened_s += min(passed, TICK_S)
        self.late_s += max(0.0, passed - TICK_S)
        self._read_at = now

    def begin(self, now: float) -> None:
        """Nobody was waited for: what has passed counts for nothing."""
        self._read_at = now

    def listened_s(self, now: float) -> float:
        """Seconds of listening until now; only their differences mean anything."""
        return self._listened_s + min(now - self._read_at, TICK_S)
