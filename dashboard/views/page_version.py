"""What a page shows, as two short texts: a page that has drawn the same ones has nothing to draw."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from dashboard.views.device_status import DeviceStatus


class Version(NamedTuple):
    """They hold within one process of the dashboard; after a restart every page draws anew."""

    urgent: str  # a state, an alert, who works on it: to be seen at once
    whole: str  # values and their times too


def version_of(status: DeviceStatus) -> Version:
    """Of one device."""
    urgent = (
        status.state,
        status.last_seen_at is None,
        tuple(source.answers for source in status.sources),
        tuple((value.component, value.availability, value.severity) for value in status.values),
        tuple(replace(alert, value=None) for alert in status.alerts),
        status.down,
        status.windows,
    )
    readings = tuple(
        (value.reading.at, value.reading.value) for value in status.values if value.reading
    )
    whole = (urgent, readings, status.sources, tuple(alert.value for alert in status.alerts))
    return Version(_short(urgent), _short((whole, status.last_seen_at)))


def combined(parts: Iterable[Version], loud: object, minute: int) -> Version:
    """Of several devices, what warns above them, and the minute, for lengths of time are shown too."""
    listed = list(parts)
    urgent = (tuple(part.urgent for part in listed), loud)
    return Version(_short(urgent), _short((urgent, tuple(part.whole for part in listed), minute)))


def _short(shown: object) -> str:
    return f"{hash(shown) & 0xFFFFFFFFFFFF:x}"
