"""From what a person entered to readings. Pure."""

from collections.abc import Iterable

from collectors.base import judged, sorted_out
from core.readings import BAD_ANSWER, Batch, Event, Reading
from core.schema.site import Site
from storage.records import ManualReading


def parse(site: Site, rows: Iterable[ManualReading]) -> Batch:
    """A reading of each row; what is no longer plausible, or known, becomes an event of quality bad.

    It was checked when it was entered; the site file may have changed since.
    """
    return sorted_out(_judge(site, row) for row in rows)


def _judge(site: Site, row: ManualReading) -> Reading | Event | None:
    device = site.devices.get(row.device)
    if device is None or row.metric not in device.profile.metrics:
        text = f"{row.metric}: entered by hand, but the device has no such metric"
        return Event(row.device, BAD_ANSWER, text, row.at, "warning", row.component, quality="bad")
    return judged(device, row.metric, row.value, row.at, component=row.component)
