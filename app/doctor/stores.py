"""What is stored: both databases, the copy in InfluxDB, and the backups."""

from contextlib import closing

from core.errors import StoreError
from core.finding import Finding, Findings
from core.readings import SOURCE_KINDS, Event, Reading
from core.schema.grafana import GrafanaServer
from core.schema.site import Site
from core.schema.storage import Influx
from core.text import times
from core.time.clock import DAY, MINUTE
from maintenance.downtime.from_alerts import CURSOR
from storage.backup.retention import check_disk, finished
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.migrate import newest
from storage.series import SeriesReader

UP = "up"
_NEWS_LASTS, _MOST_EVENTS = 400 * DAY, 2_000  # it is reported once, and holds until it ends; ours
LATE = 5 * MINUTE  # every source says `up` at least once a minute; a dead agent at least every five


def newest_of(site: Site) -> list[Reading]:
    """The newest reading of every series; none if the store cannot be read, which is told elsewhere."""
    try:
        return SeriesReader(site.series_path).latest()
    except StoreError:
        return []


def source_events(site: Site, now: int) -> list[Event]:
    """What was reported of sources themselves, newest first; none if the store cannot be read."""
    reader, events = SeriesReader(site.series_path), list[Event]()
    try:
        for device in site.devices:
            events += reader.events(device, now - _NEWS_LASTS, now + DAY, _MOST_EVENTS)
    except StoreError:
        return []
    return [event for event in events if event.kind in SOURCE_KINDS]


def check_series(site: Site, now: int) -> list[Finding]:
    """Can readings be read, and does somebody collect?"""
    findings = Findings(f"readings {site.series_path}")
    if not site.series_path.exists():
        findings.warn("nothing has been collected yet: start `scanward run`, or the service")
        return findings
    with findings.failing():
        latest = SeriesReader(site.series_path).latest()
        newest_at = max((reading.at for reading in latest if reading.metric == UP), default=None)
        if newest_at is None:
            findings.warn("nothing has been collected yet")
        elif newest_at > now + MINUTE:
            findings.fail(
                "the newest is from the future: this machine's clock was set back; set it"
            )
        elif now - newest_at > LATE:
            age = times.duration(now - newest_at)
            findings.warn(f"nothing was collected for {age}: is `scanward collect` running?")
        else:
            findings.ok(
                f"{len(latest)} series, the newest {times.duration(max(now - newest_at, 0))} old"
            )
    return findings


def check_records(site: Site) -> list[Finding]:
    """Do the tables fit this version?"""
    records = Records(site.records_url)
    findings = Findings(f"records {records.name}")
    if records.file is not None and not records.file.exists():  # to look would make one
        findings.ok("not made yet; the first start makes them")
        return findings
    try:
        with findings.failing():
            known = records.known_revision()
            if known is None:
                findings.ok("empty; the first start makes the tables")
            elif known == newest():
                findings.ok(f"revision {known}")
            else:
                findings.ok(
                    f"revision {known}; the next start brings them to {newest()}, with a copy"
                )
    finally:
        records.close()
    return findings


def check_judging(site: Site) -> list[Finding]:
    """Does somebody judge what is collected? An alert that nobody raises looks like a good day."""
    findings = Findings("alerts")
    newest_at = max(
        (reading.at for reading in newest_of(site) if reading.metric == UP), default=None
    )
    with closing(Records(site.records_url)) as records:
        if newest_at is None or (records.file is not None and not records.file.exists()):
            return findings  # told above
        with findings.failing(), records.reading() as db:
            last = cursor_rows.last_read_at(db).items()
            judged = max((at for (_, metric, _), at in last if metric == UP), default=0)
            if newest_at - judged > LATE:
                findings.fail("readings come, but nobody judges them: is `scanward alert` running?")
            else:
                findings.ok("what was collected has been judged")
            left = alert_rows.transitions_after(db, cursor_rows.position(db, CURSOR), 1)
            if any(newest_at - transition.at > LATE for transition, _ in left):
                findings.fail(
                    "nobody counts the downtime of alerts: is `scanward maintain` running?"
                )
    return findings


def check_influxdb(site: Site, influx: Influx) -> list[Finding]:
    """Does it answer, does it know us, is the bucket there, and what does the forwarder say?"""
    # Here, because most sites have no InfluxDB and its client takes long to import.
    from storage.influx.client import InfluxClient
    from storage.influx.state import status_of, target_of

    findings = Findings(f"InfluxDB {influx.url}")
    client = InfluxClient(influx)
    try:
        with findings.failing():
            for _ in client.query('select last("value") from "readings" where time > now() - 1h'):
                pass
            status = status_of(site.forward_path, target_of(influx, site.file.id))
            if status.error:
                findings.fail(f"it answers, but forwarding waits: {status.error}")
            elif status.refused:
                text = f"{status.refused} lines were refused and set aside: {status.reason}"
                findings.warn(f"{text}; see `scanward forward --status`")
            else:
                sent = f"{status.sent} lines were forwarded"
                findings.ok(f"answers, {sent if status.sent else 'nothing was forwarded yet'}")
    finally:
        client.close()
    return findings


def check_grafana(settings: GrafanaServer) -> list[Finding]:
    """Does it answer, and does it know us?"""
    from dashboard.grafana.api import Grafana

    findings = Findings(f"Grafana {settings.url}")
    with findings.failing(), closing(Grafana(settings)) as grafana:
        findings.ok(f"version {grafana.check()} answers and knows us")
    return findings


def check_backups(site: Site, now: int) -> list[Finding]:
    """Is there a fresh backup on another disk?"""
    plan = site.file.backup
    findings = Findings("backup")
    if plan is None:
        findings.warn("none is planned: set `backup.folder` to a folder on another disk")
        return findings
    with findings.failing():
        check_disk(site, plan)
        newest_at = max(
            (at for at in finished(plan.folder, site.file.id) if at <= now), default=None
        )
        if newest_at is None:
            findings.warn(f"there is none in {plan.folder} yet: `scanward backup` takes one now")
        elif now - newest_at > 2 * plan.every:
            age = times.duration(now - newest_at)
            findings.fail(f"the newest is {age} old: see the log of `scanward backup --scheduled`")
        else:
            findings.ok(f"the newest is {times.duration(now - newest_at)} old, in {plan.folder}")
    return findings
