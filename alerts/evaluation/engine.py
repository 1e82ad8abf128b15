"""Follows the journal and moves alerts through their states.

The cursor, the alerts, their transitions and the deliveries they cause are written in one
transaction per page of the journal: after a crash or kill -9 the page is judged again from its
start, and nothing was told twice or forgotten. A full disk leaves the cursor where it was. A clock
that jumps does no harm: holds are counted in the readings' own time.
"""

import logging
from collections import defaultdict

from alerts.evaluation.rules import judge_absence, judge_anomaly, judge_forecast, judge_limit
from alerts.evaluation.transaction import Round
from core.readings import Reading
from core.schema.rules import AbsenceRule, AnomalyRule, ForecastRule, LimitRule
from core.schema.site import Device, Site
from core.time.clock import HOUR, MINUTE
from storage.records import Cursor, Records, Verdict
from storage.records import cursors as cursor_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader

log = logging.getLogger(__name__)

CURSOR = "alerts"
VERDICTS = "verdicts"  # the cursor for what detectors say
WHO = "engine"  # in the audit

# A sensor is absent only on a device that has answered so lately: the shortest silence that a detector
# tells. Otherwise `up` says it, or Scanward itself was down. Scanward's default, no source.
ANSWERED = 6 * HOUR


class Engine:
    """Judges what the journal holds. One process at a time does the work; a second one waits."""

    def __init__(self, site: Site, series: SeriesReader, records: Records) -> None:
        self._site = site
        self._series = series
        self._records = records
        self._limits: dict[tuple[str, str], list[LimitRule]] = defaultdict(list)
        self._absences: list[tuple[Device, AbsenceRule]] = []
        self._detected: dict[tuple[str, str], list[AnomalyRule | ForecastRule]] = defaultdict(list)
        for device in site.devices.values():
            for rule in device.profile.rules:
                if isinstance(rule, LimitRule):
                    self._limits[device.id, rule.metric].append(rule)
                elif isinstance(rule, AbsenceRule):
                    self._absences.append((device, rule))
                else:
                    self._detected[device.id, rule.detector].append(rule)
        self._watched = set(self._limits) | {(d.id, rule.metric) for d, rule in self._absences}

    def step(self) -> bool:
        """Judge the next page of the journal; True if there was one."""
        with self._records.writing(WHO) as db:
            cursor = cursor_rows.cursor(db, CURSOR)
            page = self._series.since(cursor.position)
            if page.cursor == cursor.position:
                return self._begin_anew_if_replaced(cursor)
            round_ = Round(db, self._site)
            for reading in page.readings:
                if (reading.device, reading.metric) in self._watched:
                    self._judge(round_, reading)
            cursor.position = page.cursor
        return True

    def step_verdicts(self) -> bool:
        """Judge the next verdicts of the detectors; True if there were any.

        They are judged in the order in which they were written, each at its own time. A detector
        that has fallen silent says nothing, so its alerts stay as they are.
        """
        with self._records.reading() as db:
            begin = cursor_rows.position(db, VERDICTS)
            if verdict_rows.newest_verdict_id(db) == begin:
                return False  # nearly always; it takes no lock
        with self._records.writing(WHO) as db:
            cursor = cursor_rows.cursor(db, VERDICTS)
            verdicts = verdict_rows.verdicts_after(db, cursor.position)
            if not verdicts:
                cursor.position = verdict_rows.newest_verdict_id(db)  # the records were replaced
                return False
            round_, services = Round(db, self._site), feedback_rows.last_service_by_device(db)
            for verdict in verdicts:
                self._judge_verdict(round_, verdict, services.get(verdict.device, 0))
            cursor.position = verdicts[-1].id
        return True

    def _judge_verdict(self, round_: Round, verdict: Verdict, serviced_at: int) -> None:
        for rule in self._detected.get((verdict.device, verdict.detector), ()):
            if rule.component not in (None, verdict.component):
                continue
            if self._is_of_the_device(rule, verdict):
                continue
            key = (verdict.device, verdict.component, rule.id)
            before = round_.standing(key)
            if isinstance(rule, AnomalyRule):
                after = judge_anomaly(rule, before, verdict, serviced_at)
                limit = None
            else:
                after = judge_forecast(rule, before, verdict, serviced_at)
                limit = rule.below if rule.above is None else rule.above
            round_.move(key, rule, after, verdict.at, verdict.value, limit)

    def _is_of_the_device(self, rule: AnomalyRule | ForecastRule, verdict: Verdict) -> bool:
        """Would the rule accuse a sensor of the silence of its whole device, or of our own?

        If the sensor stays silent when the device answers again, the verdict of that day tells it.
        """
        if not isinstance(rule, AnomalyRule) or "absent" not in rule.verdicts:
            return False
        if verdict.kind != "absent":
            return False
        ups = [one for one in self._series.names() if one[:2] == (verdict.device, "up")]
        answers = self._series.grid(ups, verdict.at - ANSWERED, verdict.at, MINUTE)
        return not any((one["sum"] > 0).any() for one in answers.values())

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
            round_ = Round(db, self._site)
            self._expect(round_, now)
            clock = max((row.at for row in round_.heard.values() if row.metric == "up"), default=0)
            for device, rule in self._absences:
                for (name, metric, component), row in round_.heard.items():
                    named = rule.component in (None, component)
                    if name == device.id and metric == rule.metric and named:
                        key = (device.id, component, rule.id)
                        round_.move(key, rule, judge_absence(rule, row.at, clock), clock, None)

    def _judge(self, round_: "Round", reading: Reading) -> None:
        if not round_.is_news(reading):
            return
        for rule in self._limits[reading.device, reading.metric]:
            if rule.component in (None, reading.component):
                key = (reading.device, reading.component, rule.id)
                after = judge_limit(rule, round_.standing(key), reading.value, reading.at)
                round_.move(key, rule, after, reading.at, reading.value, rule.limit)

    def _expect(self, round_: "Round", now: int) -> None:
        """A source that has never been heard is silent since the engine first expected it."""
        for device in self._site.devices.values():
            for kind in {source.kind for source in device.sources}:
                if (device.id, "up") in self._watched:
                    round_.expect(device.id, "up", kind, now)
