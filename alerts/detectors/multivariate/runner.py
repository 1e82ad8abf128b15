"""The watch of a detector that judges every row by itself and the few before it (`multivariate`)."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

import numpy as np

from alerts.detectors.base import Frame, Model, Verdict
from alerts.detectors.common.resample import empty, joined

LEAD = 1000  # rows that a model is shown before the new ones


class RowModel(Model, Protocol):
    """A fitted detector that judges row by row; rows that it has judged already it passes over."""

    bias: float  # from the engineer's answers

    def state(self) -> dict[str, object]:
        """Plain values and arrays from which its kind's `restored` makes it anew."""
        ...


class Rows:
    """Keeps the last rows and hands them to the model together with the new ones."""

    def __init__(self, names: Sequence[str]) -> None:
        self.kept = empty(names)
        self.model: RowModel | None = None

    def feed(self, rows: Frame) -> list[Verdict]:
        """A verdict for each row."""
        known = {
            name: rows.columns.get(name, np.full(len(rows.at), np.nan))
            for name in self.kept.columns
        }
        window = joined(self.kept, Frame(rows.at, known))
        self.kept = Frame(window.at[-LEAD:], {n: c[-LEAD:] for n, c in window.columns.items()})
        if self.model is None:
            return [Verdict(at, "learning", 0.0, False) for at in rows.at.tolist()]
        first = int(rows.at[0]) if len(rows.at) else 0
        return [one for one in self.model.score(window) if one.at >= first]

    def state(self) -> dict[str, object]:
        """The rows, and the model with where it stands."""
        model = None if self.model is None else self.model.state()
        return {"at": self.kept.at, "columns": dict(self.kept.columns), "model": model}

    def restore(self, state: Mapping[str, object]) -> None:
        """The rows as they were."""
        columns = cast(dict[str, list[float]], state["columns"])
        at = np.array(state["at"], dtype=np.int64)
        self.kept = Frame(at, {name: np.array(col, dtype=float) for name, col in columns.items()})
