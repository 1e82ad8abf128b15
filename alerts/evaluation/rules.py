"""Where a rule stands after one more reading or verdict. Pure: the same ones give the same alerts."""

from dataclasses import dataclass

from core.schema.rules import AbsenceRule, AnomalyRule, ForecastRule, LimitRule
from core.vocabulary.alerts import AlertState
from storage.records import Verdict

# A forecast moves a little each day: an alert ends only when the limit is farther off than this many
# times what made it fire. Scanward's default, no source.
FARTHER = 1.25


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
    return _held(before, at, rule.hold) if rule.is_beyond(value) else OK


def judge_absence(rule: AbsenceRule, heard_at: int, clock: int) -> Standing:
    """Silent for `hold` makes it fire, the next reading ends it.

    `clock` is the newest moment at which anything at all was heard of the site: while the collector
    itself is down, no device is accused.
    """
    return Standing("firing", heard_at) if clock - heard_at >= rule.hold else OK


def judge_anomaly(
    rule: AnomalyRule, before: Standing, verdict: Verdict, serviced_at: int = 0
) -> Standing:
    """What the rule listens to, for `hold`, makes it fire; only a verdict to the contrary ends it.

    A sensor that is broken, a model that no longer fits and one that is still learning tell nothing
    of the device: the rule stays where it is. After a service (`serviced_at`, UTC ms, of the last
    one) what was wrong before it is over, though the detector must learn anew.
    """
    if verdict.kind in rule.verdicts:
        is_wrong = verdict.alarm or verdict.kind != "anomaly"
    elif "anomaly" in rule.verdicts and verdict.kind not in ("normal", "anomaly"):
        return _unknown(before, verdict, serviced_at)
    else:
        is_wrong = False
    if not is_wrong:
        return OK
    return before if before.state == "firing" else _held(before, verdict.at, rule.hold)


def judge_forecast(
    rule: ForecastRule, before: Standing, verdict: Verdict, serviced_at: int = 0
) -> Standing:
    """The limit is reached within `within` of the verdict: it fires, and ends when it no longer is.

    When a detector looks ahead is its own affair: at a drift only in alarm, at a level that is used
    up always. A limit that lies farther than the rule's is reached later, so the rule's is reached too.
    """
    if verdict.kind not in ("normal", "anomaly"):
        return _unknown(before, verdict, serviced_at)
    if verdict.limit is None or verdict.limit_at is None or not _reaches(rule, verdict.limit):
        return before if verdict.alarm else OK
    patience = FARTHER if before.state == "firing" else 1.0
    if verdict.limit_at - verdict.at > rule.within * patience:
        return OK
    return before if before.state == "firing" else Standing("firing", verdict.at)


def _held(before: Standing, at: int, hold: int) -> Standing:
    began_at = at if before.state == "ok" else before.began_at
    return Standing("firing" if at - began_at >= hold else "pending", began_at)


def _unknown(before: Standing, verdict: Verdict, serviced_at: int) -> Standing:
    is_serviced = verdict.kind == "learning" and before.began_at <= serviced_at <= verdict.at
    return OK if is_serviced else before


def _reaches(rule: ForecastRule, limit: float) -> bool:
    if rule.above is not None:
        return limit >= rule.above
    return rule.below is not None and limit <= rule.below
