"""Follows the journal and moves alerts through their states.

The cursor, the alerts, their transitions and the deliveries they cause are written in one
transaction per page of the journal: after a crash or kill -9 the page is judged again from its
start, and nothing is announced twice or forgotten. A full disk leaves the cursor where it was. Holds
are counted in the readings' own time, and no time is ahead of the engine's own (`Records` has its
clock): a clock that jumps may cost one hold, never an alert.
"""

import logging
from collections import defaultdict
from typing import Any

from sqlalchemy.orm import Session

from alerts.evaluation.history import UP
from alerts.evaluation.judge import Judge
from alerts.evaluation.kinds import judge_for
from alerts.evaluation.round import EvaluationRound
from alerts.evaluation.watch import SHORTEST_PAUSE, Watch
from core.readings import Reading
from core.schema.site import Site
from storage.records import Cursor, Records, Verdict
from storage.records import cursors as cursor_rows
from storage.records import verdicts as verdict_rows
from storage.records.audit import written_at
from storage.series import SeriesReader

log = logging.getLogger(__name__)

CURSOR = "alerts"
VERDICTS = "verdicts"  # the cursor for what detectors say
LOOKED = "looked"  # the cursor that holds when the engine last looked for silence, UTC ms
LOOK_NOTED_EVERY = SHORTEST_PAUSE // 2
WHO = "engine"  # in the audit

Judges = dict[tuple[str, str], list[Judge[Any]]]


class AlertEngine:
    """Judges what the journal holds. One process at a time does the work; a second one waits."""

    def __init__(self, site: Site, series: SeriesReader, records: Records) -> None:
        self._site = site
        self._series = series
        self._records = records
        self._judges = [
            judge_for(device.id, rule)
            for device in site.devices.values()
            for rule in device.profile.rules
        ]
        self._watch = Watch()
        self._by_metric: Judges = defaultdict(list)
        self._by_detector: Judges = defaultdict(list)
        for judge in self._judges:
            for metric in judge.rule.input_metrics:
                self._by_metric[judge.device, metric].append(judge)
            if judge.rule.detector_id is not None:
                self._by_detector[judge.device, judge.rule.detector_id].append(judge)

    def step(self) -> bool:
        """Judge the next page of the journal; True if there was one."""
        with self._records.writing(WHO) as db:
            cursor = cursor_rows.cursor(db, CURSOR)
            page = self._series.since(cursor.position)
            if page.cursor == cursor.position:
                return self._begin_anew_if_replaced(cursor)
            round_ = self._round(db)
            for reading in page.readings:
                if reading.quality == "withdrawn":
                    continue  # nothing was read: the next reading is judged
                if (reading.device, reading.metric) in self._by_metric:
                    news = round_.news(reading)
                    if news is not None:
                        self._judge_reading(round_, news)
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
            round_ = self._round(db)
            for verdict in verdicts:
                self._judge_verdict(round_, verdict)
            cursor.position = verdicts[-1].id
        return True

    def tick(self, now: int) -> None:
        """Look for what has fallen silent. Call it when `step` has nothing left to judge."""
        with self._records.writing(WHO, now) as db:
            self._look(db, now)
            round_ = self._round(db)
            self._expect(round_, now)
            clock = round_.history.clock()
            for judge in self._judges:
                for component, judgement in judge.judge_clock(clock, round_.history):
                    key = (judge.device, component, judge.rule.id)
                    round_.apply(key, judge.rule, judgement)

    def _round(self, db: Session) -> EvaluationRound:
        return EvaluationRound(db, self._site, self._series, self._watch, written_at(db))

    def _look(self, db: Session, now: int) -> None:
        """Note now and then, for who comes after a restart, when the engine looked last."""
        cursor = cursor_rows.cursor(db, LOOKED)
        self._watch.look(now, cursor.position)
        if abs(now - cursor.position) >= LOOK_NOTED_EVERY:
            cursor.position = now

    def _judge_reading(self, round_: EvaluationRound, reading: Reading) -> None:
        for judge in self._by_metric[reading.device, reading.metric]:
            if judge.rule.covers(reading.component):
                key = (reading.device, reading.component, judge.rule.id)
                judgement = judge.judge_reading(reading, round_.state(key), round_.history)
                if judgement is not None:
                    round_.apply(key, judge.rule, judgement)

    def _judge_verdict(self, round_: EvaluationRound, verdict: Verdict) -> None:
        for judge in self._by_detector.get((verdict.device, verdict.detector), ()):
            if judge.rule.covers(verdict.component):
                key = (verdict.device, verdict.component, judge.rule.id)
                judgement = judge.judge_verdict(verdict, round_.state(key), round_.history)
                if judgement is not None:
                    round_.apply(key, judge.rule, judgement)

    def _begin_anew_if_replaced(self, cursor: Cursor) -> bool:
        """A store that ends before the cursor is another one: restored, or begun after damage.

        What is older than what was judged is no news, so beginning anew announces nothing twice.
        """
        if self._series.newest_cursor() >= cursor.position:
            return False
        log.warning("the series store was replaced: its journal is judged from the beginning")
        cursor.position = 0
        return True

    def _expect(self, round_: EvaluationRound, now: int) -> None:
        """A source that has never answered is silent since the engine first expected it."""
        for device in self._site.devices.values():
            if (device.id, UP) in self._by_metric:
                for component in {source.up_component for source in device.sources}:
                    round_.expect(device.id, UP, component, now)
