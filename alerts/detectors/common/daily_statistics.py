"""What is remembered of the past: one row a local day, one column a statistic."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from alerts.detectors.base import Floats, Ints

MOST_DAYS = 180  # more tells nothing new about now and costs time


class DailyStatistics:
    """Days in order of time, the oldest forgotten after `MOST_DAYS`."""

    def __init__(self, names: Sequence[str], end: Ints | None = None, table: Floats | None = None):
        self.names = tuple(names)
        self.end = np.zeros(0, dtype=np.int64) if end is None else end
        self.table = np.zeros((0, len(self.names))) if table is None else table

    def __len__(self) -> int:
        return len(self.end)

    def __getitem__(self, name: str) -> Floats:
        return self.table[:, self.names.index(name)]

    def add(self, end: int, statistics: Mapping[str, float]) -> None:
        """One day that ended at `end`."""
        row = np.array([[statistics[name] for name in self.names]])
        self.end = np.append(self.end, np.int64(end))[-MOST_DAYS:]
        self.table = np.concatenate([self.table, row])[-MOST_DAYS:]

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {"names": list(self.names), "end": self.end, "table": self.table}

    @classmethod
    def restored(cls, state: Mapping[str, object]) -> "DailyStatistics":
        """The table as it was."""
        names = cast(list[str], state["names"])
        end = np.array(state["end"], dtype=np.int64)
        return cls(names, end, np.array(state["table"], dtype=float).reshape(len(end), len(names)))
