"""The alert loops: one judges the journal, one empties the outbox, so a slow line delays no verdict."""

import logging
import threading
import time
from collections.abc import Callable

from alerts.channels import senders
from alerts.engine import Engine
from alerts.outbox import deliver_due
from app.clock import now
from core.errors import StoreError
from core.site import Site
from storage.records import Records
from storage.series import SeriesReader

log = logging.getLogger(__name__)

ROUND_S = 1.0
LONGEST_PAUSE_S = 30.0
REMIND_S = 600.0


def alert(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Judge and deliver until `stop` is set; with `once`, all there is to judge and one delivery."""
    records = Records(site.records_url, now=now)
    records.upgrade()
    engine = Engine(site, SeriesReader(site.series_path), records)
    channels = senders(site)

    def judge() -> None:
        while engine.step() and not stop.is_set():
            pass
        engine.tick(now())

    def deliver() -> None:
        deliver_due(site, records, channels, now)

    if once:
        judge()
        deliver()
    else:
        log.info("judging %d devices, telling %s", len(site.devices), ", ".join(channels))
        delivering = threading.Thread(target=every_round, args=(deliver, stop), daemon=True)
        delivering.start()
        every_round(judge, stop)
        delivering.join(2)  # a channel may hang; its lease will run out
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
