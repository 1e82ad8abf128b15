"""Follows the journal and moves alerts through their states.

The cursor, the alerts, their transitions and the deliveries they cause are written in one
transaction per page of the journal: after a crash or kill -9 the page is judged again from its
start, and nothing is announced twice or forgotten. A full disk leaves the cursor where it was. Holds
are counted in the readings' own time, and no time is ahead of the engine's own (`Records` has its
clock): a clock that jumps may cost one hold, never an alert.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from alerts.evaluation.dependencies import Dependencies
from alerts.evaluation.judge import Judge
from alerts.evaluation.kinds import judge_for
from alerts.evaluation.memory import Memory
from alerts.evaluation.round import EvaluationRound
from alerts.evaluation.series_source import SeriesSource
from alerts.evaluation.watch import SHORTEST_PAUSE, Watch
from core.readings import UP, Event, Reading
from core.schema.site import Site
from storage.records import Cursor, Records, Verdict
from storage.records import cursors as cursor_rows
from storage.records import verdicts as verdict_rows
from storage.records.audit import written_at

log = logging.getLogger(__name__)

CURSOR = "alerts"
VERDICTS = "verdicts"  # the cursor for what detectors say
LOOKED = "looked"  # the cursor that holds when the engine last looked for silence, UTC ms
PAGE = 5_000  # readings, about: so many are judged in one transaction
LOOK_NOTED_EVERY = SHORTEST_PAUSE // 2
WHO = "engine"  # in the audit

Judges = dict[tuple[str, str], list[Judge[Any]]]


class AlertEngine:
    """Judges what the journal holds. One process at a time does the work; a second one waits."""

    def __init__(
        self, site: Site, series: SeriesSource, records: Records, watch: Watch | None = None
    ) -> None:
        self._site = site
        self._series = series
        self._records = records
        self._judges = [
            judge_for(device.id, rule)
            for device in site.devices.values()
            for rule in device.profile.rules
        ]
        self._watch = watch or Watch()
        self._dependencies = Dependencies(site)
        self.is_behind = False  # the last step left something to judge
        self._memory: Memory | None = None  # read anew after a transaction that failed
        self._by_events: dict[str, list[Judge[Any]]] = defaultdict(list)
        self._by_metric: Judges = defaultdict(list)
        self._by_detector: Judges = defaultdict(list)
        for judge in self._judges:
            for metric in judge.rule.input_metrics:
                self._by_metric[judge.device, metric].append(judge)
            if judge.rule.counts_events:
                self._by_events[judge.device].append(judge)
            if judge.rule.detector_id is not None:
                self._by_detector[judge.device, judge.rule.detector_id].append(judge)

    def step(self) -> bool:
        """Judge the next page of the journal; True if there was one."""
        if self._is_all_judged():
            return False
        with self._writing() as round_:
            cursor = cursor_rows.cursor(round_.db, CURSOR)
            page = self._series.since(cursor.position, PAGE)
            self.is_behind = len(page.readings) >= PAGE
            if page.cursor == cursor.position:
                return self._begin_anew_if_replaced(cursor)
            self._judge_events(round_, page.events)
            for reading in page.readings:
                if (reading.device, reading.metric) in self._by_metric:
                    if reading.quality == "withdrawn":
                        self._judge_withdrawn(round_, reading)
                        self._judge_reading(round_, reading, is_news=False)
                    else:
                        news = round_.news(reading)
                        self._judge_reading(round_, news or reading, is_news=news is not None)
            cursor.position = page.cursor
        return True

    def _is_all_judged(self) -> bool:
        """Does the journal end where the engine stands? Nearly always; it takes no lock."""
        if self._memory is None:
            return False
        with self._records.reading() as db:
            position = cursor_rows.position(db, CURSOR)
        self.is_behind = self._series.newest_cursor() != position
        return not self.is_behind

    def step_verdicts(self) -> bool:
        """Judge the next verdicts of the detectors; True if there were any.

        They are judged in the order in which they were written, each at its own time. A detector
        that has fallen silent says nothing, so its alerts stay as they are.
        """
        with self._records.reading() as db:
            begin = cursor_rows.position(db, VERDICTS)
            if verdict_rows.newest_verdict_id(db) == begin:
                return False  # nearly always; it takes no lock
        with self._writing() as round_:
            cursor = cursor_rows.cursor(round_.db, VERDICTS)
            verdicts = verdict_rows.verdicts_after(round_.db, cursor.position)
            if not verdicts:
                # The records were replaced.
                cursor.position = verdict_rows.newest_verdict_id(round_.db)
                return False
            for verdict in verdicts:
                self._judge_verdict(round_, verdict)
            cursor.position = verdicts[-1].id
        return True

    def tick(self, now: int) -> None:
        """What the passing of time has changed. Call it when `step` has nothing left to judge."""
        with self._writing(now) as round_:
            self._look(round_.db, now)
            self._expect(round_, now)
            clock = round_.history.clock() or now  # a site of values typed by hand has no other
            for judge in self._judges:
                for component, judgement in judge.judge_clock(clock, round_.history):
                    key = (judge.device, component, judge.rule.id)
                    round_.apply(key, judge.rule, judgement)
            for alert in round_.open_alerts():
                round_.elapse(alert, clock)
            round_.incidents.settle()
            round_.mark()

    @contextmanager
    def _writing(self, now: int | None = None) -> Iterator[EvaluationRound]:
        """One transaction: all of it, or none, and then memory is read anew.

        So it is when another process has judged since, or the records are others.
        """
        watch = self._watch.copy()
        try:
            with self._records.writing(WHO, now) as db:
                memory = self._memory
                if memory is None or not memory.is_of(db):
                    memory = self._memory = Memory(db, CURSOR)
                places = self._site, self._series, self._dependencies
                round_ = EvaluationRound(db, *places, memory, self._watch, written_at(db))
                round_.put_off_after_leap(cursor_rows.position(db, LOOKED))
                if memory.is_new:
                    for judge in self._judges:
                        judge.forget()
                    self._close_removed(round_)
                    self._judge_again(round_)
                yield round_
                memory.save(db)
        except BaseException:
            self._memory, self._watch = None, watch
            raise

    def _close_removed(self, round_: EvaluationRound) -> None:
        """What the site file or a profile no longer has can never be judged again."""
        for alert in round_.open_alerts():
            rule = self._dependencies.rule(alert)
            if alert.device not in self._site.devices:
                round_.close(alert, "the device was removed")
            elif rule is None:
                round_.close(alert, "the rule was removed")
            elif not rule.covers(alert.component):
                round_.close(alert, "the rule no longer covers this component")

    def _judge_again(self, round_: EvaluationRound) -> None:
        """A rule that is new knows what a person measured last: the next value may be weeks away."""
        for reading in round_.history.newest_entered(round_.now):
            news = round_.news(reading)
            if news is not None:
                self._judge_reading(round_, news, is_news=True)

    def _look(self, db: Session, now: int) -> None:
        """Note now and then, for who comes after a restart, when the engine looked last."""
        cursor = cursor_rows.cursor(db, LOOKED)
        self._watch.look(now, cursor.position)
        if abs(now - cursor.position) >= LOOK_NOTED_EVERY:
            cursor.position = now

    def _judge_events(self, round_: EvaluationRound, events: Iterable[Event]) -> None:
        """Before the readings of the page: these tell how late it is, and so what has ended."""
        by_device: dict[str, list[Event]] = defaultdict(list)
        for event in sorted(events, key=lambda event: event.at):
            if event.device in self._by_events:
                by_device[event.device].append(event)
        for device, own in by_device.items():
            for judge in self._by_events[device]:
                for component, judgement in judge.judge_events(own, round_.history):
                    round_.apply((device, component, judge.rule.id), judge.rule, judgement)

    def _judge_reading(self, round_: EvaluationRound, reading: Reading, *, is_news: bool) -> None:
        for judge in self._by_metric[reading.device, reading.metric]:
            if judge.rule.covers(reading.component):
                key = (reading.device, reading.component, judge.rule.id)
                if reading.quality == "corrected":
                    round_.forget_worst(key)
                judge_it = judge.judge_reading if is_news else judge.judge_past
                judgement = judge_it(reading, round_.state(key), round_.history)
                if judgement is not None:
                    round_.apply(key, judge.rule, judgement)

    def _judge_withdrawn(self, round_: EvaluationRound, reading: Reading) -> None:
        """What was read before it counts again; where nothing was, what it fired is over."""
        judges = self._by_metric.get((reading.device, reading.metric), ())
        if not judges or not round_.is_judged_last(reading):
            return
        left = round_.history.before(reading)
        round_.take_back(reading, left)
        for judge in judges:
            if not judge.rule.covers(reading.component):
                continue
            key = (judge.device, reading.component, judge.rule.id)
            state = round_.state(key)
            if left is None:
                judgement = judge.judge_withdrawal(reading.at)
            else:  # what fired cannot be over before it did
                standing = left._replace(at=reading.at) if state.state == "firing" else left
                judgement = judge.judge_reading(standing, state, round_.history)
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
