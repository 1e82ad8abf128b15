"""The detection loop: rows in, verdicts and models out. One `step` at a time, some of them short.

What is known of a detector is its model file: how far it was fed, and all it needs to go on. Rows
come from the series store, so after a crash they are fed again from there; feeding is the same on
any cut, so the same verdicts come again, and are there already. Verdicts are written before the file
that says they were reached. A file that is lost or damaged is learned anew from the store.
"""

import logging
from collections import defaultdict

from alerts.detection import feedback
from alerts.detection.features import frames, refused_lately
from alerts.detection.instance import Running
from alerts.detection.load import BEHIND, FIRST, begun, job_of, name_of, resumed
from alerts.detection.targets import Name, Place, places
from alerts.detection.training import Outcome, Seam, Trainer
from alerts.detectors.base import Frame
from alerts.detectors.common.resample import CELL
from alerts.detectors.runner import Watch, train
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from storage.detector_models.store import ModelStore, UntrustedModelError
from storage.records import Records, Verdict
from storage.records import cursors as cursor_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader

log = logging.getLogger(__name__)

SEAM = Seam(Watch, train)

WHO = "detection"  # in the audit
SERVICES = "services"  # the cursor

# Scanward's defaults, no source.
GRACE = 2 * MINUTE  # after the end of a cell, for what is on its way
PATIENCE = 6 * HOUR  # so long a silent device's rows may still come: the broker or a log has them
AHEAD = 1 * DAY  # fed so far beyond now: the clock was wrong then
FORGET_EVERY = 1 * HOUR
AT_ONCE = 1 * DAY  # of rows, for each detector, in one step
MORE = 3 * DAY  # of rows before it tries again what it had too little for
TRY_AGAIN = 1 * HOUR  # when learning itself failed
RESTS = 1 * MINUTE  # after so long without a job the training process ends

CLOCK_IS_SET = 1_735_689_600_000  # 2025: a machine without a battery begins in 1970


