"""The backup loop: makes one when it is due and removes the oldest."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.services.loop import Loop
from core.schema.site import Site
from core.schema.storage import Backup
from core.text import times
from core.time.clock import HOUR, MINUTE, SECOND
from storage.backup.retention import check_disk, due_at, remove_old
from storage.backup.take import take
from storage.files.process_sign import WORK, ProcessSign

log = logging.getLogger(__name__)

LOOK_EVERY = 1 * MINUTE  # the clock may have been set, and a laptop may have slept
LONGEST_PAUSE = 60 * MINUTE
LONGEST_STEP = LONGEST_PAUSE + 2 * HOUR  # a pause, and the copying of years to a slow disk; ours


def backup(
    site: Site, site_path: Path, plan: Backup, stop: threading.Event, now: Callable[[], int]
) -> None:
    """Back up until `stop` is set. What fails is tried again, less and less often."""
    log.info("a backup to %s every %s", plan.folder, times.duration(plan.every))
    loop = Loop(
        log,
        every_s=min(LOOK_EVERY, plan.every) / SECOND,
        longest_s=LONGEST_PAUSE / SECOND,
        lost="%(error)s; trying again in %(pause)s",
        back="",
        remind_s=0,
    )
    with ProcessSign(site.processes_path, "backup", now, {WORK: LONGEST_STEP}) as sign:
        loop.run(sign.noting(lambda: back_up_if_due(site, site_path, plan, now())), stop)


def back_up_if_due(site: Site, site_path: Path, plan: Backup, now: int) -> None:
    """Make a backup if it is time, and remove those beyond `keep`."""
    if now < due_at(plan.folder, site.file.id, plan.every, now):
        return
    check_disk(site, plan)
    made = take(site, site_path, plan.folder, now)
    log.info("backup %s is whole", made)
    for old in remove_old(plan.folder, site.file.id, plan.keep, made):
        log.info("backup %s is removed: %d newer ones are kept", old, plan.keep)
