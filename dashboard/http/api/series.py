"""Readings as they came and as curves, and events."""

from pydantic import Field

from core.readings import Event, Reading
from core.schema.metric import Metric
from core.schema.strict_model import did_you_mean
from core.time.clock import DAY, HOUR
from core.vocabulary.readings import Quality
from core.vocabulary.severity import Severity
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.paging import ItemPage, new_cursor, read_cursor
from dashboard.http.api.parameters import (
    LAST_MOMENT,
    DeviceQuery,
    Moment,
    PageQuery,
    device_named,
)
from dashboard.http.api.problems import ProblemError
from dashboard.queries import series as series_queries
from dashboard.queries import stores

MOST_READINGS = 10_000
MOST_POINTS = 5_000  # one for each pixel of the widest screens
MOST_TOGETHER = 1_000  # events of one device in one millisecond; no log has so many


class ReadingsQuery(PageQuery):
    """Of one metric."""

    device: str
    metric: str
    since: Moment | None = None
    limit: int = Field(default=MOST_READINGS, ge=1, le=MOST_READINGS)


class CurveQuery(DeviceQuery):
    """Of one series, over [since, until)."""

    metric: str
    component: str = ""
    since: Moment | None = None
    until: Moment | None = None
    points: int = Field(
        default=series_queries.POINTS, ge=2, le=MOST_POINTS, description="About how many."
    )


class EventsQuery(PageQuery):
    """Of one device, over [since, until)."""

    device: str
    since: Moment | None = None
    until: Moment | None = None


class ReadingItem(ApiItem):
    """A reading as it came."""

    at: ApiTime
    value: float
    unit: str
    component: str
    quality: Quality


class PointItem(ApiItem):
    """All readings in [at, at + width)."""

    at: ApiTime
    mean: float
    low: float
    high: float
    readings: int


class CurveItem(ApiItem):
    """A series as a chart draws it; where nothing was read there is no point."""

    unit: str
    level: str
    width_ms: int
    points: list[PointItem]


class EventItem(ApiItem):
    """What a device told in words."""

    at: ApiTime
    device: str
    component: str
    kind: str
    severity: Severity
    code: str
    text: str
    quality: Quality


def readings(query: ReadingsQuery) -> ItemPage[ReadingItem]:
    """Raw readings, oldest first. A cursor names their last time, and what was given of it."""
    unit = _metric(query.device, query.metric).unit
    last, given = read_cursor(query, list) or (_since(query.since, HOUR), [])
    rows = series_queries.readings(query.device, query.metric, last, query.limit + len(given) + 1)
    left = [row for row in rows if row.at > last or row.component not in given]
    page = left[: query.limit]
    cursor = ""
    if len(left) > len(page):
        end = page[-1].at
        together = [row.component for row in page if row.at == end]
        cursor = new_cursor(query, [end, together + (given if end == last else [])])
    return ItemPage([_reading(row, unit) for row in page], cursor)


def curve(query: CurveQuery) -> CurveItem:
    """A curve of about as many points as were asked for."""
    device, metric = query.known_device(), _metric(query.device, query.metric)
    since, until = _since(query.since, DAY), stores.now() if query.until is None else query.until
    if until <= since:
        raise ProblemError(400, "`until` is not after `since`")
    row = stores.series().range(
        device.id, query.metric, query.component, since, until, query.points
    )
    points = [PointItem.model_validate(point) for point in row.points]
    return CurveItem(unit=metric.unit, level=row.level, width_ms=row.width, points=points)


def events(query: EventsQuery) -> ItemPage[EventItem]:
    """Events, newest first. A cursor names their last time, and how many of it were given."""
    device = device_named(query.device).id
    until = LAST_MOMENT if query.until is None else query.until
    last, given = read_cursor(query, list) or (until - 1, 0)
    # Those of one moment may stand in any order, so all of it is read again and counted.
    rows = stores.series().events(
        device, _since(query.since, DAY), last + 1, query.limit + MOST_TOGETHER
    )
    left = sorted(rows, key=_order)[given:]
    page = left[: query.limit]
    cursor = ""
    if len(left) > len(page):
        end = page[-1].at
        together = sum(row.at == end for row in page) + (given if end == last else 0)
        cursor = new_cursor(query, [end, together])
    return ItemPage([EventItem.model_validate(row) for row in page], cursor)


def _order(event: Event) -> tuple[int, str, str, str]:
    return -event.at, event.component, event.code, event.text


def _metric(device: str, name: str) -> Metric:
    known = device_named(device).profile.metrics
    if name not in known:
        raise ProblemError(404, f"{device} has no metric {name!r}{did_you_mean(name, known)}")
    return known[name]


def _since(since: int | None, usual: int) -> int:
    return stores.now() - usual if since is None else since


def _reading(row: Reading, unit: str) -> ReadingItem:
    return ReadingItem(
        at=row.at, value=row.value, unit=unit, component=row.component, quality=row.quality
    )


ENDPOINTS = [
    ReadEndpoint(
        "/readings", "Readings as they came", ReadingsQuery, ReadingItem, readings, is_list=True
    ),
    ReadEndpoint(
        "/devices/{device}/curve", "A series as a chart draws it", CurveQuery, CurveItem, curve
    ),
    ReadEndpoint("/events", "What a device told", EventsQuery, EventItem, events, is_list=True),
]
