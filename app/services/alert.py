"""The alert loops: one judges the journal and the detectors' verdicts, one runs the detectors, one
sends deliveries. So a slow line delays no verdict, and a slow detector no alert.
"""

import logging
import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from alerts.channels import senders
from alerts.evaluation.engine import AlertEngine
from alerts.notification.delivery import deliver_due
from app.clock import now
from app.services.loop import Loop, Step
from core.schema.site import Site
from storage.backup.retention import newest
from storage.records import Records
from storage.series import SeriesReader

if TYPE_CHECKING:
    from alerts.detection import Detection

log = logging.getLogger(__name__)

LEARNING_S = 0.1  # how often it looks whether something has been learned
GAP_S = 0.005  # between two pages: SQLite's lock knows no queue, and other writers want their turn


def alert(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Judge and deliver until `stop` is set; with `once`, all there is to judge and one delivery."""
    records = Records(site.records_url, now=now, newest_backup=partial(newest, site))
    records.upgrade()
    series = SeriesReader(site.series_path)
    detection = _detection(site, series, records)
    channels = senders(site)
    judge = partial(_judge, AlertEngine(site, series, records), stop)
    detect = partial(_detect, detection, site, stop)
    deliver = partial(deliver_due, site, records, channels, now)
    if once:
        for step in (detect, judge, deliver):
            step()
    else:
        log.info("judging %d devices, telling %s", len(site.devices), ", ".join(channels))
        _run_side_by_side(judge, [deliver, detect], stop)
    if detection is not None:
        detection.close()
    records.close()


def _run_side_by_side(first: Step, others: Sequence[Step], stop: threading.Event) -> None:
    """Each step in a loop of its own, the first in this thread."""
    loop = Loop(log)
    threads = [threading.Thread(target=loop.run, args=(step, stop), daemon=True) for step in others]
    for thread in threads:
        thread.start()
    loop.run(first, stop)
    for thread in threads:
        thread.join(2)  # a channel may hang; its lease will run out


def _judge(engine: AlertEngine, stop: threading.Event) -> None:
    while engine.step() and not stop.wait(GAP_S):
        pass
    while engine.step_verdicts() and not stop.wait(GAP_S):
        pass
    engine.tick(now())


def _detect(detection: "Detection | None", site: Site, stop: threading.Event) -> None:
    if detection is None or not site.series_path.exists():
        return  # the loop that judges reports it
    while not stop.is_set():
        has_more = detection.step(now())
        if not has_more and (not detection.is_learning or stop.wait(LEARNING_S)):
            return


def _detection(site: Site, series: SeriesReader, records: Records) -> "Detection | None":
    """What runs the site's detectors; None without detectors, and scikit-learn is not imported then."""
    if not any(device.profile.detectors for device in site.devices.values()):
        return None
    from alerts.detection import Detection
    from storage.backup.manifest import scanward_version
    from storage.detector_models.store import ModelStore

    return Detection(site, series, records, ModelStore(site.models_path), scanward_version())
