"""What pages and reports need of a store of series, and which one a site reads from."""

from typing import Protocol

from core.readings import Event, Reading
from core.schema.site import Site
from storage.series.curve import Curve
from storage.series.reader import SeriesReader


class SeriesStore(Protocol):
    """Readings and events, wherever they are stored."""

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's; of those up to `until`, UTC ms.

        What a clock that was ahead has stamped hides what was read since, unless `until` says now.
        """

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        """The curve of one series over [start, end), with about `points` points."""

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Raw readings of a metric, every component, at or after `since`, oldest first."""

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""


def open_store(site: Site) -> SeriesStore:
    """The store that the site's `read_from` names."""
    storage = site.file.storage
    if storage.read_from == "influxdb" and storage.influxdb is not None:
        # Here, because most sites have no InfluxDB and its client takes long to import.
        from storage.influx.client import InfluxClient
        from storage.influx.reader import InfluxReader

        return InfluxReader(InfluxClient(storage.influxdb), site.file.id)
    return SeriesReader(site.series_path)
