"""Where a rule stands after one more reading. Pure: the same readings give the same alerts."""

from dataclasses import dataclass

from core.profile import AbsenceRule, LimitRule
from storage.records.models import AlertState


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands on one component: since `began_at` (UTC ms) something is wrong."""

    state: AlertState = "ok"
    began_at: int = 0


OK = Standing()


def judge_limit(rule: LimitRule, before: Standing, value: float, at: int) -> Standing:
    """Wrong for `hold` makes it fire; once firing only a value past `clear` ends it.

    The hold is counted in the readings' own time, so a late batch is judged as it happened. A
    value that is never repeated cannot hold: a source that speaks only on change wants no `for`.
    """
    if before.state == "firing":
        return OK if rule.is_clear(value) else before
    if not rule.is_beyond(value):
        return OK
    began_at = at if before.state == "ok" else before.began_at
    return Standing("firing" if at - began_at >= rule.hold else "pending", began_at)


def judge_absence(rule: AbsenceRule, heard_at: int, clock: int) -> Standing:
    """Silent for `hold` makes it fire, the next reading ends it.

    `clock` is the newest moment at which anything at all was heard of the site: while the collector
    itself is down, no device is accused.
    """
    return Standing("firing", heard_at) if clock - heard_at >= rule.hold else OK
