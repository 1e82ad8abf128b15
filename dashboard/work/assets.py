"""Asset sheets as the pages show and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import DAY, from_ms
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.assets import register as assets
from maintenance.assets.columns import SHEETS
from maintenance.assets.expiry import End, ends_of
from maintenance.assets.importer import Key, numbers, said
from maintenance.kpi import device_costs
from maintenance.planning.usage import latest_value
from storage.records import Asset, Audit, Component, Contract, File, Vendor
from storage.records import assets as asset_rows
from storage.records import audit as audit_rows
from storage.records import base as table_rows
from storage.records import files as file_rows
from storage.records import work_orders as order_rows

YEAR = 365 * DAY
MOST_CHANGES = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A device with what a list says of it. `kind` is its profile's; empty if nothing watches it."""

    asset: Asset
    kind: str
    ends: Sequence[End]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A component, and how far its counter went since it was installed; None: nobody can say."""

    component: Component
    used: float | None
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AssetSheet:
    """Everything of one device that is not measured."""

    asset: Asset
    is_watched: bool
    cells: Mapping[str, str]
    ends: Sequence[End]
    supplier: Vendor | None
    contract: Contract | None
    vendor: Vendor | None  # of the contract
    components: Sequence[Fitted]
    files: Sequence[File]
    changes: Sequence[Audit]
    year_cents: int  # what its service cost in the last twelve months


@dataclass(frozen=True, slots=True)
class Choices:
    """What a field may refer to: by sheet, key and name."""

    vendors: Mapping[str, str]
    contracts: Mapping[str, str]

    def of(self, sheet: str) -> Mapping[str, str]:
        """What may be chosen from a sheet."""
        return self.vendors if sheet == "vendors" else self.contracts


def listed() -> list[Listed]:
    """Every device, watched or not, retired ones last."""
    site, now = stores.site(), stores.now()
    today = from_ms(now, site.zone).date()
    with stores.records().reading() as db:
        contracts = {contract.id: contract for contract in asset_rows.contracts(db)}
        found = [
            Listed(
                one, _kind(site, one.id), ends_of(one, contracts.get(one.contract_id or 0), today)
            )
            for one in assets.all_sheets(db, site)
        ]
    return sorted(found, key=lambda one: (one.asset.condition == "retired", one.asset.name))


def sheet(device: str) -> AssetSheet | None:
    """One device; None if nobody knows it."""
    site, now = stores.site(), stores.now()
    with stores.records().reading() as db:
        asset = db.get(Asset, device)
        if asset is None:
            if device not in site.devices:
                return None
            asset = assets.begun(site.devices[device], 0)
        contract = db.get(Contract, asset.contract_id) if asset.contract_id else None
        orders = order_rows.orders_with_costs(db, device)
        return AssetSheet(
            asset,
            device in site.devices,
            said(SHEETS["assets"], asset, numbers(db)),
            ends_of(asset, contract, from_ms(now, site.zone).date()),
            db.get(Vendor, asset.supplier_id) if asset.supplier_id else None,
            contract,
            db.get_one(Vendor, contract.vendor_id) if contract else None,
            [_fitted(one) for one in asset.components],
            file_rows.files(db, "asset", device),
            _changes(db, asset),
            device_costs.cost_of(db, site, device, orders, (now - YEAR, now)),
        )


def choices() -> Choices:
    """Vendors and contracts, to choose from."""
    with stores.records().reading() as db:
        vendors = {vendor.id: vendor.name for vendor in asset_rows.vendors(db)}
        contracts = {
            one.number: f"{one.number}, {vendors[one.vendor_id]}"
            for one in asset_rows.contracts(db)
        }
    return Choices(vendors, contracts)


def cells_of(name: str) -> list[Mapping[str, str]]:
    """The records of a sheet, as cells."""
    with stores.records().reading() as db:
        contracts = numbers(db)
        return [
            said(SHEETS[name], one, contracts)
            for one in table_rows.all_rows(db, SHEETS[name].model)
        ]


def revise(name: str, key: Key, cells: Mapping[str, str], device: str = "") -> None:
    """Change a record, or make it if there is no key. The sheet of `device` is begun before."""
    with writing() as desk:
        if device in desk.site.devices:
            assets.sheet_of(desk.db, desk.site, device, desk.now)
        assets.revise(desk.db, name, key, cells, desk.now)


def _kind(site: Site, device: str) -> str:
    return site.devices[device].profile.kind if device in site.devices else ""


def _fitted(one: Component) -> Fitted:
    try:
        value = latest_value(stores.series(), one.asset_id, one.counter) if one.counter else None
    except StoreError:
        value = None  # the sheet is worth seeing without it
    used = None if value is None else max(value - one.counter_at_install, 0.0)
    return Fitted(one, used, said(SHEETS["components"], one, {}))


def _changes(db: Session, asset: Asset) -> list[Audit]:
    parts = [str(component.id) for component in asset.components]
    found = audit_rows.changes(db, "assets", [asset.id], MOST_CHANGES)
    found += audit_rows.changes(db, "components", parts, MOST_CHANGES)
    return sorted(found, key=lambda change: -change.id)[:MOST_CHANGES]
