"""How much there is."""

from contextlib import closing
from pathlib import Path

from storage.series.schema import open_for_reading, translated


def readings_in_closed_days(path: Path) -> int:
    """How many readings the days hold that are compacted; those of the running day are not counted."""
    with translated(path), closing(open_for_reading(path)) as db:
        return int(db.execute("select coalesce(sum(count), 0) from days").fetchone()[0])
