"""What was done the last time the same thing was wrong with the same device, from the work orders."""

import re
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.notification.language import clipped
from core.text.plain import readable
from storage.records import Alert
from storage.records.work_orders import last_done_order

LONGEST_RESULT = 160  # signs

# A number of five digits or more, in whatever script and grouped as numbers of patients and telephones
# are, means nobody's measurement here: no free text carries it out of the site.
_IDENTIFIER = re.compile(r"\d(?:[-–/.,:_ ()]{0,2}\d){4,}")


class LastRepair(NamedTuple):
    """When the work was done, UTC ms, and the first line of its result."""

    at: int
    result: str


def last_repair(db: Session, alert: Alert, now: int) -> LastRepair | None:
    """Of the newest order that somebody has done for this rule on this device; None if there is none."""
    order = last_done_order(db, alert.device, alert.rule, now)
    if order is None or order.done_at is None:
        return None
    result = first_line(order.result)
    return LastRepair(order.done_at, result) if result else None


def first_line(text: str) -> str:
    """The first line that has words, without what may be the number of a person."""
    lines = (line.strip() for line in readable(text).splitlines())
    first = next((line for line in lines if line), "")
    return clipped(_IDENTIFIER.sub("…", first), LONGEST_RESULT)
