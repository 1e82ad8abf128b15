"""SKAB's files as frames: `;` between the columns, `datetime` first, `anomaly` and `changepoint` are marks."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alerts.detectors.base import Floats, Frame
from core.time.clock import to_ms

MARKS = ("anomaly", "changepoint")
TRAINING = 400  # rows: the set's own protocol


class Marked(NamedTuple):
    """One recording and what its makers say of each row."""

    name: str
    frame: Frame
    is_faulty: np.ndarray  # (n,) bool

    @property
    def history(self) -> Frame:
        """What may be learned from; its marks are not looked at."""
        return part(self.frame, slice(None, TRAINING))

    @property
    def rest(self) -> Frame:
        """What is judged."""
        return part(self.frame, slice(TRAINING, None))

    @property
    def truth(self) -> np.ndarray:
        """The marks of what is judged."""
        return self.is_faulty[TRAINING:]


def part(frame: Frame, rows: slice) -> Frame:
    """Some of its rows."""
    return frame.rows(rows)


def read(path: Path) -> Marked:
    """One file. KeyError or ValueError: it is not one of SKAB's."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    at = np.array(
        [to_ms(datetime.fromisoformat(row["datetime"]).replace(tzinfo=UTC)) for row in rows]
    )
    names = [name for name in rows[0] if name not in ("datetime", *MARKS)]
    columns: dict[str, Floats] = {
        n: np.array([float(row[n] or "nan") for row in rows]) for n in names
    }
    faulty = np.array([float(row.get("anomaly") or 0) > 0 for row in rows])
    return Marked(f"{path.parent.name}/{path.stem}", Frame(at, columns), faulty)


def read_all(folder: Path) -> list[Marked]:
    """Every recording with faults below `folder`, in a fixed order."""
    paths = [path for path in sorted(folder.rglob("*.csv")) if path.parent.name != "anomaly-free"]
    return [read(path) for path in paths]
