"""What a judge of a kind of rule is given and gives back. The engine knows no more of any kind.

A kind is one file beside this one: a class that overrides what its rules are judged by, and a pure
function that does it, so the same readings and verdicts give the same alerts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from alerts.evaluation.history import History
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason
from core.readings import Event, Reading
from core.schema.rules.base import Rule
from core.vocabulary.alerts import AlertState
from storage.records import Verdict

RuleT = TypeVar("RuleT", bound=Rule)


@dataclass(frozen=True, slots=True)
class RuleState:
    """The state of a rule on one component: since `began_at` (UTC ms) something is wrong."""

    state: AlertState = "ok"
    began_at: int = 0


OK = RuleState()


class Judgement(NamedTuple):
    """The state of a rule from `at` on."""

    after: RuleState
    at: int  # UTC ms
    value: float | None = None  # that was judged, in the metric's unit
    limit: float | None = None  # by which it was judged
    metric: str | None = None  # of the value, if not the one that the rule watches

    def not_after(self, now: int) -> "Judgement":
        """The same, with no time after `now`: whoever named one had a clock that was ahead."""
        after = RuleState(self.after.state, min(self.after.began_at, now))
        return self._replace(after=after, at=min(self.at, now))


class Judge(Generic[RuleT]):
    """Judges one rule of one device. None, or nothing, leaves the rule in the state `before`."""

    def __init__(self, device: str, rule: RuleT) -> None:
        self.device = device
        self.rule = rule

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """After a new reading of one of the rule's input metrics."""
        return None

    def judge_withdrawal(self, at: int) -> Judgement | None:
        """After the only reading of an input metric was withdrawn, which had been taken at `at`, UTC ms."""
        return None

    def judge_past(self, reading: Reading, before: RuleState, history: History) -> Judgement | None:
        """After a reading that is no news: it came late, or a person withdrew it or put it right.

        A past that has ended makes nothing fire. Who judges by what came before may judge anew how
        it stands now.
        """
        return None

    def judge_events(
        self, events: Sequence[Event], history: History
    ) -> Iterable[tuple[str, Judgement]]:
        """After new events of the device, in time order; by component, in the order of their times."""
        return ()

    def judge_verdict(
        self, verdict: Verdict, before: RuleState, history: History
    ) -> Judgement | None:
        """After a new verdict of the rule's detector."""
        return None

    def judge_clock(self, clock: int, history: History) -> Iterable[tuple[str, Judgement]]:
        """What the passing of time alone has changed, by component.

        `clock` is the newest moment at which any source of the site answered or failed to, UTC ms:
        while the collector itself is down no time passes.
        """
        return ()

    def reason(self, past: FiredPast) -> AlertReason:
        """What it judged of an alert that has fired, for a person."""
        return plain_reason(past)

    def forget(self) -> None:
        """What it keeps from one call to the next may be behind the stores: read them anew."""


def held(before: RuleState, at: int, hold: int) -> RuleState:
    """Something is wrong at `at`: firing once it has lasted for `hold` milliseconds, else pending.

    What began after `at` began by a clock that was ahead: it is counted from `at` anew.
    """
    began_at = at if before.state == "ok" else min(before.began_at, at)
    return RuleState("firing" if at - began_at >= hold else "pending", began_at)


def after_uninformative(before: RuleState, verdict: Verdict, serviced_at: int) -> RuleState:
    """After a verdict that tells nothing of the device: `before`, but a service ends what was wrong.

    The detector learns anew from the service on, which was at `serviced_at` (UTC ms, the last one).
    """
    is_serviced = verdict.kind == "learning" and before.began_at <= serviced_at <= verdict.at
    return OK if is_serviced else before
