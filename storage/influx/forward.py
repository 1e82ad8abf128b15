"""Ships the journal to InfluxDB: read a page, write it, move the cursor. At least once, for ever.

Nothing waits here in memory but one page; the backlog is the journal itself. A page whose fate is
unknown (time-out, kill -9) is written again, which changes nothing in InfluxDB.
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
from storage.influx.state import ForwardState, RefusedLine
from storage.line_protocol import LineEncoder
from storage.series import SeriesReader

FIRST_PAUSE = 1 * SECOND
LONGEST_PAUSE = 5 * MINUTE
LONGEST_RETRY_AFTER = 1 * HOUR  # however long the server asks for
MOST_REFUSED = 100_000  # lines; with more the fault is not in a line

# more: a page was sent, go on. idle: all is sent. waiting: a pause after a failure.
Outcome = Literal["more", "idle", "waiting"]


class Writer(Protocol):
    """What the forwarder needs of a client."""

    def write(self, lines: Sequence[bytes], precision: Precision = "ms") -> None:
        """Return when every line is stored, else raise an InfluxError."""


class _WriteResult(NamedTuple):
    refused: list[RefusedLine]
    too_old: int  # lines


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
        self._encoder = LineEncoder(site)
        self._batch = batch
        self._chance = chance
        self._backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE, jitter=(0.5, 1.0))
        self._failures = FailureStreak()
        self._due = 0
        self.refused = state.status().refused  # lines that are set aside
        self._throughput = _Throughput()
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
            self._check_room(written.refused)
        except InfluxError as error:
            self._failed(error, now)
            return "waiting"
        sent = len(page.readings) + len(page.events) - len(written.refused) - written.too_old
        rate = self._throughput.after(sent, now)
        self._state.advance(page.cursor, now, sent, written.too_old, rate, written.refused)
        if written.refused:
            self.refused = self._state.status().refused  # a page may come twice, a line counts once
        self._failures.recovered()
        self.error, self._due = None, 0
        return "more"

    def resend_refused(self) -> tuple[int, int]:
        """Send once more what was set aside: how many lines were stored, how many refused again."""
        last = stored = refused = 0
        while rows := self._state.refused_lines(last, self._batch):
            last = rows[-1][0]
            refused_again = set[tuple[bytes, str]]()
            for precision in ("ms", "ns"):
                lines = [row.line for _, row in rows if row.precision == precision]
                result = self._write(lines, precision).refused if lines else []
                refused_again |= {(row.line, row.precision) for row in result}
            accepted = [
                number for number, row in rows if (row.line, row.precision) not in refused_again
            ]
            self._state.remove_refused(accepted)
            stored += len(accepted)
            refused += len(rows) - len(accepted)
        self.refused = refused
        return stored, refused

    def _at_the_end(self, now: int) -> Outcome:
        """All is sent; or the store was replaced by an older copy, which is sent from its beginning."""
        if self._series.newest_cursor() >= self._state.cursor:
            return "idle"
        self._state.advance(0, now, 0, 0, 0, [])
        return "more"

    def _send(self, readings: Sequence[Reading], events: Sequence[Event]) -> _WriteResult:
        refused, too_old = list[RefusedLine](), 0
        pairs: tuple[tuple[list[bytes], Precision], ...] = (
            (self._encoder.readings(readings), "ms"),
            (self._encoder.events(events), "ns"),
        )
        for lines, precision in pairs:
            for n in range(0, len(lines), self._batch):
                written = self._write(lines[n : n + self._batch], precision)
                refused += written.refused
                too_old += written.too_old
        return _WriteResult(refused, too_old)

    def _write(self, lines: Sequence[bytes], precision: Precision) -> _WriteResult:
        """Halves what is refused until the wrong lines stand alone; the rest is written."""
        try:
            self._client.write(lines, precision)
        except RejectedError as error:
            if error.too_old:  # the others of this batch have been stored
                return _WriteResult([], error.too_old)
            if len(lines) == 1:
                return _WriteResult([RefusedLine(lines[0], precision, str(error))], 0)
            half = len(lines) // 2
            left = self._write(lines[:half], precision)
            right = self._write(lines[half:], precision)
            return _WriteResult(left.refused + right.refused, left.too_old + right.too_old)
        return _WriteResult([], 0)

    def _check_room(self, refused: Sequence[RefusedLine]) -> None:
        if refused and self.refused + len(refused) > MOST_REFUSED:
            raise MisconfiguredError(
                f"{MOST_REFUSED} lines are set aside and the server refuses more"
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
        self._state.note_failure(str(error), now)


class _Throughput:
    """Lines a second over the last minute."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, int]] = deque()

    def after(self, sent: int, now: int) -> float:
        """Count lines that were just sent; the throughput with them."""
        self._recent.append((now, sent))
        while not now - MINUTE <= self._recent[0][0] <= now:
            self._recent.popleft()
        duration = max(now - self._recent[0][0], SECOND)
        return sum(lines for _, lines in self._recent) * SECOND / duration
