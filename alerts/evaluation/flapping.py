"""Damps an alert that comes and goes: it is over only when it has been right for a while."""

from sqlalchemy.orm import Session

from core.time.clock import HOUR, MINUTE
from storage.records import Alert
from storage.records import alerts as alert_rows

# So many times within the span is flapping, and it must then be quiet for so long.
# Scanward's defaults, no source.
TIMES = 3
WITHIN = HOUR
QUIET = 30 * MINUTE


def quiet_time(db: Session, alert: Alert, at: int) -> int:
    """How long the alert must be right at `at` (UTC ms) before it is over, in milliseconds.

    0 for one that does not flap. Counted are its own beginnings and those of the alerts of the same
    rule on the same component before it.
    """
    times = alert_rows.times_fired(db, alert, at - WITHIN)
    return QUIET if times >= TIMES else 0
