"""How a detector begins, where its file says or from nothing; what it learns from; how it is saved."""

import logging
from collections.abc import Iterator
from datetime import tzinfo

from alerts.detection.backend import DetectorBackend
from alerts.detection.instance import (
    DetectorInstance,
    new_instance,
    restored_runner,
    settings_digest,
)
from alerts.detection.targets import DetectorTarget
from alerts.detection.training import TrainingJob
from alerts.detectors.base import CELL, HISTORY
from core.schema.site import Site
from core.time.clock import DAY
from storage.detector_models.store import DamagedModelError, ModelStore
from storage.records import Records
from storage.records import feedback as feedback_rows
from storage.series import SeriesReader

log = logging.getLogger(__name__)

# Scanward's defaults, no source.
BEHIND = 28 * DAY  # what is older than that is learned from at a first start, and not judged
FIRST = 24 * DAY  # less than that is no history to learn from at a first start
LEAD_UP = 8 * DAY  # is fed before it learns: what is expected today depends on the days before


def load_instance(
    models: ModelStore, backend: DetectorBackend, target: DetectorTarget, zone: tzinfo, bias: float
) -> DetectorInstance | None:
    """As its file has it; None if there is none, or one of other settings.

    A damaged one is put aside, and that is logged as an error. UntrustedModelError: it must not be read.
    """
    stamp = models.stamp(*target.key)
    try:
        loaded = models.load(*target.key)
        if loaded is None:
            return None
        card, state = loaded
        if card.settings != settings_digest(target):
            log.info("%s has other settings now; it learns anew", target)
            return None
        runner = restored_runner(backend, target, state, zone, bias)
    except (DamagedModelError, KeyError, TypeError, ValueError, AttributeError) as error:
        quarantined = models.quarantine(*target.key)
        log.error("%s is learned anew: %s (the file is now %s)", target, error, quarantined)
        return None
    instance = DetectorInstance(target, runner, card, backend, zone, bias, is_unsaved=False)
    instance.file_stamp, instance.judged_at = stamp, card.last_at
    return instance


def start_instance(
    series: SeriesReader,
    models: ModelStore,
    backend: DetectorBackend,
    target: DetectorTarget,
    zone: tzinfo,
    now: int,
) -> DetectorInstance:
    """From nothing: it learns from what is older than a month and judges that month."""
    oldest = series.oldest()
    began = min((oldest[name] for name in target.watched if name in oldest), default=now)
    start = max(began, now - BEHIND) // CELL * CELL
    if start - began >= FIRST:
        instance = new_instance(backend, target, zone, start - LEAD_UP)
        instance.first_training_at = start
    else:  # as it would have lived through it
        fed_until = max(began, now - BEHIND - FIRST) // CELL * CELL
        instance = new_instance(backend, target, zone, fed_until)
    instance.file_stamp = models.stamp(*target.key)
    return instance


def save_instance(models: ModelStore, instance: DetectorInstance) -> None:
    """Write its file, unless another process has learned meanwhile: the next look takes that up."""
    with models.locked():
        if was_replaced(models, instance):
            return
        models.save(instance.card, instance.runner.state())
        instance.file_stamp = models.stamp(*instance.target.key)
    instance.is_unsaved = False


def was_replaced(models: ModelStore, instance: DetectorInstance) -> bool:
    """Has another process (`scanward model train`) written its file?"""
    stamp = models.stamp(*instance.target.key)
    return stamp is not None and instance.file_stamp is not None and stamp != instance.file_stamp


def training_job(instance: DetectorInstance, site: Site, records: Records) -> TrainingJob:
    """What it is to learn now, without the time in which something was wrong, or before the device was serviced."""
    end = instance.fed_until
    with records.reading() as db:
        services = feedback_rows.service_events_between(db, end - HISTORY, end)
    own = (each.at for each in services if each.device == instance.target.device)
    start = max(own, default=end - HISTORY)
    return TrainingJob(
        target=instance.target,
        state=instance.runner.state(),
        series_path=site.series_path,
        start=start,
        end=end,
        left_out=list(_alert_spans(instance.target, start, end, records)),
        zone=site.zone,
        bias=instance.bias,
        backend=instance.backend,
    )


def _alert_spans(
    target: DetectorTarget, start: int, end: int, records: Records
) -> Iterator[tuple[int, int]]:
    """When an alert was open on a metric that the detector reads, UTC ms."""
    with records.reading() as db:
        spans = feedback_rows.alert_spans(db, start)
    for metric in sorted({target.settings.metric, *target.settings.metrics}):
        for span in spans.get((target.device, target.component, metric), ()):
            if span.start < end:
                yield span.start, end if span.end is None else min(span.end, end)
