"""The maintenance loop: downtime from alerts each second, what is due every few minutes.

A process of its own, so that a mistake in it never keeps an alert from being judged or told.
"""

import logging
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from access.audit_pruning import prune_audit
from app.clock import now
from app.services.liveness import StandstillWatch
from app.services.loop import DueTime, Loop
from core.errors import ConfigError
from core.schema.site import Site
from core.time.clock import DAY, MINUTE
from maintenance.downtime.from_alerts import Follower
from maintenance.planning.planner import Planner
from maintenance.reports.schedule import make_due
from maintenance.site_file.change import note_file
from maintenance.tickets.remote_help import end_overdue_sessions
from storage.backup.retention import newest
from storage.files import disk_history
from storage.files.alive import touch
from storage.files.atomic import translated
from storage.files.process_sign import WORK, ProcessSign
from storage.records import Records
from storage.records.transaction import transaction
from storage.series import SeriesReader
from storage.series.store import open_store

log = logging.getLogger(__name__)

PLAN_EVERY = 5 * MINUTE
ALIVE = "maintain.alive"  # in the storage folder: touched when it has planned; a health check looks at its age
LONGEST_STEP = 10 * MINUTE  # a month's reports on an old machine; ours
REPORT_EVERY = 10 * MINUTE  # looks whether one is due


def maintain(
    site: Site, stop: threading.Event, *, once: bool = False, site_path: Path | None = None
) -> None:
    """Follow and plan until `stop` is set; with `once`, all there is now."""
    records = Records(site.records_url, now=now, newest_backup=partial(newest, site))
    records.upgrade()
    follower = Follower(site, records)
    planner = Planner(site, open_store(site), records)
    plans_due, reports_due, audit_due, help_due, disk_due = (DueTime() for _ in range(5))
    watch = StandstillWatch(site.alive_path)

    def step() -> None:
        if not once:
            watch.look()
        while follower.step(now()) and not stop.is_set():
            pass
        at = now()
        if plans_due.is_due(at):
            _plan(site, planner, at)
            plans_due.postpone(at, PLAN_EVERY)
            _note_site_file(records, site, site_path, at)
        if audit_due.is_due(at):
            audit_due.postpone(at, DAY)
            if count := prune_audit(records, site, at):
                log.info("%d rows of the audit were older than the site keeps them", count)
        if help_due.is_due(at):
            help_due.postpone(at, MINUTE)
            for number in end_overdue_sessions(records, site, at):
                log.warning("remote session %d is over: see that the way in is closed", number)
        if disk_due.is_due(at):
            disk_due.postpone(at, disk_history.EVERY)
            _note_disk(site, at)
        if reports_due.is_due(at):
            reports_due.postpone(at, REPORT_EVERY)
            _report(site, records, at)

    if not once:
        plans = sum(len(device.plans) for device in site.devices.values())
        log.info("planning %d kinds of work on %d devices", plans, len(site.devices))
    with ProcessSign(site.processes_path, "maintain", now, {WORK: LONGEST_STEP}) as sign:
        Loop(log).run(sign.noting(step), stop, once=once)
    records.close()


def _plan(site: Site, planner: Planner, at: int) -> None:
    opened = planner.round(at)
    _say_alive(site)
    if opened:
        log.info("opened %d work orders", len(opened))


def _note_site_file(records: Records, site: Site, path: Path | None, at: int) -> None:
    """What a text editor changed; the file is unknown to whoever follows a site of their own making."""
    if path is None:
        return
    with suppress(ConfigError), transaction(records, site, "maintain", at) as tx:
        note_file(tx, path)


def _note_disk(site: Site, at: int) -> None:
    with suppress(OSError):  # a disk that is full is told elsewhere
        disk_history.note_disk(site.file.storage.folder, at)


def _say_alive(site: Site) -> None:
    path = site.file.storage.folder / ALIVE
    with translated("what was planned cannot be noted"):
        touch(path)


def _report(site: Site, records: Records, at: int) -> None:
    try:
        make_due(site, records, SeriesReader(site.series_path), at)
    except Exception:
        log.exception("a report could not be made; it is tried again in ten minutes")
