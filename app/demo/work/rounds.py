"""Numbers that were read on rounds, beside those of checklists; the last is out of its limits.

And a maintenance window that is still to come.
"""

from collections.abc import Iterator
from functools import partial

from alerts.evaluation.window_changes import open_maintenance
from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import Moment, WorkCalendar
from app.demo.work.people import ENGINEER, IT, TECHNICIAN
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records.transaction import Transaction

LASERS_SET = (56, "11:20"), 0.7  # mm, by who set them: orders.py
# Distances in the phantom of US-1: when, and how far they were off, in percent.
DISTANCES: tuple[tuple[Moment, float], ...] = (
    ((61, "08:40"), 0.4),
    ((49, "08:40"), 0.5),
    ((37, "08:40"), 0.3),
    ((25, "08:40"), 0.7),
    ((13, "08:40"), 0.9),
)
OUT_OF_LIMITS = 2.1  # the plan accepts 1.5 %
ENTERED_BEFORE = 50 * MINUTE


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Every round, and what is announced."""
    for moment, percent in (*DISTANCES, (calendar.end - ENTERED_BEFORE, OUT_OF_LIMITS)):
        value = EnteredValue("qa_distance_error_pct", percent, sure=True)
        yield Act(calendar.at(moment), TECHNICIAN, partial(_enter, "us-1", value))
    at, offset = LASERS_SET
    value = EnteredValue("qa_laser_offset_mm", offset)
    yield Act(calendar.at(at), ENGINEER, partial(_enter, "ct-1", value))
    starts_at = calendar.at((0, "00:00")) + 2 * DAY + 20 * HOUR
    yield Act(calendar.at((1, "16:00")), IT, partial(_announce, starts_at))


def _enter(device: str, value: EnteredValue, tx: Transaction, written: WrittenWork) -> None:
    enter_readings(tx, device, [value], tx.now)


def _announce(starts_at: int, tx: Transaction, written: WrittenWork) -> None:
    open_maintenance(tx, "pacs", starts_at, starts_at + 2 * HOUR, "Patches of the PACS")
