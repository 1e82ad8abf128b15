"""Makes what several peers sent durable together: one commit of the ledger for all that wait.

A peer is answered when its own is safe in the ledger and in the series store. If either refuses, it is
told so and sends again; what is recorded twice counts once.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collectors.base import Sink
from core.errors import StoreError
from core.readings import Batch, Event, Reading
from storage.examinations.entries import Entry
from storage.examinations.ledger import Ledger

STORED_WITHIN_S = 20.0  # a peer waits 30 s or longer for an answer
_MOST = 200  # of what waits, in one commit


@dataclass(frozen=True)
class Extract:
    """What follows from an object."""

    entries: Sequence[Entry] = ()
    readings: Sequence[Reading] = ()
    events: Sequence[Event] = ()
    positions: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Waiting:
    extract: Extract
    done: "asyncio.Future[None]"


class GroupCommit:
    """`run` must be running for `store` to return."""

    def __init__(self, ledger: Ledger, sink: Sink) -> None:
        self._ledger = ledger
        self._sink = sink
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._storing: asyncio.Task[None] | None = None  # an append that has not come back

    async def store(self, extract: Extract) -> None:
        """Return when it is durable; StoreError if the disk refuses."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Waiting(extract, done))
        await done

    async def run(self) -> None:
        """Commit until cancelled."""
        while True:
            group = [await self._waiting.get()]
            while not self._waiting.empty() and len(group) < _MOST:
                group.append(self._waiting.get_nowait())
            try:
                await self._commit([waiting.extract for waiting in group])
            except StoreError as error:
                for waiting in group:
                    if not waiting.done.done():
                        waiting.done.set_exception(error)
            else:
                for waiting in group:
                    if not waiting.done.done():  # its peer may have gone meanwhile
                        waiting.done.set_result(None)

    async def _commit(self, extracts: Sequence[Extract]) -> None:
        entries = [entry for extract in extracts for entry in extract.entries]
        if entries:
            await asyncio.to_thread(self._ledger.record, entries)
        batch = Batch(
            [reading for extract in extracts for reading in extract.readings],
            [event for extract in extracts for event in extract.events],
            {key: value for extract in extracts for key, value in extract.positions.items()},
        )
        if batch:
            await self._append(batch)

    async def _append(self, batch: Batch) -> None:
        """As long as a peer can wait: the sink itself waits for a full disk without end."""
        if self._storing is not None and not self._storing.done():
            raise StoreError("the series store does not take anything")
        self._storing = asyncio.create_task(self._append_all(batch))
        await asyncio.wait([self._storing], timeout=STORED_WITHIN_S)
        if not self._storing.done():
            raise StoreError("the series store does not take anything")
        self._storing.result()

    async def _append_all(self, batch: Batch) -> None:
        await self._sink.append(batch)
