"""What is remembered of the past: one row a local day, one column a statistic."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np

from alerts.detectors.base import Floats, Ints

ENOUGH = 30  # days that two models must both have made, to level the one by the other
MOST_DAYS = 180  # more tells nothing new about now and costs time


class StepAnswers(NamedTuple):
    """What is known of the steps of a level; UTC milliseconds."""

    explained: tuple[tuple[int, int], ...] = ()  # from when until when: work, a service, an answer
    broken_until: int = 0  # of those before somebody said that something broke: time heals none

    def explains(self, at: int) -> bool:
        """Is it known why the level stepped at `at`?"""
        return any(begin <= at < end for begin, end in self.explained)


class DailyStatistics:
    """Days in order of time, the oldest forgotten after `most` of them."""

    answers = StepAnswers()  # whoever runs a model knows them

    def __init__(
        self,
        names: Sequence[str],
        end: Ints | None = None,
        table: Floats | None = None,
        most: int = MOST_DAYS,
    ):
        self.names = self._columns = tuple(names)
        self.most = most
        self.end = np.zeros(0, dtype=np.int64) if end is None else end
        self.table = np.zeros((0, len(self.names))) if table is None else table

    def __len__(self) -> int:
        return len(self.end)

    def __getitem__(self, name: str) -> Floats:
        return self.table[:, self.names.index(name)]

    def add(self, end: int, statistics: Mapping[str, float]) -> None:
        """One day that ended at `end`."""
        if self.names != self._columns:
            self._widen()
        row = np.array([[statistics[name] for name in self.names]])
        self.end = np.append(self.end, np.int64(end))[-self.most :]
        self.table = np.concatenate([self.table, row])[-self.most :]

    def continues(self, before: "DailyStatistics", names: Sequence[str]) -> None:
        """Put the days `before` the first of these in front of them, with the statistics `names` only.

        Another model made them, so each is levelled by how it differs on the days that both have.
        """
        _, own, others = np.intersect1d(self.end, before.end, return_indices=True)
        older = before.end < (self.end[0] if len(self.end) else 0)
        if self.names != before.names or len(own) < ENOUGH or not older.any():
            return
        table = np.full((int(older.sum()), len(self.names)), np.nan)
        for column in (self.names.index(name) for name in names):
            apart = self.table[own, column] - before.table[others, column]
            known = apart[np.isfinite(apart)]
            level = float(np.median(known)) if len(known) else 0.0
            table[:, column] = before.table[older, column] + level
        self.end = np.concatenate([before.end[older], self.end])[-self.most :]
        self.table = np.concatenate([table, self.table])[-self.most :]

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {"names": list(self.names), "end": self.end, "table": self.table}

    def _widen(self) -> None:
        """Take up the columns that an older version did not keep; what they were is unknown."""
        table = np.full((len(self.end), len(self._columns)), np.nan)
        for number, name in enumerate(self._columns):
            if name in self.names:
                table[:, number] = self[name]
        self.names, self.table = self._columns, table

    @classmethod
    def restored(
        cls, state: Mapping[str, object], columns: Sequence[str], most: int = MOST_DAYS
    ) -> "DailyStatistics":
        """The table as it was; with the next day it has these columns."""
        names = cast(list[str], state["names"])
        end = np.array(state["end"], dtype=np.int64)
        table = np.array(state["table"], dtype=float).reshape(len(end), len(names))
        days = cls(names, end, table, most)
        days._columns = tuple(columns)
        return days
