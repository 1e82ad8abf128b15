"""One transaction of the engine: which alerts are open, what was heard last, and what becomes of it."""

import logging

from sqlalchemy.orm import Session

from alerts.evaluation.rules import OK, Standing
from core.readings import Reading
from core.schema.rules import LimitRule, Rule
from core.schema.site import Site
from core.vocabulary.alerts import AlertState
from storage.records import Alert, Delivery, Transition
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.cursors import LastReading

log = logging.getLogger(__name__)

Key = tuple[str, str, str]  # device, component, rule


def _is_worse(rule: Rule, value: float, than: float | None) -> bool:
    if not isinstance(rule, LimitRule) or not rule.is_beyond(value):
        return False
    return than is None or (value > than if rule.above is not None else value < than)


class Round:
    """One transaction's view of alerts: what is open, what was heard, what changes."""

    def __init__(self, db: Session, site: Site) -> None:
        self._db = db
        self._site = site
        self._open = alert_rows.open_alerts(db)
        self.heard = cursor_rows.last_readings(db)

    def is_news(self, reading: Reading) -> bool:
        """Is it newer than what was judged last? A late reading does not turn time back."""
        row = self._hear(reading.device, reading.metric, reading.component, reading.at)
        is_news = reading.at >= row.at
        row.at = max(row.at, reading.at)
        return is_news

    def expect(self, device: str, metric: str, component: str, now: int) -> None:
        """Begin to count silence, unless something was heard before."""
        self._hear(device, metric, component, now)

    def standing(self, key: Key) -> Standing:
        """Where the rule stands now."""
        alert = self._open.get(key)
        return OK if alert is None else Standing(alert.state, alert.began_at)

    def move(
        self,
        key: Key,
        rule: Rule,
        after: Standing,
        at: int,
        value: float | None,
        limit: float | None = None,
    ) -> None:
        """Write down where the rule stands after a judgement. `limit`: what it was judged by."""
        alert = self._open.get(key)
        before: AlertState = "ok" if alert is None else alert.state
        if alert is not None and value is not None and _is_worse(rule, value, alert.value):
            alert.value = value
        if before == after.state:
            return
        if alert is None:
            alert = self._new_alert(key, rule, after, value, limit)
        if before == "pending" and after.state == "ok":
            self._db.delete(alert)  # it came to nothing
            del self._open[key]
            return
        self._transit(alert, before, after.state, at, value)
        if after.state == "ok":
            del self._open[key]

    def _transit(
        self, alert: Alert, before: AlertState, after: AlertState, at: int, value: float | None
    ) -> None:
        alert.state = after
        if after == "firing":
            alert.fired_at = at
        if after == "ok":
            alert.ended_at = at
        transition = Transition(alert=alert, before=before, after=after, at=at, value=value)
        self._db.add(transition)
        if after != "pending":
            for channel in self._channels(alert):
                self._db.add(Delivery(transition=transition, channel=channel, next_at=at))
        log.debug("%s %s %s: %s to %s", alert.device, alert.component, alert.rule, before, after)

    def _channels(self, alert: Alert) -> list[str]:
        names = [
            name
            for route in self._site.file.routes
            if alert.severity in route.severities
            for name in route.channels
        ]
        return list(dict.fromkeys(names))

    def _new_alert(
        self,
        key: Key,
        rule: Rule,
        after: Standing,
        value: float | None,
        limit: float | None,
    ) -> Alert:
        device, component, _ = key
        alert = Alert(
            device=device,
            component=component,
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            metric=self._site.devices[device].profile.metric_of(rule),
            state=after.state,
            began_at=after.began_at,
            value=value,
            limit=limit,
        )
        self._db.flush()  # in one page the last alert may end, or come to nothing, and this begin
        self._db.add(alert)
        self._db.flush()  # the one-open index speaks now, not at the end of the page
        self._open[key] = alert
        return alert

    def _hear(self, device: str, metric: str, component: str, at: int) -> LastReading:
        key = (device, metric, component)
        if key not in self.heard:
            self.heard[key] = LastReading(device=device, metric=metric, component=component, at=at)
            self._db.add(self.heard[key])
        return self.heard[key]
