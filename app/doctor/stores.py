"""What is stored: both databases, the copy in InfluxDB, and the backups."""

from contextlib import closing

from core.errors import StoreError
from core.finding import Finding, Findings
from core.readings import Reading
from core.schema.grafana import GrafanaServer
from core.schema.site import Site
from core.schema.storage import Influx
from core.time.clock import MINUTE
from core.time.duration import say_duration
from maintenance.downtime.from_alerts import CURSOR
from storage.backup.retention import check_disk, finished
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.migrate import newest
from storage.series import SeriesReader

UP = "up"
LATE = 5 * MINUTE  # every source says `up` at least once a minute; a dead agent at least every five


def newest_of(site: Site) -> list[Reading]:
    """The newest reading of every series; none if the store cannot be read, which is told elsewhere."""
    try:
        return SeriesReader(site.series_path).latest()
    except StoreError:
        return []


def check_series(site: Site, now: int) -> list[Finding]:
    """Can readings be read, and does somebody collect?"""
    found = Findings(f"readings {site.series_path}")
    if not site.series_path.exists():
        found.warn("nothing has been collected yet: start `scanward run`, or the service")
        return found
    with found.failing():
        latest = SeriesReader(site.series_path).latest()
        heard = max((one.at for one in latest if one.metric == UP), default=None)
        if heard is None:
            found.warn("nothing has been collected yet")
        elif heard > now + MINUTE:
            found.fail("the newest is from the future: this machine's clock was set back; set it")
        elif now - heard > LATE:
            age = say_duration(now - heard)
            found.warn(f"nothing was collected for {age}: is `scanward collect` running?")
        else:
            found.ok(f"{len(latest)} series, the newest {say_duration(max(now - heard, 0))} old")
    return found


def check_records(site: Site) -> list[Finding]:
    """Do the tables fit this version?"""
    records = Records(site.records_url)
    found = Findings(f"records {records.name}")
    if records.file is not None and not records.file.exists():  # to look would make one
        found.ok("not made yet; the first start makes them")
        return found
    try:
        with found.failing():
            known = records.known_revision()
            if known is None:
                found.ok("empty; the first start makes the tables")
            elif known == newest():
                found.ok(f"revision {known}")
            else:
                found.ok(f"revision {known}; the next start brings them to {newest()}, with a copy")
    finally:
        records.close()
    return found


def check_judging(site: Site) -> list[Finding]:
    """Does somebody judge what is collected? An alert that nobody raises looks like a good day."""
    found = Findings("alerts")
    heard = max((one.at for one in newest_of(site) if one.metric == UP), default=None)
    with closing(Records(site.records_url)) as records:
        if heard is None or (records.file is not None and not records.file.exists()):
            return found  # told above
        with found.failing(), records.reading() as db:
            rows = cursor_rows.last_readings(db).values()
            judged = max((row.at for row in rows if row.metric == UP), default=0)
            if heard - judged > LATE:
                found.fail("readings come, but nobody judges them: is `scanward alert` running?")
            else:
                found.ok("what was collected has been judged")
            left = alert_rows.transitions_after(db, cursor_rows.position(db, CURSOR), 1)
            if any(heard - transition.at > LATE for transition, _ in left):
                found.fail("nobody counts the downtime of alerts: is `scanward maintain` running?")
    return found


def check_influxdb(site: Site, influx: Influx) -> list[Finding]:
    """Does it answer, does it know us, is the bucket there, and what does the forwarder say?"""
    # Here, because most sites have no InfluxDB and its client takes long to import.
    from storage.influx.client import InfluxClient
    from storage.influx.state import status_of, target_of

    found = Findings(f"InfluxDB {influx.url}")
    client = InfluxClient(influx)
    try:
        with found.failing():
            for _ in client.query('select last("value") from "readings" where time > now() - 1h'):
                pass
            status = status_of(site.forward_path, target_of(influx, site.file.id))
            if status.error:
                found.fail(f"it answers, but forwarding waits: {status.error}")
            elif status.aside:
                text = f"{status.aside} lines were refused and set aside: {status.reason}"
                found.warn(f"{text}; see `scanward forward --status`")
            else:
                sent = f"{status.sent} lines were forwarded"
                found.ok(f"answers, {sent if status.sent else 'nothing was forwarded yet'}")
    finally:
        client.close()
    return found


def check_grafana(settings: GrafanaServer) -> list[Finding]:
    """Does it answer, and does it know us?"""
    from dashboard.grafana.api import Grafana

    found = Findings(f"Grafana {settings.url}")
    with found.failing(), closing(Grafana(settings)) as grafana:
        found.ok(f"version {grafana.check()} answers and knows us")
    return found


def check_backups(site: Site, now: int) -> list[Finding]:
    """Is there a fresh backup on another disk?"""
    plan = site.file.backup
    found = Findings("backup")
    if plan is None:
        found.warn("none is planned: set `backup.folder` to a folder on another disk")
        return found
    with found.failing():
        check_disk(site, plan)
        newest_at = max(
            (at for at in finished(plan.folder, site.file.id) if at <= now), default=None
        )
        if newest_at is None:
            found.warn(f"there is none in {plan.folder} yet: `scanward backup` takes one now")
        elif now - newest_at > 2 * plan.every:
            age = say_duration(now - newest_at)
            found.fail(f"the newest is {age} old: see the log of `scanward backup --scheduled`")
        else:
            found.ok(f"the newest is {say_duration(now - newest_at)} old, in {plan.folder}")
    return found
