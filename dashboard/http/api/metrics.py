"""`/metrics`: about Scanward itself, in Prometheus' text. What devices measure is read by the API."""

import shutil
from collections.abc import Iterable, Iterator
from typing import get_args

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import StoreError
from core.time.clock import SECOND
from core.vocabulary.severity import Severity
from dashboard.queries import alerts as alert_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.fleet import Fleet
from storage.records import deliveries, mail, manual_readings, outbox
from storage.series import SeriesReader
from storage.series.totals import readings_in_closed_days


class ScanwardCollector(Collector):
    """What is known of this site now. A store that cannot be read says so, and its numbers are absent."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would collect everything only to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each family once."""
        fleet = fleet_queries.fleet(stores.now())
        yield from _ages(fleet)
        yield _sources(fleet)
        yield from _disk()
        readable = GaugeMetricFamily(
            "scanward_store_readable", "1 while it can be read.", labels=["store"]
        )
        for store, read in (("series", _series), ("records", _records)):
            try:
                families = list(read())
            except StoreError:
                families = []
            yield from families
            readable.add_metric([store], 1 if families else 0)
        yield readable


def metrics(_request: Request) -> Response:
    """Everything, also while something is wrong: that is when somebody looks."""
    registry = CollectorRegistry()
    registry.register(ScanwardCollector())
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"scanward_{name}", text, value)


def _ages(fleet: Fleet) -> Iterable[Metric]:
    """In seconds; absent while there is nothing whose age could be known."""
    now = stores.now()
    ages = (
        ("newest_reading_age_seconds", "Since anything was last seen.", fleet.last_seen_at),
        ("judged_age_seconds", "Since readings were last judged for alerts.", fleet.judged_at),
    )
    return [
        _gauge(name, text, max(now - at, 0) / SECOND) for name, text, at in ages if at is not None
    ]


def _sources(fleet: Fleet) -> Metric:
    labels = ["device", "kind", "component"]
    family = GaugeMetricFamily(
        "scanward_source_up", "1 while it answers; absent if it was never seen.", labels=labels
    )
    for status in fleet.statuses:
        for source in status.sources:
            if source.up is not None:
                names = [status.device.id, source.kind, source.component]
                family.add_metric(names, int(source.answers))
    return family


def _disk() -> Iterator[Metric]:
    folder = stores.site().file.storage.folder
    if not folder.is_dir():
        return
    yield _gauge("disk_free_bytes", "Where the storage folder is.", shutil.disk_usage(folder).free)
    sizes = GaugeMetricFamily("scanward_database_bytes", "Of a file.", labels=["file"])
    for path in sorted(folder.glob("*.db")):
        sizes.add_metric([path.name], path.stat().st_size)
    yield sizes


def _series() -> Iterator[Metric]:
    path = stores.site().series_path
    stored = readings_in_closed_days(path)
    yield _gauge("readings_stored", "In the days that are closed.", stored)
    yield CounterMetricFamily(
        "scanward_series_commits", "Of the collector, so far.", SeriesReader(path).newest_cursor()
    )


def _records() -> Iterator[Metric]:
    with stores.records().reading() as db:
        waiting = {
            "deliveries": outbox.count_waiting(db, deliveries.OUTBOX),
            "ticket_messages": outbox.count_waiting(db, mail.OUTBOX),
            "entered_readings": manual_readings.count_unstored(db),
        }
    queues = GaugeMetricFamily(
        "scanward_queue_length", "What waits to leave, or to be stored.", labels=["queue"]
    )
    for queue, length in waiting.items():
        queues.add_metric([queue], length)
    yield queues
    family = GaugeMetricFamily("scanward_alerts_open", "That fire.", labels=["severity"])
    firing = [row.severity for row in alert_queries.open_alerts() if row.is_firing]
    for severity in get_args(Severity):
        family.add_metric([severity], firing.count(severity))
    yield family


ROUTES = [Route("/metrics", metrics)]
