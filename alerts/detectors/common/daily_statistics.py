"""A table of days: what is kept of the past. One row a local day, one column a statistic."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from alerts.detectors.base import Floats, Ints

KEPT = 180  # days; more tells nothing new about now and costs time


class Days:
    """Rows in order of time, the oldest forgotten after `KEPT`."""

    def __init__(self, names: Sequence[str], end: Ints | None = None, table: Floats | None = None):
        self.names = tuple(names)
        self.end = np.zeros(0, dtype=np.int64) if end is None else end
        self.table = np.zeros((0, len(self.names))) if table is None else table

    def __len__(self) -> int:
        return len(self.end)

    def __getitem__(self, name: str) -> Floats:
        return self.table[:, self.names.index(name)]

    def add(self, end: int, row: Mapping[str, float]) -> None:
        """One day that ended at `end`."""
        line = np.array([[row[name] for name in self.names]])
        self.end = np.append(self.end, np.int64(end))[-KEPT:]
        self.table = np.concatenate([self.table, line])[-KEPT:]

    def since(self, at: int) -> "Days":
        """Only the days that ended after `at`."""
        first = int(np.searchsorted(self.end, at, side="right"))
        return Days(self.names, self.end[first:], self.table[first:])

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {"names": list(self.names), "end": self.end, "table": self.table}

    @classmethod
    def restored(cls, state: Mapping[str, object]) -> "Days":
        """The table as it was."""
        names = cast(list[str], state["names"])
        end = np.array(state["end"], dtype=np.int64)
        return cls(names, end, np.array(state["table"], dtype=float).reshape(len(end), len(names)))
