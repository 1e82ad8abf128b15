"""What is known of each scanner from one start to the next: its software and its last calibration.

Kept as positions in the series store, so it is saved in the commit of the event that tells of a change.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from core.readings import CALIBRATED, SOFTWARE_CHANGED, Event
from core.time.clock import DAY, iso

# Two consoles of one scanner may differ. A version that came back within this time is no change: our
# default, no source.
ALTERNATING = 7 * DAY
_MOST_VERSIONS = 5
_LONGEST = 120  # characters of a version in an event


class Change(NamedTuple):
    """Positions to save, and the events that go with them."""

    events: list[Event]
    positions: dict[str, str]


class ScannerMemory:
    """Of all scanners; `position` reads what was last saved."""

    def __init__(self, position: Callable[[str], str | None]) -> None:
        self._position = position
        self._versions: dict[str, dict[str, int]] = {}
        self._calibrations: dict[str, int] = {}

    def software(self, device: str, modality: str, version: str, at: int) -> Change:
        """Of an object of `at`. The first version that is seen is no change, nor is an older object."""
        key = f"dicom software {device} {modality}"
        if key not in self._versions:
            self._versions[key] = _read_versions(self._position(key))
        known = self._versions[key]
        newest = max(known, key=lambda name: known[name], default=None)
        before = known.get(version)
        if newest is not None and at <= known[newest]:
            return Change([], {})  # late, or of the same moment
        if version == newest and at < known[version] + DAY:
            return Change([], {})  # saved often enough
        known[version] = at
        for oldest in sorted(known, key=lambda name: known[name])[:-_MOST_VERSIONS]:
            del known[oldest]
        is_news = newest not in (None, version) and (before is None or before < at - ALTERNATING)
        text = f"software: {_short(version)}, before: {_short(newest or '')}"
        events = [Event(device, SOFTWARE_CHANGED, text, at, component="dicom")] if is_news else []
        return Change(events, {key: json.dumps(known)})

    def calibration(self, device: str, calibrated_at: int) -> Change:
        """A calibration that is newer than the last; the first that is seen is none."""
        key = f"dicom calibration {device}"
        if key not in self._calibrations:
            self._calibrations[key] = int(self._position(key) or 0)
        before = self._calibrations[key]
        if calibrated_at <= before:
            return Change([], {})
        self._calibrations[key] = calibrated_at
        text = f"calibrated, before: {iso(before)}"
        event = Event(device, CALIBRATED, text, calibrated_at, component="dicom")
        return Change([event] if before else [], {key: str(calibrated_at)})


def _short(version: str) -> str:
    plain = "".join(char if char.isprintable() else "?" for char in version)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."


def _read_versions(position: str | None) -> dict[str, int]:
    if position is None:
        return {}
    return {str(version): int(at) for version, at in json.loads(position).items()}
