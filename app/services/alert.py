"""The alert loops: one judges the journal and what detectors say, one runs the detectors, one empties
the outbox. So a slow line delays no verdict, and a slow detector no alert.
"""

import logging
import threading
import time
from collections.abc import Callable

from alerts.channels import senders
from alerts.detection import Detection
from alerts.evaluation.engine import AlertEngine
from alerts.notification.delivery import deliver_due
from app.clock import now
from core.errors import StoreError
from core.schema.site import Site
from storage.backup.manifest import scanward_version
from storage.detector_models.store import ModelStore
from storage.records import Records
from storage.series import SeriesReader

log = logging.getLogger(__name__)

ROUND_S = 1.0
LEARNING_S = 0.1  # how often it looks whether something has been learned
LONGEST_PAUSE_S = 30.0
GAP_S = 0.005  # between two pages: SQLite's lock knows no queue, and other writers want their turn
REMIND_S = 600.0


def alert(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Judge and deliver until `stop` is set; with `once`, all there is to judge and one delivery."""
    records = Records(site.records_url, now=now)
    records.upgrade()
    series = SeriesReader(site.series_path)
    engine = AlertEngine(site, series, records)
    detection = Detection(site, series, records, ModelStore(site.models_path), scanward_version())
    channels = senders(site)

    def judge() -> None:
        while engine.step() and not stop.wait(GAP_S):
            pass
        while engine.step_verdicts() and not stop.wait(GAP_S):
            pass
        engine.tick(now())

    def detect() -> None:
        if not site.series_path.exists():
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
    detection.close()
    records.close()


def every_round(work: Callable[[], None], stop: threading.Event) -> None:
    """Once a second. What stands in the way is said when it comes, and again every ten minutes."""
    pause, trouble, said_at = ROUND_S, "", 0.0
    while not stop.wait(pause):
        try:
            work()
        except StoreError as error:
            text, time_s = str(error), time.monotonic()
            if text != trouble or time_s - said_at > REMIND_S:
                log.error("%s; trying again", error)
                trouble, said_at = text, time_s
            pause = min(pause * 2, LONGEST_PAUSE_S)
        else:
            if trouble:
                log.info("the store answers again")
            pause, trouble = ROUND_S, ""
