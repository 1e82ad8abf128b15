"""Between many sources and the one writer: commits what is waiting together.

While the store refuses (the disk is full) batches stay here, unacknowledged, and are tried again;
their sources wait: an agent's polls become gaps, a broker keeps its messages, a log file its lines.
What waits is bounded because each source waits for its own batch before it brings another.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from core.errors import StoreError
from core.readings import Batch, Event
from core.retry import Backoff, FailureStreak
from core.schema.storage import Retention
from core.time.clock import HOUR
from storage.series import SeriesWriter

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1000  # batches in a commit
MOST_REMEMBERED = 10_000  # faults
LOOK_EVERY_S = 5.0  # whether compaction or retention is due, when nothing comes in
COMPACT_EVERY_S = 900.0  # so that the journal's tail stays short on a quiet site
RETENTION_EVERY_S = 3600.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0

T = TypeVar("T")
# A batch, and what tells its source that it is stored.
Waiting = tuple[Batch, asyncio.Future[None]]


class _Repeats:
    """A broken sensor gives the same bad answer at each poll: one event an hour is enough."""

    def __init__(self) -> None:
        self._stored_at: dict[tuple[str, ...], int] = {}

    def without_repeats(self, events: list[Event]) -> list[Event]:
        """The events without bad answers that were stored within the hour before."""
        return [event for event in events if event.quality != "bad" or self._is_news(event)]

    def _is_news(self, event: Event) -> bool:
        key = (event.device, event.kind, event.component, event.text)
        last_at = self._stored_at.get(key)
        if last_at is not None and last_at <= event.at < last_at + HOUR:
            return False
        if len(self._stored_at) >= MOST_REMEMBERED:
            self._stored_at.clear()
        self._stored_at[key] = event.at
        return True


class StoreSink:
    """The collectors' door to the series store. `run` must be running for `append` to return."""

    def __init__(
        self,
        writer: SeriesWriter,
        keep: Retention,
        now: Callable[[], int],
        note: Callable[[str], None] = lambda _error: None,
    ) -> None:
        """`note` is called after each step, with the error that holds it up or none."""
        self._writer, self._note = writer, note
        self._keep = keep
        self._now = now
        self._waiting: deque[Waiting] = deque()
        self._work = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None  # the end of the time that batches may wait
        self._thread = ThreadPoolExecutor(1, "store")  # a connection is for one thread at a time
        self._compact_at = time.monotonic() + COMPACT_EVERY_S
        self._retention_at = 0.0
        self._repeats = _Repeats()

    async def append(self, batch: Batch) -> None:
        """Return when the batch is on the disk. A fault that repeats is stored once an hour."""
        if batch.events:
            batch = replace(batch, events=self._repeats.without_repeats(batch.events))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, done))
        if not batch.may_wait_s:
            self._work.set()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(batch.may_wait_s, self._work.set)
        await done

    def position(self, key: str) -> str | None:
        """What was last stored under `key`."""
        return self._thread.submit(self._writer.position, key).result()

    async def run(self) -> None:
        """Commit until cancelled. StoreError only if a person must act."""
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: on Python 3.11 it may swallow being cancelled, and we ran for ever.
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._work.wait()
            self._work.clear()
            is_idle = not self._waiting
            if is_idle:
                await self._in_thread(partial(self._note, ""))
            else:
                await self._commit(self._next_commit())
            is_due = is_idle or self._is_tidying_due()
            is_more = is_due and await self._retried(self._tidy)
            if is_more or (self._waiting and self._soon is None):
                self._work.set()  # go on, after what came in meanwhile

    async def close(self) -> None:
        """Commit what still waits and let go of the file."""
        while self._waiting:
            await self._commit(self._next_commit())
        await self._in_thread(self._writer.close)
        self._thread.shutdown()

    def _next_commit(self) -> list[Waiting]:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]

    async def _commit(self, waiting: list[Waiting]) -> None:
        batches = [batch for batch, _ in waiting]
        await self._retried(lambda: self._store(batches))
        for _, done in waiting:
            if not done.done():  # its source may have been cancelled meanwhile
                done.set_result(None)

    def _store(self, batches: list[Batch]) -> None:
        self._writer.append(batches)
        self._note("")

    async def _retried(self, work: Callable[[], T]) -> T:
        backoff, failures = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S), FailureStreak()
        while True:
            try:
                result = await self._in_thread(work)
            except StoreError as error:
                if error.permanent:
                    raise
                self._note(str(error))
                if failures.failed():
                    log.critical("the store refuses, collecting waits: %s", error)
                await asyncio.sleep(backoff.pause(failures.failures))
            else:
                if failures.recovered():
                    log.info("the store takes readings again")
                return result

    def _is_tidying_due(self) -> bool:
        """Cheap, and asked after each commit: the way to the other thread is not."""
        time_s = time.monotonic()
        is_due = time_s >= min(self._compact_at, self._retention_at)
        return is_due or self._writer.needs_compaction

    def _tidy(self) -> bool:
        """One short step of compaction or retention; True while there is more."""
        time_s = time.monotonic()
        everything = time_s >= self._compact_at
        if everything:
            self._compact_at = time_s + COMPACT_EVERY_S
        if self._writer.compact(everything=everything):
            return True
        if time_s < self._retention_at:
            return False
        is_more = self._writer.apply_retention(self._keep, self._now())
        if not is_more:
            self._retention_at = time_s + RETENTION_EVERY_S
        return is_more

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