class Detection:
    """All detectors of a site. One process at a time runs it."""

    def __init__(
        self,
        site: Site,
        series: SeriesReader,
        records: Records,
        models: ModelStore,
        scanward: str = "",
        seam: Seam = SEAM,
        trainer: Trainer | None = None,
    ) -> None:
        self._site, self._series, self._records, self._models = site, series, records, models
        self._scanward, self._seam = scanward, seam
        self._trainer = trainer or Trainer()
        self._waiting: list[Running] = []
        self._busy_at = 0
        self._running: dict[tuple[str, str, str], Running] = {}
        self._refused: dict[tuple[str, str, str], str] = {}
        self._sick: dict[tuple[str, str, str], int] = {}  # not before
        self._unwritten: list[Verdict] = []
        self._has_detectors = any(one.profile.detectors for one in site.devices.values())
        self._broken = ""  # what the last failure of training said
        self._heard: dict[Name, int] = {}
        self._looked_at = self._forgot_at = 0

    def step(self, now: int) -> bool:
        """A piece of the work, some seconds at most; True while there is more. Call it each second.

        StoreError: nothing is lost, call again.
        """
        if now < CLOCK_IS_SET or not self._has_detectors:
            return False
        self._write(now)
        self._take(now)
        is_time = not self._looked_at <= now < self._looked_at + MINUTE  # it may be set back
        if is_time:
            self._look(now)
            self._looked_at = now
        fed, more = self._feed(now)
        self._write(now)
        if is_time or fed:
            self._line_up(now)
        self._learn(now)
        self._keep()
        return more

    @property
    def is_learning(self) -> bool:
        """A training runs, or waits for its turn."""
        return self._trainer.is_busy or any(one.wants for one in self._running.values())

    def close(self) -> None:
        """Stop learning. What was judged is kept already."""
        self._trainer.stop()

    # What is there to be judged

    def _look(self, now: int) -> None:
        """What has changed around the detectors since the last minute."""
        self._heard = self._series.newest()
        with self._records.reading() as db:
            leaning = feedback.biases(self._site, feedback_rows.tallies(db))
        found = places(self._site, self._heard)
        self._heard |= refused_lately(self._series, found, self._heard, now, PATIENCE)
        for place in found:
            running = self._running.get(place.key)
            if running is None or running.place != place or was_replaced(self._models, running):
                running = self._started(place, now)
            if running is not None and running.fed_until > now + AHEAD:
                text = "%s was judged with a clock that was ahead; it begins anew"
                log.warning(text, name_of(place))
                running = self._begun(place, now)
            if running is not None:
                running.lean(leaning.get(place.settings.id, 0.0))
                self._running[place.key] = running
        self._serve(now)
        self._forget(now)

    def _started(self, place: Place, now: int) -> Running | None:
        """Where its file says, or from nothing; None while its file must not be read."""
        self._running.pop(place.key, None)
        if now < self._sick.get(place.key, 0):
            return None
        try:
            found = resumed(self._models, self._seam, place, self._site.zone, 0.0)
        except UntrustedModelError as error:
            if self._refused.get(place.key) != str(error):  # once, not each minute
                log.error("%s; this detector stands still until that is put right", error)
                self._refused[place.key] = str(error)
            return None
        self._refused.pop(place.key, None)
        return found or self._begun(place, now)

    def _begun(self, place: Place, now: int) -> Running:
        return begun(self._series, self._models, self._seam, place, self._site.zone, now)

    # Judging

    def _feed(self, now: int) -> tuple[bool, bool]:
        """Bring each detector the rows that are complete, a day at most. Was there any, is there more?"""
        stretches: dict[tuple[int, int], list[Running]] = defaultdict(list)
        is_all = True
        for running in self._running.values():
            start, end = running.fed_until, self._complete(running.place, now)
            end = min(end, running.learns_at or end)
            if running.place == self._trainer.place or running.wants:
                continue  # it goes on with its new model
            if end > start:
                if end - start > BEHIND + FIRST + AT_ONCE:
                    start = end - BEHIND  # away for long: nobody wants to be told now
                is_all = is_all and end - start <= AT_ONCE
                stretches[start, min(end, start + AT_ONCE)].append(running)
        for (start, end), group in stretches.items():
            rows = frames(self._series, [one.place for one in group], start, end)
            for running, frame in zip(group, rows, strict=True):
                self._judge(running, frame, end, now)
        return bool(stretches), not is_all

    def _judge(self, running: Running, rows: Frame, end: int, now: int) -> None:
        """One sick detector never stops the others: it begins again tomorrow, from its file."""
        try:
            self._unwritten += running.feed(rows, end)
        except Exception:
            log.exception("%s failed; it is tried again tomorrow", name_of(running.place))
            self._sick[running.place.key] = now + DAY
            del self._running[running.place.key]

    def _complete(self, place: Place, now: int) -> int:
        """The end of the newest cell that may be judged: a silent device is waited for a while."""
        over = (now - GRACE) // CELL * CELL
        heard = max((self._heard.get(name, 0) for name in place.own), default=0) // CELL * CELL
        return over if heard >= over or over - heard > PATIENCE else heard

    def _write(self, now: int) -> None:
        if self._unwritten:
            with self._records.writing(WHO, now) as db:
                verdict_rows.write_verdicts(db, self._unwritten)
            self._unwritten = []

    def _keep(self) -> None:
        """Verdicts are written by now; how far they reach comes after."""
        for running in self._running.values():
            if running.is_changed and not running.wants:
                keep(self._models, running)

    def _serve(self, now: int) -> None:
        """What was before a service no longer tells what is normal."""
        with self._records.reading() as db:
            before = cursor_rows.position(db, SERVICES)
            services = feedback_rows.service_events_after(db, before)
        if not services:
            return
        for service in services:
            for running in self._running.values():
                if running.place.device == service.device:
                    running.watch.serviced(service.at)
                    running.is_changed = True
        self._keep()  # before the cursor: told twice is no harm, forgotten is
        with self._records.writing(WHO, now) as db:
            cursor_rows.cursor(db, SERVICES).position = services[-1].id

    def _forget(self, now: int) -> None:
        if self._forgot_at <= now < self._forgot_at + FORGET_EVERY:
            return
        with self._records.writing(WHO, now) as db:
            gone = verdict_rows.delete_verdicts(db, now - verdict_rows.KEEP_VERDICTS)
        if not gone:
            self._forgot_at = now

    # Learning

    def _line_up(self, now: int) -> None:
        """Who wants to learn; those that judge nothing before they have come first."""
        due = [
            one
            for one in self._running.values()
            if one.wants
            or (
                one.fed_until >= one.not_before
                and now >= one.rests_until
                and one.watch.training_due(one.fed_until)
            )
        ]
        for running in due:
            running.wants = running.card.version == 0
        self._waiting = sorted(due, key=lambda one: one.wants)

    def _learn(self, now: int) -> None:
        if self._trainer.is_busy:
            self._busy_at = now
        elif self._waiting:
            running = self._waiting.pop()
            self._trainer.give(job_of(running, self._site, self._records))
        elif not self._busy_at <= now < self._busy_at + RESTS:
            self._trainer.stop()

    def _take(self, now: int) -> None:
        outcome = self._trainer.take()
        running = self._running.get(outcome.place.key) if outcome else None
        if outcome is None or running is None or running.place != outcome.place:
            return
        if outcome.state is None:
            self._say_why_not(running, outcome)
            running.wants, running.learns_at = False, 0
            running.not_before = running.fed_until + MORE
            running.rests_until = now + TRY_AGAIN if outcome.is_broken else 0
            return
        self._broken = ""
        running.adopt(outcome, now, self._scanward)
        log.info("%s has learned (version %d)", name_of(running.place), running.card.version)

    def _say_why_not(self, running: Running, outcome: Outcome) -> None:
        if not outcome.is_broken:
            if outcome.error != running.why_not:  # once, not each time it tries
                log.info("%s cannot learn yet: %s", name_of(running.place), outcome.error)
            running.why_not = outcome.error
        elif outcome.error != self._broken:  # once, not for each of a thousand
            log.error(
                "%s: learning failed: %s; tried again tomorrow",
                name_of(running.place),
                outcome.error,
            )
            self._broken = outcome.error


def keep(models: ModelStore, running: Running) -> None:
    """Write its file, unless another process has learned meanwhile: `_look` takes that then."""
    with models.held():
        if was_replaced(models, running):
            return
        models.save(running.card, running.watch.state())
        running.stamp = models.stamp(*running.place.key)
    running.is_changed = False


def was_replaced(models: ModelStore, running: Running) -> bool:
    """Has another process (`scanward model train`) written its file?"""
    stamp = models.stamp(*running.place.key)
    return stamp is not None and running.stamp is not None and stamp != running.stamp
