"""What is known of a series that people fill: the readings that are stored, and what was entered since.

The collector stores what is entered within seconds (docs/decisions/0002); a page does not wait for it.
"""

from contextlib import suppress

from sqlalchemy.orm import Session

from core.errors import StoreError
from core.readings import Reading
from core.time.clock import DAY
from storage.records import feedback as feedback_rows
from storage.records import manual_readings as manual_rows
from storage.series import Point
from storage.series.store import SeriesStore

POINTS = 10_000
# How far back a baseline is looked for on a device that was never serviced. Scanward's default.
LONGEST = 3650 * DAY

SeriesName = tuple[str, str, str]  # device, metric, component


def known_points(
    db: Session, series: SeriesStore, name: SeriesName, start: int, end: int
) -> list[Point]:
    """The readings of one series over [start, end), UTC ms, as they were corrected last, oldest first."""
    points = dict[int, Point]()
    with suppress(StoreError):  # no series yet: what was entered is known all the same
        points = {point.at: point for point in series.range(*name, start, end, POINTS).points}
    for row in manual_rows.last_versions(db, *name, start, end):
        if row.is_withdrawn:
            points.pop(row.at, None)
        else:
            points[row.at] = Point(row.at, row.value, row.value, row.value, 1)
    return [points[at] for at in sorted(points)]


def first_values(
    db: Session, series: SeriesStore, name: SeriesName, until: int, count: int
) -> list[float]:
    """The first `count` readings of a series, before `until` (UTC ms), since its device was last serviced."""
    since = feedback_rows.last_service(db, name[0]) or until - LONGEST
    points = known_points(db, series, name, since, until)
    return [point.mean for point in points[:count]]


def with_entered(db: Session, device: str, latest: list[Reading]) -> dict[tuple[str, str], Reading]:
    """The newest reading of each metric and component of a device, with what is entered and not stored yet.

    `latest` are its newest stored ones. What was withdrawn is unknown until the series tell what was
    before it.
    """
    newest = {(reading.metric, reading.component): reading for reading in latest}
    for row in manual_rows.unstored(db, device):
        key = (row.metric, row.component)
        known = newest.get(key)
        if known is not None and row.at < known.at:
            continue
        if row.is_withdrawn:
            newest.pop(key, None)
        else:
            newest[key] = Reading(device, row.metric, row.value, row.at, row.component)
    return newest
