"""Rounds: what only a person can read from a panel, device by device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import StoreError
from core.readings import Reading
from core.schema.metric import Metric
from core.schema.site import Device
from core.text.phrase import Phrase
from core.time.clock import AHEAD, from_ms
from core.time.typed_day import as_typed
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.alerts import open_alerts
from dashboard.queries.orders import orders_of_alerts
from dashboard.views.device_status import ORDER, AlertRow
from maintenance.rounds.accepted import Accepted, accepted
from maintenance.rounds.doubt import TypedNumber, doubt
from maintenance.rounds.manual_entry import EnteredValue
from maintenance.rounds.questions import Bound, bounds
from maintenance.rounds.walk import RoundDevice, components_of, manual_metrics, walk
from storage.files import attachments
from storage.known_readings import SeriesName, with_entered
from storage.records import File, ManualReading
from storage.records import manual_readings as manual_rows
from storage.records import round_entries as entry_rows


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One number that a person reads, with its limits and what was read last."""

    name: str
    metric: Metric
    component: str
    accepted: Accepted
    last: Reading | None  # as it was entered, if it is not stored yet
    alert: AlertRow | None = None  # that fires on it: the worst
    order: int | None = None  # the alert's

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"{self.name}/{self.component}"

    def has_fallen(self, value: float) -> bool:
        """A running number below what was read last: a new machine, or the number of a day."""
        return self.metric.kind == "counter" and self.last is not None and value < self.last.value


def lines(device: Device) -> list[RoundLine]:
    """What no source brings: the measured items of the device's plans, and such metrics else."""
    stored = [reading for reading in fleet_queries.latest() if reading.device == device.id]
    site, now = stores.site(), stores.now()
    alerts = _firing(device.id)
    orders = orders_of_alerts([alert.id for alert in alerts.values()])
    with stores.records().reading() as db:
        last = with_entered(db, device.id, stored)
        return [
            RoundLine(
                name,
                device.profile.metrics[name],
                component,
                accepted(db, site, device, name, component, now + AHEAD),
                last.get((name, component)),
                alert := alerts.get((name, component)),
                None if alert is None else orders.get(alert.id),
            )
            for name in manual_metrics(device)
            for component in components_of(device, name)
        ]


def accepted_of(device: str, metric: str, component: str) -> Accepted:
    """What is accepted of a number of a device now; nothing is limited if the site has it no more."""
    site = stores.site()
    known = site.devices.get(device)
    if known is None:
        return Accepted()
    with stores.records().reading() as db:
        return accepted(db, site, known, metric, component, stores.now() + AHEAD)


def walk_now() -> list[RoundDevice]:
    """What is to be read on a round, room by room."""
    with stores.records().reading() as db:
        return walk(db, stores.site(), stores.now())


def bounds_of(devices: Sequence[RoundDevice]) -> dict[SeriesName, list[Bound]]:
    """What is asked about the next number of each, if it is read now."""
    site, now = stores.site(), stores.now()
    with stores.records().reading() as db:
        return {
            value.name: bounds(db, site, value.device, value.metric, value.component, now, now)
            for each in devices
            for value in each.values
        }


def panel_photo(device: str) -> int | None:
    """The last photo of a device's panel: the number of its file."""
    with stores.records().reading() as db:
        return entry_rows.newest_photo(db, device)


def sheet(language: Literal["en", "fa"]) -> bytes:
    """The round to print, all of it, as PDF."""
    # Here, because most who look at pages print nothing.
    from maintenance.reports.locale import ReportLocale
    from maintenance.reports.round_sheet import round_sheet

    site = stores.site()
    locale = ReportLocale(language, site.file.calendar, site.zone)
    return round_sheet(walk_now(), site, locale, stores.now(), site.file.http.public_url)


def today_as_typed() -> str:
    """This day as a person of the site types it."""
    site = stores.site()
    return as_typed(from_ms(stores.now(), site.zone).date(), site.file.calendar)


def photo_content(number: int) -> bytes | None:
    """The JPEG of that file; None if it is no photo of a panel, or is gone."""
    with stores.records().reading() as db:
        file = db.get(File, number) if entry_rows.is_photo(db, number) else None
    if file is None:
        return None
    try:
        return attachments.read(stores.site().file.storage.folder, file.sha256)
    except StoreError:
        return None


def devices() -> list[Device]:
    """Those of which anything is read by hand."""
    return [device for device in stores.site().devices.values() if manual_metrics(device)]


def newest(device: str, limit: int) -> list[ManualReading]:
    """What was entered last, newest first."""
    with stores.records().reading() as db:
        return manual_rows.manual_readings(db, device, limit)


def doubts(device: str, values: Sequence[EnteredValue], at: int | None) -> list[Phrase | None]:
    """For each number read at `at` (None: now) why it can hardly be right, if so."""
    site, now = stores.site(), stores.now()
    known, moment = site.device(device), now if at is None else at
    with stores.records().reading() as db:
        return [
            doubt(db, site, TypedNumber(known, metric, component, value, moment), now)
            for metric, value, component, _ in values
        ]


def _firing(device: str) -> dict[tuple[str, str], AlertRow]:
    """The worst alert that fires on each metric and component."""
    rows = [row for row in open_alerts() if row.device == device and row.is_firing]
    rows.sort(key=lambda row: ORDER.index(row.severity), reverse=True)
    return {(row.metric, row.component): row for row in rows}
