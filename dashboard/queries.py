"""The dashboard's only door to storage, and the place of every cache.

What changes by itself is cached for a few seconds, for all open pages together: twenty browsers
cost the store no more than one. A StoreError is never cached; the caller shows it.
"""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import StoreError
from core.readings import Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.calendars import Month
from core.time.clock import MINUTE
from dashboard.views.detector_status import VerdictRow, Watched, watched_by
from dashboard.views.device_status import UP, AlertRow, DownRow, Standing, standing
from maintenance.planning.ical import entries, feed
from maintenance.reports.locale import Language, Speech
from maintenance.reports.make import make
from maintenance.reports.model import Kind, Report
from storage.backup.retention import finished
from storage.records import Alert, Answer, Records, Verdict, house
from storage.records import alerts as stored
from storage.records import detection as said
from storage.records.base import Opinion
from storage.series import Curve, SeriesReader
from storage.series.store import SeriesStore, open_store

SITE_VARIABLE = "SCANWARD_SITE"


POINTS = 360  # of a curve; about one for two pixels of a chart

# Older than this, what is stored or judged is said loudly to be old.
LATE = MINUTE


# It warns that nothing is served yet, once for every cache below.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything the first page shows. Without a reading store there are no standings."""

    standings: tuple[Standing, ...]
    heard_at: int | None  # when anything at all was last heard
    judged_at: int | None  # up to when readings have been judged for alerts
    trouble: tuple[str, ...]  # what could not be read


@dataclass(frozen=True, slots=True)
class Backups:
    """The newest backup of a site that plans them; `at` is None if there is none."""

    folder: str
    at: int | None
    is_late: bool


def now() -> int:
    """UTC milliseconds. The one place of the dashboard that reads the clock."""
    return time.time_ns() // 1_000_000


@st.cache_resource(show_spinner=False)
def site() -> Site:
    """The site this dashboard is for."""
    return load_site(Path(os.environ[SITE_VARIABLE]))


def fleet(now: int) -> Fleet:
    """How every device stands."""
    trouble: list[str] = []
    alerts: list[AlertRow] = []
    down: list[DownRow] = []
    judged_at = None
    try:
        alerts, judged_at, down = open_alerts(), judged_until(), out_of_service()
    except StoreError as error:
        trouble.append(str(error))
    try:
        readings = latest()
    except StoreError as error:
        return Fleet((), None, judged_at, (str(error), *trouble))
    heard_at = newest(readings, now)
    is_judged = judged_at is not None and (heard_at or 0) - judged_at <= LATE
    standings = tuple(
        standing(
            device,
            [reading for reading in readings if reading.device == device.id],
            [row for row in alerts if row.device == device.id],
            now,
            down=[piece for piece in down if piece.device == device.id],
            is_judged=is_judged,
        )
        for device in site().devices.values()
    )
    return Fleet(standings, heard_at, judged_at, tuple(trouble))


def newest(readings: Sequence[Reading], now: int) -> int | None:
    """When anything was last heard. `up` is best: its time is Scanward's own, not a device's."""
    ups = [reading.at for reading in readings if reading.metric == UP]
    past = [reading.at for reading in readings if reading.at <= now]
    return max(ups, default=max(past, default=None))


@st.cache_data(ttl="3s", show_spinner=False)
def latest() -> list[Reading]:
    """The newest reading of every series."""
    return series().latest()


@st.cache_data(ttl="3s", show_spinner=False)
def open_alerts() -> list[AlertRow]:
    """Alerts that have not ended, pending ones too."""
    with records().reading() as db:
        return _rows(db, list(stored.open_alerts(db).values()))


@st.cache_data(ttl="3s", show_spinner=False)
def out_of_service() -> list[DownRow]:
    """What cannot be used now, the oldest first."""
    with records().reading() as db:
        return [
            DownRow(
                one.id,
                one.device,
                one.extent == "hard",
                one.cause == "planned",
                one.began_at,
                one.order_id,
            )
            for one in house.open_downtimes(db)
        ]


@st.cache_data(ttl="10s", show_spinner=False)
def alerts_since(since: int, device: str | None = None) -> list[AlertRow]:
    """Alerts that are open, or ended after `since`; newest first."""
    with records().reading() as db:
        return _rows(db, stored.alerts_since(db, since, device))


@st.cache_data(ttl="10s", show_spinner=False)
def events(device: str, start: int, end: int, limit: int) -> list[Event]:
    """What a device said in words, newest first."""
    return series().events(device, start, end, limit)


