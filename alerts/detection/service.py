"""The detection service: rows in, verdicts and models out. One `step` at a time, seconds at most.

What is known of a detector is its model file: how far it was fed, and all it needs to go on. Rows
come from the series store, so after a crash they are fed again from there; feeding is the same on
any cut, so the same verdicts come again, and are there already. Verdicts are written before the file
that says they were reached. A file that is lost or damaged is learned anew from the store.
"""

import logging
from collections import defaultdict

from alerts.detection import feedback
from alerts.detection.backend import BACKEND, DetectorBackend
from alerts.detection.explained_steps import StepAnswersOfSite
from alerts.detection.features import frames, recently_refused
from alerts.detection.instance import DetectorInstance
from alerts.detection.load import (
    BEHIND,
    FIRST,
    load_instance,
    save_instance,
    start_instance,
    training_job,
    was_replaced,
)
from alerts.detection.targets import DetectorTarget, SeriesName, TargetKey, detector_targets
from alerts.detection.training import Trainer, TrainingOutcome
from alerts.detectors.base import CELL, Frame
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from storage.detector_models.store import ModelStore, UntrustedModelError
from storage.records import Records, Verdict
from storage.records import cursors as cursor_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader

log = logging.getLogger(__name__)

WHO = "detection"  # in the audit
SERVICES = "services"  # the cursor

