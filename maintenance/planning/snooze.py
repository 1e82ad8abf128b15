"""A line of the list of the day is put off: until a time, for a reason. It comes back by itself, or when it gets worse."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.errors import RefusedError
from core.text.plain import single_line
from core.time.clock import DAY
from core.vocabulary.severity import Severity
from maintenance.planning.day_order import SEVERITIES
from storage.records import Snooze
from storage.records import snoozes as snooze_rows
from storage.records.transaction import Transaction, needs

# Scanward's defaults, no source.
LONGEST = 7 * DAY
LONGEST_REASON = 500  # characters; it stands in lists
WORSE = 2.0  # so many times as far beyond its limit is worse


class DayStanding(NamedTuple):
    """How a thing of the list stands: an alert, a downtime, an order or a scheduled task."""

    subject: str  # `alert:12`, `downtime:3`, `order:5`, `task:9`
    severity: Severity
    beyond: float = 0.0  # its limit, in its own unit


@needs("snooze work")
def snooze(tx: Transaction, standings: Sequence[DayStanding], until: int, reason: str) -> None:
    """Put off what stands so, until then (UTC ms). What is joined to it later is not put off."""
    why = single_line(reason)
    if not why:
        raise RefusedError("say why")
    if len(why) > LONGEST_REASON:
        raise RefusedError("more than {count} characters", count=LONGEST_REASON)
    if until <= tx.now:
        raise RefusedError("it is put off until a time to come")
    if until - tx.now > LONGEST:
        raise RefusedError("it is put off for {days} days at most", days=LONGEST // DAY)
    wake(tx, [standing.subject for standing in standings])
    for subject, severity, beyond in standings:
        tx.db.add(Snooze(subject, tx.now, until, why, tx.by, severity, beyond))


@needs("snooze work")
def wake(tx: Transaction, subjects: Sequence[str]) -> None:
    """It stands on the list again."""
    snoozes = snooze_rows.open_snoozes(tx.db, tx.now)
    for subject in subjects:
        if subject in snoozes:
            snoozes[subject].until = tx.now


def snoozed(standings: Sequence[DayStanding], snoozes: Mapping[str, Snooze]) -> Snooze | None:
    """The snooze of a line that ends first; None if the line, or anything of it, is not put off.

    An alert or a downtime that came later was never put off, so the line is there again; so it is when
    something of it is graver than it was, or farther beyond its limit. Pure.
    """
    snoozes_of_line = []
    for standing in standings:
        snooze_of_part = snoozes.get(standing.subject)
        if snooze_of_part is None or _is_worse(standing, snooze_of_part):
            return None
        snoozes_of_line.append(snooze_of_part)
    return min(snoozes_of_line, key=lambda row: row.until, default=None)


def beyond_limit(value: float | None, limit: float | None) -> float:
    """How far a value is beyond its limit; at least a hundredth of that, so that a flutter is no news. Pure."""
    if value is None or limit is None:
        return 0.0
    return max(abs(value - limit), abs(limit) / 100)


def _is_worse(standing: DayStanding, before: Snooze) -> bool:
    is_graver = SEVERITIES.index(standing.severity) < SEVERITIES.index(before.severity)
    return is_graver or standing.beyond > WORSE * before.beyond
