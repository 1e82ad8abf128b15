"""The site, and how its devices stand."""

from typing import Literal

from core.errors import StoreError
from core.schema.metric import Metric
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import DeviceQuery, Parameters
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.device_status import Availability, DeviceStatus, State, Value


class SiteItem(ApiItem):
    """The site, and until when its readings have been stored and judged."""

    id: str
    name: str
    zone: str
    currency: str
    devices: list[str]
    newest_reading_at: ApiTime | None
    judged_at: ApiTime | None
    trouble: list[str]


class SourceItem(ApiItem):
    """One source of a device; `up` is null while it was never seen."""

    kind: str
    up: bool | None
    last_at: ApiTime | None


class DeviceItem(ApiItem):
    """A device with the worst that is known of it."""

    id: str
    name: str
    room: str
    profile: str
    state: State
    sources: list[SourceItem]


class ValueItem(ApiItem):
    """What one metric of one component is now; without a time it was never read."""

    metric: str
    component: str
    availability: Availability
    value: float | None
    at: ApiTime | None
    unit: str
    quality: str | None
    severity: str | None


class DeviceDetails(DeviceItem):
    """A device with its newest values."""

    title: str
    last_seen_at: ApiTime | None
    values: list[ValueItem]
    open_alerts: list[int]
    is_down: bool
    maintenance_until: ApiTime | None


class MetricItem(ApiItem):
    """One thing that is measured of a device."""

    name: str
    title: str
    unit: str
    kind: Literal["gauge", "counter", "state"]
    states: dict[str, str]


def site(_query: Parameters) -> SiteItem:
    """The site, as the first page heads it."""
    known, fleet = stores.site(), fleet_queries.fleet(stores.now())
    return SiteItem(
        id=known.file.id,
        name=known.file.name,
        zone=str(known.zone),
        currency=known.file.currency,
        devices=list(known.devices),
        newest_reading_at=fleet.last_seen_at,
        judged_at=fleet.judged_at,
        trouble=list(fleet.trouble),
    )


def devices(_query: Parameters) -> list[DeviceItem]:
    """How every device stands."""
    return [DeviceItem(**_fields(status)) for status in _statuses()]


def device(query: DeviceQuery) -> DeviceDetails:
    """How one device stands, with its newest values."""
    known = query.known_device()
    [status] = [row for row in _statuses() if row.device.id == known.id]
    work = status.maintenance
    return DeviceDetails(
        **_fields(status),
        title=known.profile.title,
        last_seen_at=status.last_seen_at,
        values=[_value(value) for value in status.values],
        open_alerts=[alert.id for alert in status.alerts],
        is_down=bool(status.down),
        maintenance_until=None if work is None else work.end,
    )


def metrics(query: DeviceQuery) -> list[MetricItem]:
    """What is measured of a device, as its profile says."""
    return [_metric(name, metric) for name, metric in query.known_device().profile.metrics.items()]


def _statuses() -> tuple[DeviceStatus, ...]:
    fleet = fleet_queries.fleet(stores.now())
    if not fleet.statuses and fleet.trouble:
        raise StoreError(fleet.trouble[0])
    return fleet.statuses


def _fields(status: DeviceStatus) -> dict[str, object]:
    device = status.device
    return {
        "id": device.id,
        "name": device.name,
        "room": device.room,
        "profile": device.profile_name,
        "state": status.state,
        "sources": [
            SourceItem(
                kind=source.kind,
                up=source.answers if source.up is not None else None,
                last_at=source.at,
            )
            for source in status.sources
        ],
    }


def _value(value: Value) -> ValueItem:
    reading = value.reading
    return ValueItem(
        metric=value.name,
        component=value.component,
        availability=value.availability,
        value=None if reading is None else reading.value,
        at=None if reading is None else reading.at,
        unit=value.metric.unit,
        quality=None if reading is None else reading.quality,
        severity=value.severity,
    )


def _metric(name: str, metric: Metric) -> MetricItem:
    states = {str(number): word for number, word in metric.states.items()}
    return MetricItem(
        name=name, title=metric.title, unit=metric.unit, kind=metric.kind, states=states
    )


ENDPOINTS = [
    ReadEndpoint("/site", "The site", Parameters, SiteItem, site),
    ReadEndpoint(
        "/devices", "How every device stands", Parameters, DeviceItem, devices, is_list=True
    ),
    ReadEndpoint(
        "/devices/{device}", "One device with its newest values", DeviceQuery, DeviceDetails, device
    ),
    ReadEndpoint(
        "/devices/{device}/metrics", "What is measured", DeviceQuery, MetricItem, metrics,
        is_list=True,
    ),
]  # fmt: skip
