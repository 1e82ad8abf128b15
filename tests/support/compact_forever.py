"""Appends, seals and forgets until it is killed; says a number once it is stored.

Each number is a reading of ten series, half an hour after the one before it.
"""

from pathlib import Path

from core.readings import Batch, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, MINUTE
from storage.series import SeriesWriter, compaction

T0 = 20_000 * DAY
EVERY = 30 * MINUTE
SERIES = 10
KEEP = Retention.model_validate({"raw": "1d", "minutes": "2d", "hours": "3d", "journal": "999d"})


def batch(number: int) -> Batch:
    """The readings of one number, and how far we are."""
    at = T0 + number * EVERY
    readings = [Reading("mri-2", f"metric_{n}", float(number), at) for n in range(SERIES)]
    return Batch(readings, positions={"number": str(number)})


def run(path: Path) -> None:
    """Go on where the store says we were."""
    compaction.STEP_S = 0.0  # every series a step of its own: more moments to be killed at
    writer = SeriesWriter(path)
    number = int(writer.position("number") or 0)
    while True:
        number += 1
        writer.append([batch(number)])
        print(number, flush=True)  # noqa: T201  # the receipt that the test reads
        writer.seal(everything=number % 7 == 0)
        writer.forget(KEEP, T0 + number * EVERY)
