"""Grafana beside Scanward: its dashboards brought up to date; alerts, downtime and work marked in them."""

import logging
import math
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.clock import now
from app.services.loop import Loop, kind
from core.errors import ConfigError, Mistake
from core.schema.grafana import GrafanaServer
from core.schema.site import Site
from core.schema.storage import Influx
from core.time.clock import DAY, SECOND
from dashboard import i18n
from dashboard.grafana.api import Grafana
from dashboard.grafana.files import provision
from dashboard.grafana.marks import Mark, annotate, of_downtime, of_work
from dashboard.grafana.sync import sync
from storage.records import Alert, Records
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows

log = logging.getLogger(__name__)

LOOK_BACK = 30 * DAY  # for alerts that have ended


def bring_up_to_date(site: Site, path: Path, *, force: bool) -> Iterator[str]:
    """Data source, folder, dashboards and marks; a line for each. StoreError ends it."""
    influx, grafana = _both(site, path)
    i18n.use(site.file.language)
    _prepare(site)
    with _connected(grafana) as server:
        for what, done in sync(server, site, influx, force=force):
            yield f"{what}: {done}"
        yield f"marks: {annotate(server, site.file.id, marks(site, now()))} made or changed"


def write_files(site: Site, path: Path, folder: Path, shown_at: str) -> list[Path]:
    """Grafana's provisioning files; the files written."""
    influx = site.file.storage.influxdb
    if influx is None:
        raise ConfigError([Mistake(str(path), "storage.influxdb", "is what Grafana would show")])
    i18n.use(site.file.language)
    return provision(site, influx, folder, shown_at)


def mark_alerts(site: Site, path: Path, stop: threading.Event, every: int | None) -> None:
    """Mark alerts once, or every so many milliseconds until `stop` is set."""
    _, grafana = _both(site, path)
    _prepare(site)

    def step() -> None:
        with _connected(grafana) as server:
            annotate(server, site.file.id, marks(site, now()))

    every_s = (every or 0) / SECOND
    loop = Loop(
        log,
        every_s,
        longest_s=every_s,
        lost="Grafana has no marks: %(error)s; trying again",
        back="Grafana has its marks again",
        reason=kind,
        remind_s=math.inf,
    )
    loop.run(step, stop, once=every is None)


def marks(site: Site, now: int) -> list[Mark]:
    """Alerts that fired, downtime and work on a device that go on, or ended within the last month."""
    since = now - LOOK_BACK
    with closing(Records(site.records_url)) as records, records.reading() as db:
        alerts = alert_rows.alerts_since(db, since)
        downtimes = downtime_rows.downtimes(db, since, now)
        orders = [
            order for order in order_rows.orders(db, ended=True) if (order.done_at or now) >= since
        ]
        work = [mark for order in orders if (mark := of_work(_name(site, order.device), order))]
    raised = [mark for alert in alerts if (mark := _mark(site, alert))]
    down = [of_downtime(_name(site, row.device), row) for row in downtimes]
    return [*raised, *down, *work]


def _prepare(site: Site) -> None:
    """Grafana may be told before anything was judged."""
    with closing(Records(site.records_url)) as records:
        records.upgrade()


def _mark(site: Site, alert: Alert) -> Mark | None:
    if alert.fired_at is None:
        return None  # it was over before it was one
    part = f" {alert.component}" if alert.component else ""
    text = f"{_name(site, alert.device)}{part}: {alert.title}"
    key = f"alert:{alert.id}"
    return Mark(key, alert.device, alert.severity, text, alert.fired_at, alert.ended_at)


def _name(site: Site, device: str) -> str:
    return site.devices[device].name if device in site.devices else device


def _both(site: Site, path: Path) -> tuple[Influx, GrafanaServer]:
    influx, grafana = site.file.storage.influxdb, site.file.grafana
    if influx is None or grafana is None:
        raise ConfigError([Mistake(str(path), "grafana", "is not set: say its url and token")])
    return influx, grafana


@contextmanager
def _connected(grafana: GrafanaServer) -> Iterator[Grafana]:
    with closing(Grafana(grafana)) as server:
        yield server
