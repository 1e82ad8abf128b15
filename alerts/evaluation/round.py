"""One transaction of the engine: which alerts are open, what was read last, and what becomes of it."""

import logging

from sqlalchemy.orm import Session

from alerts.evaluation.dependencies import Dependencies
from alerts.evaluation.flapping import quiet_time
from alerts.evaluation.history import History
from alerts.evaluation.incidents import Incidents
from alerts.evaluation.judge import OK, Judgement, RuleState
from alerts.evaluation.marks import MarkContext, is_stale_pending, mark
from alerts.evaluation.memory import Memory
from alerts.evaluation.series_source import SeriesSource
from alerts.evaluation.watch import Watch
from core.readings import Reading
from core.schema.rules.base import Rule
from core.schema.site import Site
from core.vocabulary.alerts import AlertState
from storage.records import Alert, Transition
from storage.records import alerts as alert_rows
from storage.records import windows as window_rows

log = logging.getLogger(__name__)

RuleKey = tuple[str, str, str]  # device, component, rule


class EvaluationRound:
    """The alerts and last readings in one transaction, and the writing of what is judged in it."""

    def __init__(
        self,
        db: Session,
        site: Site,
        series: SeriesSource,
        dependencies: Dependencies,
        memory: Memory,
        watch: Watch,
        now: int,
    ) -> None:
        """`now` is the engine's, UTC ms: what was noted for a later time, a clock ahead has noted."""
        self.db = db
        self._site = site
        self.now = now
        self._memory = memory
        self._watch = watch
        self._ahead = watch.ahead
        self._open = alert_rows.open_alerts(db)
        self._dependencies = dependencies
        self.incidents = Incidents(db, dependencies, now)
        for key in memory.rewind(now):
            self._ahead[key] = "rewound"
        self.history = History(db, series, memory, watch)

    def news(self, reading: Reading) -> Reading | None:
        """The reading at the time by which it is judged; None if a later one was judged before.

        A late reading does not turn time back. One that is ahead is judged now, in the order in
        which it came: no time that has not come yet may hide what is read after it.
        """
        key = (reading.device, reading.metric, reading.component)
        at = min(reading.at, self.now)
        last_at = self._memory.last_read_at(key)
        is_news = last_at is None or at >= last_at or key in self._ahead
        if self._ahead:
            self._ahead.pop(key, None)
        if reading.at > self.now:
            self._ahead[key] = "ahead"
        if last_at is None or at > last_at:
            self._memory.note(key, at)
        else:
            at = last_at
        return (reading if at == reading.at else reading._replace(at=at)) if is_news else None

    def is_judged_last(self, reading: Reading) -> bool:
        """It is the newest that was judged of its series."""
        key = (reading.device, reading.metric, reading.component)
        return self._memory.last_read_at(key) == reading.at

    def take_back(self, reading: Reading, left: Reading | None) -> None:
        """A reading that was judged last is withdrawn, and `left` is the newest again."""
        key = (reading.device, reading.metric, reading.component)
        if left is not None:
            self._memory.note(key, left.at)
        else:
            self._memory.forget(self.db, key)

    def expect(self, device: str, metric: str, component: str, now: int) -> None:
        """Begin to count silence, unless something was read before."""
        key = (device, metric, component)
        if self._memory.last_read_at(key) is None:
            self._memory.note(key, now)

    def state(self, key: RuleKey) -> RuleState:
        """The rule's state now."""
        alert = self._open.get(key)
        return OK if alert is None else RuleState(alert.state, alert.began_at)

    def open_alerts(self) -> list[Alert]:
        """Every alert that has not ended."""
        return list(self._open.values())

    def apply(self, key: RuleKey, rule: Rule, judgement: Judgement) -> None:
        """Write the rule's new state: the alert, its transition, and the incident it belongs to."""
        alert = self._open.get(key)
        if alert is None and judgement.after.state == "ok":
            return  # nearly always
        judgement = judgement.not_after(self.now)
        judgement = judgement._replace(after=self._put_off(judgement.after))
        if alert is None:
            alert = self._new_alert(key, rule, judgement)
            self._transit(alert, "ok", judgement.after.state, judgement.at, judgement.value)
            return
        value = judgement.value
        if judgement.metric not in (None, alert.metric):
            value = None  # of another metric than the alert names
        if value is not None and rule.is_worse(value, alert.value):
            alert.value = value
        before, after = alert.state, judgement.after.state
        if after == "pending":
            alert.began_at = min(alert.began_at, judgement.after.began_at)
        if after == "ok" and before in ("firing", "clearing"):
            self._clear(alert, rule, judgement.at, value)
        elif before != after and not (before == "clearing" and after == "pending"):
            self._change(alert, after, judgement.at, value)

    def put_off_after_leap(self, looked_at: int) -> None:
        """What is pending has not lasted through the time of a leap, in which nobody watched.

        `looked_at` is when the engine before this one looked last, UTC ms; 0 if there was none.
        """
        leap = self._watch.leapt(self.now, looked_at)
        for alert in self._open.values() if leap else ():
            if leap and alert.state == "pending":
                alert.began_at = min(alert.began_at + leap.length, self.now)

    def _put_off(self, after: RuleState) -> RuleState:
        """The same for what was read before the last leap and is judged after it."""
        leap = self._watch.leap
        if leap is None or after.state != "pending" or after.began_at > leap.until:
            return after
        return RuleState("pending", min(after.began_at + leap.length, self.now))

    def forget_worst(self, key: RuleKey) -> None:
        """What the alert has seen was a mistake of who typed it."""
        if key in self._open:
            self._open[key].value = None

    def elapse(self, alert: Alert, clock: int) -> None:
        """Time has passed, up to `clock`: an alert that was right again for long enough is over."""
        rule = self._dependencies.rule(alert)
        if alert.state == "clearing" and rule is not None:
            self._clear(alert, rule, clock, None)

    def mark(self) -> None:
        """Write what stands beside the states of the open alerts."""
        alerts = self.open_alerts()
        windows = window_rows.windows_at(self.db, self.now) if alerts else []
        place = self.incidents, self._dependencies, self._memory, self.history.entered
        mark(alerts, MarkContext(*place, windows, self._site.zone, self.now))
        for alert in alerts:
            if is_stale_pending(alert, self.now):
                self._change(alert, "ok", self.now, None)

    def close(self, alert: Alert, reason: str) -> None:
        """End an alert that no reading can end any more, now."""
        alert.end_reason = reason
        self._change(alert, "ok", self.now, None)

    def _clear(self, alert: Alert, rule: Rule, at: int, value: float | None) -> None:
        """It is right again at `at`: over at once, or when it has stayed so for as long as it must."""
        if alert.cleared_at is None or alert.cleared_at > self.now:
            alert.cleared_at = at  # one that is still to come was noted by a clock ahead
        keep = max(rule.keep_firing_for, quiet_time(self.db, alert, at))
        if at - alert.cleared_at >= keep:
            self._change(alert, "ok", alert.cleared_at, value)
        elif alert.state == "firing":
            self._change(alert, "clearing", at, value)

    def _change(self, alert: Alert, after: AlertState, at: int, value: float | None) -> None:
        before = alert.state
        if after == "ok":
            del self._open[alert.device, alert.component, alert.rule]
            if before == "pending":
                self.db.delete(alert)  # it came to nothing
                return
        self._transit(alert, before, after, at, value)

    def _transit(
        self, alert: Alert, before: AlertState, after: AlertState, at: int, value: float | None
    ) -> None:
        alert.state = after
        if after == "firing":
            alert.cleared_at = None
            if alert.fired_at is None:
                alert.fired_at, alert.fired_value = at, value
                self.incidents.fired(alert)
        if after == "ok":
            alert.ended_at = at
            # A clock that was ahead may have noted the beginning.
            alert.began_at = min(alert.began_at, at)
            alert.fired_at = None if alert.fired_at is None else min(alert.fired_at, at)
        self.db.add(Transition(alert=alert, before=before, after=after, at=at, value=value))
        log.debug("%s %s %s: %s to %s", alert.device, alert.component, alert.rule, before, after)

    def _new_alert(self, key: RuleKey, rule: Rule, judgement: Judgement) -> Alert:
        device, component, _ = key
        alert = Alert(
            device=device,
            component=component,
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            metric=judgement.metric or rule.watched_metric(self._site.devices[device].profile),
            state=judgement.after.state,
            began_at=judgement.after.began_at,
            value=judgement.value,
            limit=judgement.limit,
        )
        self.db.flush()  # in one page the last alert may end, or come to nothing, and this begin
        self.db.add(alert)
        self.db.flush()  # the one-open index refuses now, not at the end of the page
        self._open[key] = alert
        return alert
