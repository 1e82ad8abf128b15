"""Turns what a person entered into readings. Pure."""

from collections.abc import Iterable

from collectors.base import Observation, to_batch, validated
from core.readings import BAD_ANSWER, Batch, Event, Reading
from core.schema.site import Site
from core.vocabulary.readings import Quality
from storage.records import ManualReading


def parse(site: Site, rows: Iterable[ManualReading]) -> Batch:
    """A reading of each row; what is no longer plausible, or known, becomes an event of quality bad.

    It was checked when it was entered; the site file may have changed since.
    """
    return to_batch(_observation(site, row) for row in rows)


def _observation(site: Site, row: ManualReading) -> Observation:
    device = site.devices.get(row.device)
    if device is None or row.metric not in device.profile.metrics:
        text = f"{row.metric}: entered by hand, but the device has no such metric"
        return Event(row.device, BAD_ANSWER, text, row.at, "warning", row.component, quality="bad")
    if row.is_withdrawn:  # whatever the site file says now of its value
        return Reading(row.device, row.metric, row.value, row.at, row.component, "withdrawn")
    quality: Quality = "good" if row.corrects_id is None else "corrected"
    return validated(
        device, row.metric, row.value, row.at, component=row.component, quality=quality
    )