# Scanward's defaults, no source.
GRACE = 2 * MINUTE  # after the end of a cell, for what is on its way
PATIENCE = 6 * HOUR  # so long a silent device's rows may still come: the broker or a log has them
AHEAD = 1 * DAY  # fed so far beyond now: the clock was wrong then
FORGET_EVERY = 1 * HOUR
AT_ONCE = 1 * DAY  # of rows, for each detector, in one step
MORE = 3 * DAY  # of rows before it tries again what it had too little for
TRY_AGAIN = 1 * HOUR  # when training itself failed
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
        backend: DetectorBackend = BACKEND,
        trainer: Trainer | None = None,
    ) -> None:
        self._site, self._series, self._records, self._models = site, series, records, models
        self._scanward, self._backend = scanward, backend
        self._trainer = trainer or Trainer()
        self._queue: list[DetectorInstance] = []  # for training, the most urgent last
        self._trainer_busy_at = 0
        self._instances: dict[TargetKey, DetectorInstance] = {}
        self._untrusted: dict[TargetKey, str] = {}  # whose file must not be read, and why
        self._failed_until: dict[TargetKey, int] = {}  # whose judging failed: not before
        self._unwritten: list[Verdict] = []
        self._has_detectors = any(device.profile.detectors for device in site.devices.values())
        self._training_failure = ""  # the error when training itself failed last
        self._newest: dict[SeriesName, int] = {}
        self._steps = StepAnswersOfSite(site, {}, {}, {})
        self._looked_at = self._forgot_at = 0

    def step(self, now: int) -> bool:
        """A part of the work, some seconds at most; True while there is more. Call it each second.

        StoreError: nothing is lost, call again.
        """
        if now < CLOCK_IS_SET or not self._has_detectors:
            return False
        self._write_verdicts(now)
        self._collect_training(now)
        is_time = not self._looked_at <= now < self._looked_at + MINUTE  # it may be set back
        if is_time:
            self._look(now)
            self._looked_at = now
        fed, more = self._feed(now)
        self._write_verdicts(now)
        if is_time or fed:
            self._queue_training(now)
        self._start_training(now)
        self._save()
        return more

    @property
    def is_learning(self) -> bool:
        """A training runs, or waits for its turn."""
        instances = self._instances.values()
        return self._trainer.is_busy or any(instance.wants_training for instance in instances)

    def close(self) -> None:
        """Stop learning. What was judged is saved already."""
        self._trainer.stop()

    # What is there to be judged

    def _look(self, now: int) -> None:
        """What has changed around the detectors since the last minute."""
        self._newest = self._series.newest()
        with self._records.reading() as db:
            biases = feedback.biases(self._site, feedback_rows.tallies(db))
            self._steps = StepAnswersOfSite.read(db, self._site, now)
        targets = detector_targets(self._site, self._newest)
        self._newest |= recently_refused(self._series, targets, self._newest, now, PATIENCE)
        for target in targets:
            instance = self._instances.get(target.key)
            if (
                instance is None
                or instance.target != target
                or was_replaced(self._models, instance)
            ):
                instance = self._load(target, now)
            if instance is not None and instance.fed_until > now + AHEAD:
                log.warning("%s was judged with a clock that was ahead; it begins anew", target)
                instance = self._start(target, now)
            if instance is not None:
                instance.set_bias(biases.get(target.settings.id, 0.0))
                self._instances[target.key] = instance
        self._apply_services(now)
        self._forget(now)

    def _load(self, target: DetectorTarget, now: int) -> DetectorInstance | None:
        """Where its file says, or from nothing; None while its file must not be read."""
        self._instances.pop(target.key, None)
        if now < self._failed_until.get(target.key, 0):
            return None
        try:
            instance = load_instance(self._models, self._backend, target, self._site.zone, 0.0)
        except UntrustedModelError as error:
            if self._untrusted.get(target.key) != str(error):  # once, not each minute
                log.error("%s; this detector stands still until that is put right", error)
                self._untrusted[target.key] = str(error)
            return None
        self._untrusted.pop(target.key, None)
        return instance or self._start(target, now)

    def _start(self, target: DetectorTarget, now: int) -> DetectorInstance:
        zone = self._site.zone
        return start_instance(self._series, self._models, self._backend, target, zone, now)

    # Judging

    def _feed(self, now: int) -> tuple[bool, bool]:
        """Bring each detector the rows that are complete, a day at most. Was there any, is there more?"""
        windows: dict[tuple[int, int], list[DetectorInstance]] = defaultdict(list)
        is_all = True
        for instance in self._instances.values():
            start, end = instance.fed_until, self._complete_until(instance.target, now)
            end = min(end, instance.first_training_at or end)
            if instance.target == self._trainer.target or instance.wants_training:
                continue  # it goes on with its new model
            if end > start:
                if end - start > BEHIND + FIRST + AT_ONCE:
                    start = end - BEHIND  # away for long: verdicts of then are of no use now
                is_all = is_all and end - start <= AT_ONCE
                instance.explain_steps(self._steps.of(instance.target.key, start))
                windows[start, min(end, start + AT_ONCE)].append(instance)
        for (start, end), group in windows.items():
            rows = frames(self._series, [instance.target for instance in group], start, end)
            for instance, frame in zip(group, rows, strict=True):
                self._judge(instance, frame, end, now)
        return bool(windows), not is_all

    def _judge(self, instance: DetectorInstance, rows: Frame, end: int, now: int) -> None:
        """One sick detector never stops the others: it begins again tomorrow, from its file."""
        try:
            self._unwritten += instance.feed(rows, end)
        except Exception:
            log.exception("%s failed; it is tried again tomorrow", instance.target)
            self._failed_until[instance.target.key] = now + DAY
            del self._instances[instance.target.key]

    def _complete_until(self, target: DetectorTarget, now: int) -> int:
        """The end of the newest cell that may be judged: a silent device is waited for a while."""
        over = (now - GRACE - target.told_after) // CELL * CELL
        newest = max((self._newest.get(name, 0) for name in target.watched), default=0)
        newest = newest // CELL * CELL
        return over if newest >= over or over - newest > PATIENCE else newest

    def _write_verdicts(self, now: int) -> None:
        if self._unwritten:
            with self._records.writing(WHO, now) as db:
                verdict_rows.write_verdicts(db, self._unwritten)
            self._unwritten = []

    def _save(self) -> None:
        """Verdicts are written by now; how far they reach comes after."""
        for instance in self._instances.values():
            if instance.is_unsaved and not instance.wants_training:
                save_instance(self._models, instance)

    def _apply_services(self, now: int) -> None:
        """What was before a service no longer tells what is normal."""
        with self._records.reading() as db:
            before = cursor_rows.position(db, SERVICES)
            services = feedback_rows.service_events_after(db, before)
        if not services:
            return
        for service in services:
            for instance in self._instances.values():
                if instance.target.device == service.device:
                    instance.runner.serviced(service.at)
                    instance.is_unsaved = True
        self._save()  # before the cursor: applied twice is no harm, forgotten is
        with self._records.writing(WHO, now) as db:
            cursor_rows.cursor(db, SERVICES).position = services[-1].id

    def _forget(self, now: int) -> None:
        if self._forgot_at <= now < self._forgot_at + FORGET_EVERY:
            return
        with self._records.writing(WHO, now) as db:
            dropped = verdict_rows.delete_verdicts(db, now - verdict_rows.KEEP_VERDICTS)
        if not dropped:
            self._forgot_at = now

    # Learning

    def _queue_training(self, now: int) -> None:
        """Who is to learn; those that judge nothing before they have come first."""
        due = [instance for instance in self._instances.values() if instance.training_due(now)]
        for instance in due:
            instance.wants_training = instance.card.version == 0
        self._queue = sorted(due, key=lambda instance: instance.wants_training)

    def _start_training(self, now: int) -> None:
        if self._trainer.is_busy:
            self._trainer_busy_at = now
        elif self._queue:
            instance = self._queue.pop()
            self._trainer.submit(training_job(instance, self._site, self._records))
        elif not self._trainer_busy_at <= now < self._trainer_busy_at + RESTS:
            self._trainer.stop()

    def _collect_training(self, now: int) -> None:
        outcome = self._trainer.collect()
        instance = self._instances.get(outcome.target.key) if outcome else None
        if outcome is None or instance is None or instance.target != outcome.target:
            return
        if outcome.state is None:
            self._log_failure(instance, outcome)
            instance.wants_training, instance.first_training_at = False, 0
            instance.retry_after = instance.fed_until + MORE
            instance.obstacle = outcome.obstacle
            instance.training_rests_until = now + TRY_AGAIN if outcome.is_broken else 0
            return
        self._training_failure = ""
        instance.adopt(outcome, now, self._scanward)
        log.info("%s has learned (version %d)", instance.target, instance.card.version)

    def _log_failure(self, instance: DetectorInstance, outcome: TrainingOutcome) -> None:
        if not outcome.is_broken:
            if outcome.error != instance.training_error:  # once, not each time it tries
                log.info("%s cannot learn yet: %s", instance.target, outcome.error)
            instance.training_error = outcome.error
        elif outcome.error != self._training_failure:  # once, not for each of a thousand
            text = "%s: learning failed: %s; tried again in an hour"
            log.error(text, instance.target, outcome.error)
            self._training_failure = outcome.error