@st.cache_data(ttl="60s", max_entries=2_000, show_spinner=False)
def curve(device: str, metric: str, component: str, start: int, end: int) -> Curve:
    """One series over [start, end). Round both times, so that open pages share the answer."""
    return series().range(device, metric, component, start, end, POINTS)


def readings(device: str, metric: str, since: int, limit: int) -> list[Reading]:
    """Raw readings, oldest first; never cached."""
    return series().readings(device, metric, since, limit)


@st.cache_data(ttl="60s", show_spinner=False)
def backups(now: int) -> Backups | None:
    """How the backups stand; None if none are planned. Two misses are late, one may be a restart."""
    plan = site().file.backup
    if plan is None:
        return None
    try:
        at = max(finished(plan.folder, site().file.id), default=None)
    except StoreError:
        at = None
    return Backups(str(plan.folder), at, at is None or now - at > 2 * plan.every)


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def verdicts(device: str, start: int, end: int) -> list[VerdictRow]:
    """What the detectors of a device said in [start, end), oldest first."""
    with records().reading() as db:
        return [_verdict(one) for one in said.verdicts_of(db, device, start, end)]


@st.cache_data(ttl="10s", show_spinner=False)
def newest_verdicts(device: str) -> list[VerdictRow]:
    """What each detector of a device said last."""
    with records().reading() as db:
        return [_verdict(one) for one in said.newest_verdicts(db, device).values()]


@st.cache_data(ttl="10s", show_spinner=False)
def tallies() -> dict[str, tuple[int, int]]:
    """By rule, over the whole site: how many alerts were said to be right, how many wrong."""
    with records().reading() as db:
        return {rule: (tally.true, tally.false) for rule, tally in said.tallies(db).items()}


def watched(device: str, start: int, end: int) -> list[Watched]:
    """Each detector of a device, with what it said in [start, end)."""
    return watched_by(
        site().devices[device].profile,
        newest_verdicts(device),
        verdicts(device, start, end),
        alerts_since(start, device),
        tallies(),
    )


def answer(alert_id: int, opinion: Opinion, by: str, now: int) -> None:
    """Keep what somebody at the screen says of an alert. StoreError if it cannot be kept."""
    with records().writing(by, now) as db:
        said.answer(db, alert_id, opinion, by, now)
    for changed in (alerts_since, open_alerts, tallies):
        changed.clear()


@st.cache_data(ttl="3s", show_spinner=False)
def judged_until() -> int | None:
    """Up to when readings have been judged for alerts."""
    with records().reading() as db:
        heard = stored.heard(db).values()
        return max((row.at for row in heard if row.metric == UP), default=None)


def calendar_feed(now: int) -> bytes:
    """Due work, and the ends of contracts and warranties, as iCalendar."""
    with records().reading() as db:
        found = entries(db, site(), now)
    return feed(site().file.name, site().file.id, found, now)


@st.cache_data(ttl="60s", max_entries=20, show_spinner=False)
def report(kind: Kind, month: Month, language: Language) -> tuple[Report, Speech]:
    """The report of a month, and the voice that writes it."""
    with records().reading() as db:
        return make(db, site(), SeriesReader(site().series_path), kind, month, language, now())


def forget() -> None:
    """Something was written: what shows it is asked anew."""
    open_alerts.clear()
    out_of_service.clear()
    alerts_since.clear()
    report.clear()


@st.cache_resource(show_spinner=False)
def series() -> SeriesStore:
    """The readings, as the site says they are kept."""
    return open_store(site())


@st.cache_resource(show_spinner=False, on_release=Records.close)
def records() -> Records:
    """The records, for dashboard/work/ too."""
    return Records(site().records_url)


def _rows(db: Session, alerts: Sequence[Alert]) -> list[AlertRow]:
    answers = said.answers(db, [alert.id for alert in alerts])
    return [_row(alert, answers.get(alert.id)) for alert in alerts]


def _verdict(one: Verdict) -> VerdictRow:
    values = {name: getattr(one, name) for name in VerdictRow._fields}
    return VerdictRow(**{**values, "carried_by": tuple(one.carried_by)})


def _row(alert: Alert, answer: Answer | None) -> AlertRow:
    return AlertRow(
        device=alert.device,
        component=alert.component,
        rule=alert.rule,
        title=alert.title,
        severity=alert.severity,
        metric=alert.metric,
        state=alert.state,
        began_at=alert.began_at,
        fired_at=alert.fired_at,
        ended_at=alert.ended_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        value=alert.value,
        limit=alert.limit,
        id=alert.id,
        opinion=answer.opinion if answer else "",
    )
