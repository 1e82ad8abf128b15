"""The alert loops: one judges the journal and what detectors say, one runs the detectors, one empties
the outbox. So a slow line delays no verdict, and a slow detector no alert.
"""

import logging
import threading
from typing import TYPE_CHECKING

from alerts.channels import senders
from alerts.evaluation.engine import AlertEngine
from alerts.notification.delivery import deliver_due
from app.clock import now
from app.services.loop import every_round
from core.schema.site import Site
from storage.records import Records
from storage.series import SeriesReader

if TYPE_CHECKING:
    from alerts.detection import Detection

log = logging.getLogger(__name__)

LEARNING_S = 0.1  # how often it looks whether something has been learned
GAP_S = 0.005  # between two pages: SQLite's lock knows no queue, and other writers want their turn


def alert(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Judge and deliver until `stop` is set; with `once`, all there is to judge and one delivery."""
    records = Records(site.records_url, now=now)
    records.upgrade()
    series = SeriesReader(site.series_path)
    engine = AlertEngine(site, series, records)
    detection = _detection(site, series, records)
    channels = senders(site)

    def judge() -> None:
        while engine.step() and not stop.wait(GAP_S):
            pass
        while engine.step_verdicts() and not stop.wait(GAP_S):
            pass
        engine.tick(now())

    def detect() -> None:
        if detection is None or not site.series_path.exists():
            return  # `judge` says so
        while not stop.is_set():
            more = detection.step(now())
            if not more and (not detection.is_learning or stop.wait(LEARNING_S)):
                return

    def deliver() -> None:
        deliver_due(site, records, channels, now)

    if once:
        detect()
        judge()
        deliver()
    else:
        log.info("judging %d devices, telling %s", len(site.devices), ", ".join(channels))
        others = [
            threading.Thread(target=every_round, args=(work, stop), daemon=True)
            for work in (deliver, detect)
        ]
        for other in others:
            other.start()
        every_round(judge, stop)
        for other in others:
            other.join(2)  # a channel may hang; its lease will run out
    if detection is not None:
        detection.close()
    records.close()


def _detection(site: Site, series: SeriesReader, records: Records) -> "Detection | None":
    """What runs the site's detectors; None without detectors, and scikit-learn is not imported then."""
    if not any(device.profile.detectors for device in site.devices.values()):
        return None
    from alerts.detection import Detection
    from storage.backup.manifest import scanward_version
    from storage.detector_models.store import ModelStore

    return Detection(site, series, records, ModelStore(site.models_path), scanward_version())
