"""How every device stands now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.errors import StoreError
from core.readings import Reading
from core.time.clock import AHEAD, MINUTE
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from dashboard.queries.alerts import open_alerts, out_of_service, windows
from dashboard.queries.backfill import backfill
from dashboard.views.device_status import UP, AlertRow, DeviceStatus, DownRow, device_status
from dashboard.views.page_version import Version, version_of
from dashboard.views.windows import WindowRow
from storage.backup.retention import finished
from storage.files.alive import STANDSTILL, touched_at
from storage.records import cursors as cursor_rows

# Older than this, what is stored or judged is said loudly to be old.
LATE = MINUTE


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything the first page shows. Without a reading store there are no statuses."""

    statuses: tuple[DeviceStatus, ...]
    last_seen_at: int | None  # when anything at all was last seen
    judged_at: int | None  # up to when readings have been judged for alerts
    trouble: tuple[str, ...]  # what could not be read
    hangs_since: int | None = None  # the alert process, by its own sign; None: it does not
    is_catching_up: bool = False  # by the same sign: it judges, and what it judges is history
    is_filling: bool = False  # the past is being written: nothing is known of any device


@dataclass(frozen=True, slots=True)
class Backups:
    """The newest backup of a site that plans them; `at` is None if there is none."""

    folder: str
    at: int | None
    is_late: bool


def fleet(now: int) -> Fleet:
    """How every device stands, at most three seconds ago; unknown, each of them, while the past is being written."""
    if backfill() is not None:
        return _filling_fleet(now)
    shared = _standing(alert_queries.writes())[0]
    if not shared.statuses:
        return shared
    alive_at = touched_at(stores.site().alive_path)
    hangs_since = None if alive_at is None or now - alive_at <= STANDSTILL else alive_at
    # It is touched by each step of judging and none that failed; a process that has died is silent from then on.
    is_working = alive_at is not None and abs(now - alive_at) <= LATE
    is_judged = _is_judged(shared.last_seen_at, shared.judged_at)
    return replace(shared, hangs_since=hangs_since, is_catching_up=is_working and not is_judged)


def versions() -> dict[str, Version]:
    """What there is to see of each device."""
    return _standing(alert_queries.writes())[1]


@st.cache_resource(ttl="3s", max_entries=1, show_spinner=False)
def _standing(writes: int) -> tuple[Fleet, dict[str, Version]]:
    """The statuses and their versions, made by one thread for all open pages; the others wait for it."""
    made = _made(stores.now())
    return made, {status.device.id: version_of(status) for status in made.statuses}


def _made(now: int) -> Fleet:
    trouble: list[str] = []
    alerts: list[AlertRow] = []
    down: list[DownRow] = []
    quiet: list[WindowRow] = []
    judged_at = None
    try:
        alerts, judged_at, down = open_alerts(), judged_until(), out_of_service()
        quiet = windows()
    except StoreError as error:
        trouble.append(str(error))
    try:
        readings = latest()
    except StoreError as error:
        return Fleet((), None, judged_at, (str(error), *trouble))
    last_seen_at = newest(readings, now)
    is_judged = _is_judged(last_seen_at, judged_at)
    by_device: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_device[reading.device].append(reading)
    statuses = tuple(
        device_status(
            device,
            by_device[device.id],
            [row for row in alerts if row.device == device.id],
            now,
            down=[row for row in down if row.device == device.id],
            windows=[row for row in quiet if row.device == device.id],
            is_judged=is_judged,
        )
        for device in stores.site().devices.values()
    )
    return Fleet(statuses, last_seen_at, judged_at, tuple(trouble))


def _is_judged(last_seen_at: int | None, judged_at: int | None) -> bool:
    """Are alerts judged of what has come?"""
    return judged_at is not None and (last_seen_at or 0) - judged_at <= LATE


def _filling_fleet(now: int) -> Fleet:
    devices = stores.site().devices.values()
    statuses = tuple(device_status(device, [], [], now) for device in devices)
    return Fleet(statuses, None, None, (), is_filling=True)


def newest(readings: Sequence[Reading], now: int) -> int | None:
    """When anything was last seen. `up` is best: its time is Scanward's own, not a device's."""
    ups = [reading.at for reading in readings if reading.metric == UP]
    past = [reading.at for reading in readings if reading.at <= now]
    return max(ups, default=max(past, default=None))


@st.cache_data(ttl="3s", show_spinner=False)
def latest() -> list[Reading]:
    """The newest reading of every series; none from a time that has not come yet."""
    return stores.series().latest(until=stores.now() + AHEAD)


@st.cache_data(ttl="60s", show_spinner=False)
def backups(now: int) -> Backups | None:
    """How the backups stand; None if none are planned. Two misses are late, one may be a restart."""
    plan = stores.site().file.backup
    if plan is None:
        return None
    try:
        at = max(finished(plan.folder, stores.site().file.id), default=None)
    except StoreError:
        at = None
    return Backups(str(plan.folder), at, at is None or now - at > 2 * plan.every)


@st.cache_data(ttl="3s", show_spinner=False)
def judged_until() -> int | None:
    """Up to when readings have been judged for alerts."""
    with stores.records().reading() as db:
        last = cursor_rows.last_read_at(db).items()
        return max((at for (_, metric, _), at in last if metric == UP), default=None)
