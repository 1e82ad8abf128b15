"""Not a test: the process that test_kill.py kills. Appends through the real sink for ever.

Each source writes the number of a reading to standard output after its `append` has returned, so
that whatever was printed must be in the store.
"""

import asyncio
import sys
from pathlib import Path

from app.clock import now
from app.services.store_sink import StoreSink
from core.readings import Batch, Reading
from core.schema.storage import Retention
from storage.series import SeriesWriter


async def source(sink: StoreSink, device: str, first: int) -> None:
    """One device: numbered readings, two to a batch, the position saved with them."""
    for number in range(first, first + 1_000_000, 2):
        batch = [Reading(device, "number_count", float(n), n) for n in (number, number + 1)]
        await sink.append(Batch(batch, positions={device: str(number + 2)}))
        sys.stdout.write(f"{device} {number}\n{device} {number + 1}\n")
        sys.stdout.flush()


async def main(path: Path) -> None:
    """Four devices side by side, each going on where the store says it was."""
    keep = Retention(raw=None, minutes=None)  # the numbers stand for times long past
    sink = StoreSink(SeriesWriter(path), keep, now)
    storing = asyncio.create_task(sink.run())
    devices = [f"ct-{n}" for n in range(4)]
    await asyncio.gather(storing, *(source(sink, d, int(sink.position(d) or 0)) for d in devices))


def run(path: Path) -> None:
    """Until it is killed."""
    asyncio.run(main(path))
