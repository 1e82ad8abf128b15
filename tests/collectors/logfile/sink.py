"""A store in memory that can be told to fail or to wait, as a full disk does."""

import asyncio
from collections.abc import Mapping

from core.errors import StoreError
from core.readings import Batch, Event, Reading


class MemorySink:
    """Keeps every batch; readings once, as the real store does."""

    def __init__(self, positions: Mapping[str, str] | None = None) -> None:
        self.readings: dict[tuple[str, str, str, int], Reading] = {}
        self.events: list[Event] = []
        self.positions = dict(positions or {})
        self.appends = 0
        self.is_blocked = False
        self.failures = 0  # so many of the next appends fail

    async def append(self, batch: Batch) -> None:
        """Keep the batch, unless told otherwise."""
        while self.is_blocked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")
        self.appends += 1
        for reading in batch.readings:
            key = (reading.device, reading.metric, reading.component, reading.at)
            self.readings.setdefault(key, reading)
        self.events += batch.events
        self.positions.update(batch.positions)

    def position(self, key: str) -> str | None:
        """The position last saved."""
        return self.positions.get(key)

    def values(self, metric: str) -> list[float]:
        """Every value of a metric in the order it came."""
        return [reading.value for reading in self.readings.values() if reading.metric == metric]
