"""Follows the journal and moves alerts through their states.

The cursor, the alerts, their transitions and the deliveries they cause are written in one
transaction per page of the journal: after a crash or kill -9 the page is judged again from its
start, and nothing was told twice or forgotten. A full disk leaves the cursor where it was. A clock
that jumps does no harm: holds are counted in the readings' own time.
"""

import logging
from collections import defaultdict

from sqlalchemy.orm import Session

from alerts.rules import OK, Standing, judge_absence, judge_limit
from core.profile import AbsenceRule, LimitRule
from core.site import Device, Site
from core.words import Reading
from storage.records import Alert, Cursor, Delivery, Heard, Records, Transition
from storage.records import alerts as stored
from storage.records.models import AlertState
from storage.series import SeriesReader

log = logging.getLogger(__name__)

CURSOR = "alerts"
WHO = "engine"  # in the audit

Key = tuple[str, str, str]  # device, component, rule


class Engine:
    """Judges what the journal holds. One process at a time does the work; a second one waits."""

    def __init__(self, site: Site, series: SeriesReader, records: Records) -> None:
        self._site = site
        self._series = series
        self._records = records
        self._limits: dict[tuple[str, str], list[LimitRule]] = defaultdict(list)
        self._absences: list[tuple[Device, AbsenceRule]] = []
        for device in site.devices.values():
            for rule in device.profile.rules:
                if isinstance(rule, LimitRule):
                    self._limits[device.id, rule.metric].append(rule)
                elif isinstance(rule, AbsenceRule):
                    self._absences.append((device, rule))
        self._watched = set(self._limits) | {(d.id, rule.metric) for d, rule in self._absences}

    def step(self) -> bool:
        """Judge the next page of the journal; True if there was one."""
        with self._records.writing(WHO) as db:
            cursor = stored.cursor(db, CURSOR)
            page = self._series.since(cursor.position)
            if page.cursor == cursor.position:
                return self._begin_anew_if_replaced(cursor)
            round_ = _Round(db, self._site)
            for reading in page.readings:
                if (reading.device, reading.metric) in self._watched:
                    self._judge(round_, reading)
            cursor.position = page.cursor
        return True

    def _begin_anew_if_replaced(self, cursor: Cursor) -> bool:
        """A store that ends before the cursor is another one: restored, or begun after damage.

        What is older than what was judged is no news, so beginning anew tells nothing twice.
        """
        if self._series.newest_cursor() >= cursor.position:
            return False
        log.warning("the series store was replaced: its journal is judged from the beginning")
        cursor.position = 0
        return True

    def tick(self, now: int) -> None:
        """Look for what has fallen silent. Call it when `step` has nothing left to judge."""
        with self._records.writing(WHO, now) as db:
            round_ = _Round(db, self._site)
            self._expect(round_, now)
            clock = max((row.at for row in round_.heard.values() if row.metric == "up"), default=0)
            for device, rule in self._absences:
                for (name, metric, component), row in round_.heard.items():
                    named = rule.component in (None, component)
                    if name == device.id and metric == rule.metric and named:
                        key = (device.id, component, rule.id)
                        round_.move(key, rule, judge_absence(rule, row.at, clock), clock, None)

    def _judge(self, round_: "_Round", reading: Reading) -> None:
        if not round_.is_news(reading):
            return
        for rule in self._limits[reading.device, reading.metric]:
            if rule.component in (None, reading.component):
                key = (reading.device, reading.component, rule.id)
                after = judge_limit(rule, round_.standing(key), reading.value, reading.at)
                round_.move(key, rule, after, reading.at, reading.value)

    def _expect(self, round_: "_Round", now: int) -> None:
        """A source that has never been heard is silent since the engine first expected it."""
        for device in self._site.devices.values():
            for kind in {source.kind for source in device.sources}:
                if (device.id, "up") in self._watched:
                    round_.expect(device.id, "up", kind, now)


def _is_worse(rule: LimitRule | AbsenceRule, value: float, than: float | None) -> bool:
    if not isinstance(rule, LimitRule) or not rule.is_beyond(value):
        return False
    return than is None or (value > than if rule.above is not None else value < than)


class _Round:
    """One transaction's view of alerts: what is open, what was heard, what changes."""

    def __init__(self, db: Session, site: Site) -> None:
        self._db = db
        self._site = site
        self._open = stored.open_alerts(db)
        self.heard = stored.heard(db)

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
        rule: LimitRule | AbsenceRule,
        after: Standing,
        at: int,
        value: float | None,
    ) -> None:
        """Write down where the rule stands after a judgement."""
        alert = self._open.get(key)
        before: AlertState = "ok" if alert is None else alert.state
        if alert is not None and value is not None and _is_worse(rule, value, alert.value):
            alert.value = value
        if before == after.state:
            return
        if alert is None:
            alert = self._new_alert(key, rule, after, value)
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
        self, key: Key, rule: LimitRule | AbsenceRule, after: Standing, value: float | None
    ) -> Alert:
        device, component, _ = key
        alert = Alert(
            device=device,
            component=component,
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            metric=rule.metric,
            state=after.state,
            began_at=after.began_at,
            value=value,
            limit=rule.limit if isinstance(rule, LimitRule) else None,
        )
        self._db.flush()  # in one page the last alert may end, or come to nothing, and this begin
        self._db.add(alert)
        self._db.flush()  # the one-open index speaks now, not at the end of the page
        self._open[key] = alert
        return alert

    def _hear(self, device: str, metric: str, component: str, at: int) -> Heard:
        key = (device, metric, component)
        if key not in self.heard:
            self.heard[key] = Heard(device=device, metric=metric, component=component, at=at)
            self._db.add(self.heard[key])
        return self.heard[key]
