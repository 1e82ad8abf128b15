"""Ships the journal to InfluxDB: read a page, write it, move the cursor. At least once, for ever.

Nothing waits here in memory but one page; the backlog is the journal itself. A page whose fate is
unknown (time-out, kill -9) is written again, which InfluxDB answers with the same readings.
"""

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

from core.readings import Event, Reading
from core.retry import Backoff, FailureStreak
from core.time.clock import HOUR, MINUTE, SECOND
from storage.influx.client import Precision
from storage.influx.errors import InfluxError, MisconfiguredError, RejectedError, RetryError
from storage.influx.line import Lines
from storage.influx.state import Aside, ForwardState
from storage.series import SeriesReader

FIRST_PAUSE = 1 * SECOND
LONGEST_PAUSE = 5 * MINUTE
LONGEST_RETRY_AFTER = 1 * HOUR  # however long the server asks for
MOST_ASIDE = 100_000  # lines; past that something is wrong that no line is guilty of

# more: a page was sent, go on. idle: all is sent. waiting: a pause after a failure.
Outcome = Literal["more", "idle", "waiting"]


class Writer(Protocol):
    """What the forwarder asks of a client."""

    def write(self, lines: Sequence[bytes], precision: Precision = "ms") -> None:
        """Return when every line is stored, else raise an InfluxError."""


class _Written(NamedTuple):
    refused: list[Aside]
    too_old: int


class Forwarder:
    """Keeps one InfluxDB up to date with one series store."""

    def __init__(
        self,
        series: SeriesReader,
        client: Writer,
        state: ForwardState,
        site: str,
        batch: int = 5_000,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._series = series
        self._client = client
        self._state = state
        self._lines = Lines(site)
        self._batch = batch
        self._chance = chance
        self._backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE, jitter=(0.5, 1.0))
        self._failures = FailureStreak()
        self._due = 0
        self.aside = state.status().aside  # lines that the server would not take
        self._speed = _Speed()
        self.error: InfluxError | None = None  # why it is waiting

    @property
    def due(self) -> int:
        """When the next try is, after a failure."""
        return self._due

    def step(self, now: int) -> Outcome:
        """Send one page, unless it is a pause. Raises only what the local store raises."""
        # A clock that was set back must not make a long pause of it.
        if now < self._due <= now + LONGEST_RETRY_AFTER:
            return "waiting"
        page = self._series.since(self._state.cursor, self._batch)
        if page.cursor == self._state.cursor:
            return self._at_the_end(now)
        try:
            written = self._send(page.readings, page.events)
            self._make_room(written.refused)
        except InfluxError as error:
            self._failed(error, now)
            return "waiting"
        many = len(page.readings) + len(page.events) - len(written.refused) - written.too_old
        rate = self._speed.after(many, now)
        self._state.moved(page.cursor, now, many, written.too_old, rate, written.refused)
        if written.refused:
            self.aside = self._state.status().aside  # a page may come twice, a line is kept once
        self._failures.recovered()
        self.error, self._due = None, 0
        return "more"

    def again(self) -> tuple[int, int]:
        """Try once more what was set aside: how many lines were taken, and how many were not."""
        last = taken = left = 0
        while rows := self._state.aside(last, self._batch):
            last = rows[-1][0]
            still = set[tuple[bytes, str]]()
            for precision in ("ms", "ns"):
                lines = [one.line for _, one in rows if one.precision == precision]
                refused = self._write(lines, precision).refused if lines else []
                still |= {(one.line, one.precision) for one in refused}
            done = [number for number, one in rows if (one.line, one.precision) not in still]
            self._state.taken_back(done)
            taken += len(done)
            left += len(rows) - len(done)
        self.aside = left
        return taken, left

    def _at_the_end(self, now: int) -> Outcome:
        """All is sent; or the store was replaced by an older copy that is yet to be told."""
        if self._series.newest_cursor() >= self._state.cursor:
            return "idle"
        self._state.moved(0, now, 0, 0, 0, [])
        return "more"

    def _send(self, readings: Sequence[Reading], events: Sequence[Event]) -> _Written:
        refused, too_old = list[Aside](), 0
        pairs: tuple[tuple[list[bytes], Precision], ...] = (
            (self._lines.readings(readings), "ms"),
            (self._lines.events(events), "ns"),
        )
        for lines, precision in pairs:
            for n in range(0, len(lines), self._batch):
                written = self._write(lines[n : n + self._batch], precision)
                refused += written.refused
                too_old += written.too_old
        return _Written(refused, too_old)

    def _write(self, lines: Sequence[bytes], precision: Precision) -> _Written:
        """Halves what is refused until the wrong lines stand alone; the rest is written."""
        try:
            self._client.write(lines, precision)
        except RejectedError as error:
            if error.too_old:  # the others of this batch have been stored
                return _Written([], error.too_old)
            if len(lines) == 1:
                return _Written([Aside(lines[0], precision, str(error))], 0)
            half = len(lines) // 2
            left = self._write(lines[:half], precision)
            right = self._write(lines[half:], precision)
            return _Written(left.refused + right.refused, left.too_old + right.too_old)
        return _Written([], 0)

    def _make_room(self, refused: Sequence[Aside]) -> None:
        if refused and self.aside + len(refused) > MOST_ASIDE:
            raise MisconfiguredError(
                f"{MOST_ASIDE} lines are set aside and the server refuses more"
                f" ({refused[-1].reason}): mend that, then `scanward forward --again`"
            )

    def _failed(self, error: InfluxError, now: int) -> None:
        self.error = error
        self._failures.failed()
        pause = self._backoff.pause(self._failures.failures)
        if error.permanent:
            pause = LONGEST_PAUSE
        pause = self._backoff.spread(pause, self._chance())
        if isinstance(error, RetryError) and error.after is not None:
            pause = max(pause, min(error.after * SECOND, LONGEST_RETRY_AFTER))
        self._due = now + int(pause)
        self._state.failed(str(error), now)


class _Speed:
    """Lines a second over the last minute."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, int]] = deque()

    def after(self, many: int, now: int) -> float:
        self._recent.append((now, many))
        while not now - MINUTE <= self._recent[0][0] <= now:
            self._recent.popleft()
        span = max(now - self._recent[0][0], SECOND)
        return sum(lines for _, lines in self._recent) * SECOND / span
