"""One transaction of the engine: which alerts are open, what was read last, and what becomes of it."""

import logging

from sqlalchemy.orm import Session

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judgement, RuleState
from alerts.evaluation.watch import Watch
from core.readings import Reading
from core.schema.rules.base import Rule
from core.schema.site import Site
from core.vocabulary.alerts import AlertState
from storage.records import Alert, Delivery, Transition
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.cursors import LastReading
from storage.series import SeriesReader

log = logging.getLogger(__name__)

RuleKey = tuple[str, str, str]  # device, component, rule


class EvaluationRound:
    """The alerts and last readings in one transaction, and the writing of what is judged in it."""

    def __init__(
        self, db: Session, site: Site, series: SeriesReader, watch: Watch, now: int
    ) -> None:
        """`now` is the engine's, UTC ms: what was noted for a later time, a clock ahead has noted."""
        self._db = db
        self._site = site
        self._now = now
        self._ahead = watch.ahead
        self._open = alert_rows.open_alerts(db)
        self._last_readings = cursor_rows.last_readings(db)
        for key, row in self._last_readings.items():
            if row.at > now:
                row.at = now
                self._ahead[key] = "rewound"
        self.history = History(db, series, self._last_readings, watch)

    def news(self, reading: Reading) -> Reading | None:
        """The reading at the time by which it is judged; None if a later one was judged before.

        A late reading does not turn time back. One that is ahead is judged now, in the order in
        which it came: no time that has not come yet may hide what is read after it.
        """
        key = (reading.device, reading.metric, reading.component)
        at = min(reading.at, self._now)
        row = self._last_reading(*key, at)
        is_news = at >= row.at or key in self._ahead
        self._ahead.pop(key, None)
        if reading.at > self._now:
            self._ahead[key] = "ahead"
        row.at = max(row.at, at)
        return reading._replace(at=row.at) if is_news else None

    def expect(self, device: str, metric: str, component: str, now: int) -> None:
        """Begin to count silence, unless something was read before."""
        self._last_reading(device, metric, component, now)

    def state(self, key: RuleKey) -> RuleState:
        """The rule's state now."""
        alert = self._open.get(key)
        return OK if alert is None else RuleState(alert.state, alert.began_at)

    def apply(self, key: RuleKey, rule: Rule, judgement: Judgement) -> None:
        """Write the rule's new state: the alert, its transition, and who must be notified."""
        judgement = judgement.not_after(self._now)
        alert, value, after = self._open.get(key), judgement.value, judgement.after.state
        if alert is not None and judgement.metric not in (None, alert.metric):
            value = None  # of another metric than the alert names
        before: AlertState = "ok" if alert is None else alert.state
        if alert is not None and value is not None and rule.is_worse(value, alert.value):
            alert.value = value
        if alert is not None and after == "pending":
            alert.began_at = min(alert.began_at, judgement.after.began_at)
        if before == after:
            return
        if alert is None:
            alert = self._new_alert(key, rule, judgement)
        if before == "pending" and after == "ok":
            self._db.delete(alert)  # it came to nothing
            del self._open[key]
            return
        self._transit(alert, before, after, judgement.at, value)
        if after == "ok":
            del self._open[key]

    def _transit(
        self, alert: Alert, before: AlertState, after: AlertState, at: int, value: float | None
    ) -> None:
        alert.state = after
        if after == "firing":
            alert.fired_at = at
        if after == "ok":
            alert.ended_at = at
            # A clock that was ahead may have noted the beginning.
            alert.began_at = min(alert.began_at, at)
            alert.fired_at = None if alert.fired_at is None else min(alert.fired_at, at)
        transition = Transition(alert=alert, before=before, after=after, at=at, value=value)
        self._db.add(transition)
        if after != "pending":
            for channel in self._channels(alert):
                self._db.add(Delivery(transition=transition, channel=channel, next_at=self._now))
        log.debug("%s %s %s: %s to %s", alert.device, alert.component, alert.rule, before, after)

    def _channels(self, alert: Alert) -> list[str]:
        names = [
            name
            for route in self._site.file.routes
            if alert.severity in route.severities
            for name in route.channels
        ]
        return list(dict.fromkeys(names))

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
        self._db.flush()  # in one page the last alert may end, or come to nothing, and this begin
        self._db.add(alert)
        self._db.flush()  # the one-open index refuses now, not at the end of the page
        self._open[key] = alert
        return alert

    def _last_reading(self, device: str, metric: str, component: str, at: int) -> LastReading:
        key = (device, metric, component)
        if key not in self._last_readings:
            row = LastReading(device=device, metric=metric, component=component, at=at)
            self._last_readings[key] = row
            self._db.add(row)
        return self._last_readings[key]
