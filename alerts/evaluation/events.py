"""Judges bursts: how many events came within a time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState
from alerts.evaluation.reason import AlertReason, FiredPast
from core.readings import Event
from core.schema.rules.events import EventsRule
from core.time.clock import DAY

MOST_EVENTS = 20_000  # of a device, around those of one page, that are looked through
NEVER = 1 << 62  # UTC ms
# After a start it is looked for when a burst ended meanwhile; one that ended earlier ends when it is noticed.
LOOK_BACK = DAY


class Burst(NamedTuple):
    """Too many events. Times are UTC milliseconds."""

    events: int
    began_at: int  # of the first that is within the time
    newest_at: int
    ends_at: int  # when there will be few enough, if no more come


class EventsJudge(Judge[EventsRule]):
    """Counts the events of one device."""

    def __init__(self, device: str, rule: EventsRule) -> None:
        super().__init__(device, rule)
        self._ends_at: int | None = None  # None: the store must tell whether it fires

    def judge_events(
        self, events: Sequence[Event], history: History
    ) -> Iterable[tuple[str, Judgement]]:
        """Each event at its own time, but one that is late at the time that the site has reached.

        What would be over by then makes nothing fire.
        """
        reached = history.clock()
        new = {event.at for event in events if self.rule.counts(event)}
        moments = sorted({max(at, reached) for at in new})
        return self._judge(moments, new, history) if moments else ()

    def judge_clock(self, clock: int, history: History) -> Iterable[tuple[str, Judgement]]:
        """It ends by itself; the store is asked only after a start, or if a clock was set back."""
        ends_at = self._ends_at
        if ends_at is None or clock + self.rule.within < ends_at < NEVER:
            yield from self._judge([clock], (), history)
        elif ends_at <= clock:
            self._ends_at = NEVER
            yield self._component, Judgement(OK, ends_at)

    def reason(self, past: FiredPast) -> AlertReason:
        """How many came, and within how long."""
        rule = self.rule
        return AlertReason(
            "count", past.value, rule.more_than, span=rule.within, since=past.began_at
        )

    def forget(self) -> None:
        """Another engine may have made it fire."""
        self._ends_at = None

    @property
    def _component(self) -> str:
        return self.rule.component or ""

    def _judge(
        self, moments: Sequence[int], new: Collection[int], history: History
    ) -> Iterator[tuple[str, Judgement]]:
        looked_back = self.rule.within + (LOOK_BACK if self._ends_at is None else 0)
        start, end = moments[0] - looked_back + 1, moments[-1] + 1
        events = history.events(self.device, start, end, MOST_EVENTS)
        times = [event.at for event in events if self.rule.counts(event)]
        if self._ends_at is None:
            judged = [time for time in times if time <= moments[0] and time not in new]
            [burst] = bursts(self.rule, judged, judged[-1:]) if judged else [None]
            self._ends_at = burst.ends_at if burst else None
        for moment, burst in zip(moments, bursts(self.rule, times, moments), strict=True):
            if self._ends_at is not None and self._ends_at <= moment:
                yield self._component, Judgement(OK, self._ends_at)
            if burst is None:
                self._ends_at = NEVER
                yield self._component, Judgement(OK, moment)
            else:
                self._ends_at = burst.ends_at
                state = RuleState("firing", burst.began_at)
                judgement = Judgement(state, burst.newest_at, burst.events, self.rule.more_than)
                yield self._component, judgement


def bursts(
    rule: EventsRule, times: Sequence[int], moments: Sequence[int]
) -> Iterator[Burst | None]:
    """At each of `moments` the burst, if more than `more_than` of `times` lie within the time before it.

    Both are UTC ms, oldest first.
    """
    first, behind = 0, 0  # of `times`: the first within, the first that is later than the moment
    for moment in moments:
        while behind < len(times) and times[behind] <= moment:
            behind += 1
        while first < behind and times[first] <= moment - rule.within:
            first += 1
        count = behind - first
        if count > rule.more_than:
            ends_at = times[behind - rule.more_than - 1] + rule.within
            yield Burst(count, times[first], times[behind - 1], ends_at)
        else:
            yield None
