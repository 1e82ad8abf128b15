"""Raw readings as arrays, for who computes with many of them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from storage.series import journal
from storage.series.block import empty, split
from storage.series.schema import open_for_reading, translated
from storage.series.series_window import SeriesWindow


class RawColumns(NamedTuple):
    """Readings of one series, oldest first."""

    at: npt.NDArray[np.int64]  # UTC ms
    value: npt.NDArray[np.float64]


def raw_columns(
    path: Path, device: str, metric: str, start: int, end: int
) -> dict[str, RawColumns]:
    """The raw readings of each component of a metric in [start, end), as corrected."""
    columns: dict[str, RawColumns] = {}
    with translated(path):
        db = open_for_reading(path)
        try:
            db.execute("begin")  # one view for the whole question
            tails = split(journal.tail(db, "sealed"))
            rows = db.execute(
                "select id, component from series where device = ? and metric = ?", (device, metric)
            ).fetchall()
            for number, component in rows:
                raw = SeriesWindow(db, number, start, end, tails.get(number, empty())).raw()
                raw = raw[(raw["at"] >= start) & (raw["at"] < end)]
                columns[component] = RawColumns(raw["at"].copy(), raw["value"].copy())
        finally:
            db.close()
    return columns
