"""What reports are computed from: twelve months of history of every device, and the month's rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from core.time.calendars import Month
from core.time.covered_hours import Interval
from core.vocabulary.assets import AssetCondition
from maintenance.assets.register import conditions
from maintenance.downtime.monitoring_gaps import unknown_gaps
from maintenance.kpi.device_history import DeviceHistory, device_histories
from storage.records import Asset, Contract, Downtime, Part, StockMove, Ticket, Vendor, WorkOrder
from storage.records import assets as asset_rows
from storage.records import downtime as downtime_rows
from storage.records import parts as part_rows
from storage.records import planning as task_rows
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask
from storage.series import SeriesReader

MONTHS = 12  # of the line; the last one is the month of the report


@dataclass(frozen=True, slots=True)
class Dataset:
    """One site up to the end of one month. `periods` are the twelve months, cut off at `now`."""

    site: Site
    now: int
    months: Sequence[Month]
    periods: Sequence[Interval]
    unknown: Sequence[Interval]
    histories: dict[str, Sequence[DeviceHistory]]  # by device, one a month
    assets: dict[str, Asset]
    conditions: dict[str, AssetCondition]  # of every asset, now
    downtimes: Sequence[Downtime]  # that touch the month
    tasks: Sequence[ScheduledTask]  # due in the twelve months
    orders: Sequence[WorkOrder]  # of all time, the newest first
    moves: Sequence[StockMove]  # of all time
    parts: dict[str, Part]
    tickets: Sequence[Ticket]  # of all time, the newest first
    vendors: Sequence[Vendor]
    contracts: dict[int, Contract]

    @property
    def period(self) -> Interval:
        """The month of the report, as far as it has passed."""
        return self.periods[-1]

    @property
    def year(self) -> Interval:
        """All twelve months."""
        return self.periods[0][0], self.periods[-1][1]

    @property
    def is_over(self) -> bool:
        """Has the month ended?"""
        return self.now >= self.months[-1].interval(self.site.zone)[1]

    def name(self, device: str) -> str:
        """What people call a device; its id if it is neither in the site file nor has a sheet."""
        if device in self.site.devices:
            return self.site.devices[device].name
        return self.assets[device].name if device in self.assets else device

    def group(self, name: str) -> list[Device]:
        """The devices whose profile says `scanner`, or the others."""
        devices = self.site.devices.values()
        return [
            device
            for device in devices
            if (device.profile.group == "scanner") == (name == "scanner")
        ]


def read_dataset(db: Session, site: Site, series: SeriesReader, month: Month, now: int) -> Dataset:
    """Read everything in one transaction."""
    months = [month.later(step) for step in range(1 - MONTHS, 1)]
    periods = [_passed(month.interval(site.zone), now) for month in months]
    stored = series if site.series_path.exists() else None
    unknown = _unknown(stored, periods[0][0], periods[-1][1])
    return Dataset(
        site=site,
        now=now,
        months=months,
        periods=periods,
        unknown=unknown,
        histories={
            device.id: device_histories(db, site, stored, device, periods, unknown, now)
            for device in site.devices.values()
        },
        assets={sheet.id: sheet for sheet in asset_rows.assets(db)},
        conditions=conditions(db, now),
        downtimes=downtime_rows.downtimes(db, *periods[-1]),
        tasks=task_rows.tasks_due(db, periods[0][0], periods[-1][1]),
        orders=order_rows.orders(db, ended=True),
        moves=part_rows.stock_moves(db),
        parts={part.id: part for part in part_rows.parts(db)},
        tickets=ticket_rows.tickets(db, closed=True),
        vendors=asset_rows.vendors(db),
        contracts={contract.id: contract for contract in asset_rows.contracts(db)},
    )


def _passed(period: Interval, now: int) -> Interval:
    start, end = period
    return start, max(start, min(end, now))


def _unknown(series: SeriesReader | None, start: int, end: int) -> list[Interval]:
    if start >= end:
        return []
    return [(start, end)] if series is None else unknown_gaps(series, start, end)
