"""What is done in the quarter: by whom, when, and with what; and the numbers that it leads to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from app.demo.work.people import Colleague
from storage.records.transaction import Transaction, as_at


@dataclass(slots=True)
class WrittenWork:
    """The numbers of what was written, by the names that the stories have for it."""

    orders: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, int] = field(default_factory=dict)


class Act(NamedTuple):
    """One thing that somebody does, at a moment in UTC milliseconds."""

    at: int
    who: Colleague
    do: Callable[[Transaction, WrittenWork], object]


def perform(tx: Transaction, acts: Iterable[Act], written: WrittenWork) -> None:
    """Each in its author's name, at its time, with their rights only, the first one first."""
    for act in sorted(acts, key=attrgetter("at")):
        act.do(as_at(tx, act.who.full_name, act.at, act.who.rights), written)
    tx.db.flush()
