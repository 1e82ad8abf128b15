"""Reads a bundle's curves: readings as far as the budget goes, a chart's points, roll-ups, and what is beside the fault."""

from collections.abc import Iterator
from typing import NamedTuple

from core.schema.site import Device
from maintenance.bundle.content import BESIDE, BundledCurve, BundleRequest
from maintenance.bundle.privacy import Scrubber
from storage.series import Point
from storage.series.store import SeriesStore

DRAWN = 360  # points of a curve in a chart
RAW = 1 << 40  # points: more than there are


class Thinning(NamedTuple):
    """How much of the window is left in the bundle, outside of the minutes around the fault."""

    points: int  # of each series
    only_warnings: bool
    text: str
    rollups: int  # points of each series over the overview

    @property
    def is_none(self) -> bool:
        """Does everything leave as it was measured?"""
        return self.points >= RAW


# Tried in this order until the file is small enough.
THINNINGS = (
    Thinning(RAW, only_warnings=False, text="", rollups=720),
    Thinning(2880, only_warnings=False, text="about 2880 values a series", rollups=720),
    Thinning(720, only_warnings=False, text="about 720 values a series", rollups=360),
    Thinning(
        144,
        only_warnings=True,
        text="about 144 values a series, events from warning up",
        rollups=120,
    ),
    Thinning(
        24, only_warnings=True, text="about 24 values a series, events from warning up", rollups=60
    ),
    Thinning(0, only_warnings=True, text="none, events from warning up", rollups=30),
)


def curves_of(
    scrubber: Scrubber,
    store: SeriesStore,
    device: Device,
    request: BundleRequest,
    thinning: Thinning,
) -> Iterator[BundledCurve]:
    """Of what the profile names, each with what the stores hold of it."""
    profile = device.profile
    before = _before_fault(store, device.id, request.fault)
    for newest in store.latest(device.id):
        metric = profile.metrics.get(newest.metric)
        if metric is None:
            continue  # only what the profile names leaves
        name = (device.id, newest.metric, newest.component)
        drawn = [
            point for span in request.spans() for point in store.range(*name, *span, DRAWN).points
        ]
        rollups = store.range(*name, *request.overview(), thinning.rollups).points
        if drawn or rollups or name in before:
            yield BundledCurve(
                device.id,
                newest.metric,
                scrubber.component(newest.component),
                metric,
                _readings(store, name, request, thinning),
                drawn,
                profile.limits(newest.metric, newest.component),
                rollups,
                before.get(name),
                _after_fault(store, name, request),
            )


def _before_fault(
    store: SeriesStore, device: str, fault: int | None
) -> dict[tuple[str, str, str], Point]:
    """The last reading of each series before the fault."""
    readings = [] if fault is None else store.latest(device, fault - 1)
    return {
        (device, reading.metric, reading.component): Point(
            reading.at, reading.value, reading.value, reading.value, 1
        )
        for reading in readings
    }


def _after_fault(
    store: SeriesStore, name: tuple[str, str, str], request: BundleRequest
) -> Point | None:
    """The first reading from the fault on; if none came for long, a bucket of roll-ups."""
    fault = request.fault
    if fault is None:
        return None
    near = store.range(*name, fault, min(fault + BESIDE, request.end), RAW).points
    later = near or store.range(*name, fault, request.end, DRAWN).points
    return next((point for point in later if point.at >= fault), None)


def _readings(
    store: SeriesStore, name: tuple[str, str, str], request: BundleRequest, thinning: Thinning
) -> list[Point]:
    if thinning.is_none:
        return [
            point for span in request.spans() for point in store.range(*name, *span, RAW).points
        ]
    begin, end = request.near_fault()
    near = store.range(*name, begin, end, RAW).points if end > begin else []
    if thinning.points == 0:
        return near
    curves = [store.range(*name, *span, thinning.points) for span in request.spans()]
    # A bucket that touches the minutes around the fault would repeat them.
    far = [
        point
        for curve in curves
        for point in curve.points
        if point.at + curve.width <= begin or point.at >= end
    ]
    return sorted([*far, *near])
