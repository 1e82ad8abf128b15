"""How old the readings of a metric may be, by the sources that bring it. Pure."""

from collections.abc import Sequence

from core.schema.site import Device
from core.schema.sources.base import SourceEntry


def feeds(device: Device, metric: str) -> list[SourceEntry]:
    """The sources of the device that supply this metric."""
    profile = device.profile
    return [source for source in device.sources if metric in source.metrics_supplied(profile)]


def fresh_within(sources: Sequence[SourceEntry]) -> int | None:
    """How old a reading of these sources may be, ms; None if it comes only as things happen (a log)."""
    limits = [source.fresh_within() for source in sources]
    known = [limit for limit in limits if limit is not None]
    return max(known, default=None) if len(known) == len(limits) else None


def fresh_for(device: Device, metric: str) -> int | None:
    """How old a reading of `metric` may be."""
    return fresh_within(feeds(device, metric))
