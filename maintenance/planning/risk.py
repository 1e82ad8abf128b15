"""How much maintenance a device needs: the Fennigkoh-Smith score. Pure.

WHO, Introduction to medical equipment inventory management, Appendix A; the scales are those that
implementers publish, the WHO text itself was not at hand.
"""

from collections.abc import Sequence
from typing import Literal

from core.schema.plan import Risk
from core.time.clock import DAY

MONTH = 30 * DAY
IN_PROGRAMME = 12  # and above
RiskClass = Literal["high", "medium", "low", "outside"]


def score(risk: Risk, failures: Sequence[int], known_since: int, now: int) -> int:
    """Function + risk + required maintenance + incident history."""
    history = incidents(failures, known_since, now)
    return risk.function + risk.risk + risk.maintenance + history


def incidents(failures: Sequence[int], known_since: int, now: int) -> int:
    """By how long ago the device last failed (UTC ms, rising); it is known since `known_since`.

    +2: more than one in 6 months; +1: one in 6 to 9; 0: 9 to 12; -1: 12 to 18; -2: rarer. A device
    that has not failed, and is not known for 18 months, gets 0: nobody can say that it fails rarely.
    """
    past = [at for at in failures if at <= now]
    if sum(at > now - 6 * MONTH for at in past) > 1:
        return 2
    if not past:
        return -2 if now - known_since >= 18 * MONTH else 0
    for months, points in ((9, 1), (12, 0), (18, -1)):
        if now - past[-1] < months * MONTH:
            return points
    return -2


def risk_class(score: int) -> RiskClass:
    """In which class compliance counts it: one implementer's steps, below."""
    if score >= 18:
        return "high"
    if score >= 15:
        return "medium"
    return "low" if score >= IN_PROGRAMME else "outside"


def proposed_interval(score: int) -> int | None:
    """Milliseconds between preventive maintenance; None: the device need not be in the programme.

    One implementer's: 18 and above quarterly, 15 to 17 twice a year, 12 to 14 yearly. The maker's
    interval wins where it is shorter, so a plan's own `every` stays and this stands beside it.
    """
    intervals: dict[RiskClass, int] = {"high": 91 * DAY, "medium": 182 * DAY, "low": 365 * DAY}
    return intervals.get(risk_class(score))
