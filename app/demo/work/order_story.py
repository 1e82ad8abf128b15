"""One work order of the quarter, told from its opening to its end."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import Moment, WorkCalendar
from app.demo.work.people import Colleague
from app.demo.work.steps import Opening, Step, StepRow
from storage.records.transaction import Transaction


class OrderStory(NamedTuple):
    """One order: its name among the stories, how it was opened, and all that was done with it."""

    key: str
    device: str
    at: Moment
    by: Colleague
    opening: Opening
    steps: tuple[StepRow, ...]


def acts_of(stories: Iterable[OrderStory], calendar: WorkCalendar) -> Iterator[Act]:
    """Everything of these orders."""
    for story in stories:
        yield Act(calendar.at(story.at), story.by, partial(_open, story))
        yield from acts_on(story.key, story.steps, calendar)


def acts_on(key: str, steps: Iterable[StepRow], calendar: WorkCalendar) -> Iterator[Act]:
    """What is done with an order that is there already."""
    for at, who, step in steps:
        yield Act(calendar.at(at), who, partial(_go_on, key, step))


def _open(story: OrderStory, tx: Transaction, written: WrittenWork) -> None:
    written.orders[story.key] = story.opening(tx, story.device).id


def _go_on(key: str, step: Step, tx: Transaction, written: WrittenWork) -> None:
    step(tx, written.orders[key])
