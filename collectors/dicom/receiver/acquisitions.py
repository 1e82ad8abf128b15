"""Images of one exposure laid together: the slices of a spiral are one, and its time is not each slice's.

Held in memory, the latest only. What comes later, or after a restart, is laid over what the ledger has:
the larger number stays, so a spiral of which the second half came after a restart is told too short.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.dicom.receiver.image import Shot
from core.time.clock import MINUTE, SECOND

MOST = 2000  # acquisitions and series that are held; a busy centre sends fewer in a day
_MOST_IMAGES = 20_000  # of a series that are told apart
_SHORTEST_TRAVEL = 0.1  # mm
_LONGEST_SPIRAL = 2 * MINUTE  # our default, no source: slices further apart are of several scans
_SAME_WITHIN = 2 * SECOND  # between images of one spiral in two series: our default, no source


@dataclass
class Acquisition:
    """One exposure as far as its images have come."""

    began_at: int = 0  # UTC ms, of the earliest of its images
    ended_at: int = 0
    images: int = 0
    ma_sum: float = 0.0
    ma_count: int = 0
    lowest: float | None = None
    highest: float | None = None
    scan_s: float | None = None
    load_kj: float | None = None
    dap_gy_cm2: float | None = None

    def add(self, shot: Shot, at: int = 0) -> None:
        """Lay one more image over it, that was acquired `at`."""
        self.began_at = min(self.began_at, at) if self.images else at
        self.ended_at = max(self.ended_at, at)
        self.images += 1
        if shot.ma is not None:
            self.ma_sum += shot.ma
            self.ma_count += 1
        if shot.z_mm is not None:
            self.lowest = shot.z_mm if self.lowest is None else min(self.lowest, shot.z_mm)
            self.highest = shot.z_mm if self.highest is None else max(self.highest, shot.z_mm)
        spiral_s = self._spiral_s(shot)
        self.scan_s = _larger(self.scan_s, shot.scan_s if spiral_s is None else spiral_s)
        self.load_kj = _larger(self.load_kj, self._load_kj(shot, spiral_s))
        self.dap_gy_cm2 = _larger(self.dap_gy_cm2, shot.dap_gy_cm2)

    def _spiral_s(self, shot: Shot) -> float | None:
        """How long it was, from where or else from when its slices were; None of a slice alone."""
        if self.lowest is None or self.highest is None:
            return None
        travel_mm, span_ms = self.highest - self.lowest, self.ended_at - self.began_at
        if travel_mm < _SHORTEST_TRAVEL:
            return None
        rotation_s = shot.rotation_s or shot.scan_s or 0.0
        if shot.table_mm_s is not None:
            return round(travel_mm / shot.table_mm_s + rotation_s, 3)
        if 0 < span_ms <= _LONGEST_SPIRAL:
            return round(span_ms / 1000 + rotation_s, 3)
        return None

    def _load_kj(self, shot: Shot, spiral_s: float | None) -> float | None:
        if shot.kv is None:
            return None
        if spiral_s is not None and self.ma_count:
            mas: float | None = self.ma_sum / self.ma_count * spiral_s
        else:
            mas = shot.mas
        return None if mas is None else float(f"{shot.kv * mas / 1000:.6g}")


@dataclass
class ReceivedSeries:
    """A series as far as its images have come."""

    began_at: int
    ended_at: int
    instances: set[bytes] = field(default_factory=set)  # shortened hashes
    has_readings: bool = False  # it gives one of each metric

    def add(self, instance: bytes, at: int) -> None:
        """One image; twice counts once."""
        self.began_at = min(self.began_at, at)
        self.ended_at = max(self.ended_at, at)
        if len(self.instances) < _MOST_IMAGES:
            self.instances.add(instance[:8])


class _Known(NamedTuple):
    """By which key an acquisition of a series is known, and what it may have in common with others."""

    key: bytes
    series: bytes
    shared: bytes | None


class RecentImages:
    """The acquisitions and series that images still come of."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._acquisitions: OrderedDict[bytes, Acquisition] = OrderedDict()
        self._series: OrderedDict[bytes, ReceivedSeries] = OrderedDict()
        self._keys: OrderedDict[bytes, _Known] = OrderedDict()

    def exposure(self, key: bytes, series: bytes, shared: bytes | None, at: int) -> bytes:
        """By which key an acquisition of a series is known; that of another series, if both are of one.

        A spiral is reconstructed several times, each time as a series: the same `shared` (study and
        acquisition number) at the same time, because a tube makes one exposure at a time.
        """
        if key in self._keys:
            self._keys.move_to_end(key)
            return self._keys[key].key
        known = self._others(series, shared, at)
        self._keys[key] = _Known(known or key, series, shared)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)
        return known or key

    def _others(self, series: bytes, shared: bytes | None, at: int) -> bytes | None:
        """The nearest in time of the acquisitions of other series that share this."""
        if shared is None:
            return None
        distances = [
            (self._distance(known.key, at), known.key)
            for known in self._keys.values()
            if known.shared == shared and known.series != series
        ]
        nearest = min(distances, default=(_SAME_WITHIN + 1, b""))
        return nearest[1] if nearest[0] <= _SAME_WITHIN else None

    def _distance(self, key: bytes, at: int) -> int:
        acquisition = self._acquisitions.get(key)
        if acquisition is None:
            return _SAME_WITHIN + 1
        return max(acquisition.began_at - at, at - acquisition.ended_at, 0)

    def acquisition(self, key: bytes) -> Acquisition:
        """The one of this key, new if it is not held."""
        known = self._acquisitions.setdefault(key, Acquisition())
        self._acquisitions.move_to_end(key)
        if len(self._acquisitions) > self._most:
            self._acquisitions.popitem(last=False)
        return known

    def series(self, key: bytes, at: int) -> ReceivedSeries:
        """The one of this key, new if it is not held."""
        known = self._series.setdefault(key, ReceivedSeries(at, at))
        self._series.move_to_end(key)
        if len(self._series) > self._most:
            self._series.popitem(last=False)
        return known

    def forget_readings(self) -> None:
        """What was read of them may not have been stored: the next image of each gives it again."""
        for series in self._series.values():
            series.has_readings = False


def _larger(value: float | None, other: float | None) -> float | None:
    known = [number for number in (value, other) if number is not None]
    return max(known) if known else None
