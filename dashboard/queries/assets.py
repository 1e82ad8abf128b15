"""Asset sheets as the pages show them, and as files to download."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import DAY, from_ms
from dashboard.queries import stores
from maintenance.assets import register
from maintenance.assets.columns import SHEETS
from maintenance.assets.expiry import Expiry, expiries_of
from maintenance.assets.importer import contract_numbers, record_cells
from maintenance.assets.labels import label_sheet, labels_of
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
class AssetRow:
    """A device as a line of a list. `kind` is its profile's; empty if nothing watches it."""

    asset: Asset
    kind: str
    expiries: Sequence[Expiry]


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component, and how far its counter went since it was installed; None: not known."""

    component: Component
    used: float | None
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AssetDetails:
    """Everything of one device that is not measured."""

    asset: Asset
    is_watched: bool
    cells: Mapping[str, str]
    expiries: Sequence[Expiry]
    supplier: Vendor | None
    contract: Contract | None
    vendor: Vendor | None  # of the contract
    components: Sequence[ComponentRow]
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


def assets() -> list[AssetRow]:
    """Every device, watched or not, retired ones last."""
    site, now = stores.site(), stores.now()
    today = from_ms(now, site.zone).date()
    with stores.records().reading() as db:
        contracts = {contract.id: contract for contract in asset_rows.contracts(db)}
        rows = [
            AssetRow(
                asset,
                _kind(site, asset.id),
                expiries_of(asset, contracts.get(asset.contract_id or 0), today),
            )
            for asset in register.all_sheets(db, site)
        ]
    return sorted(rows, key=lambda row: (row.asset.condition == "retired", row.asset.name))


def asset_details(device: str) -> AssetDetails | None:
    """One device; None if nobody knows it."""
    site, now = stores.site(), stores.now()
    with stores.records().reading() as db:
        asset = db.get(Asset, device)
        if asset is None:
            if device not in site.devices:
                return None
            asset = register.new_sheet(site.devices[device], 0)
        contract = db.get(Contract, asset.contract_id) if asset.contract_id else None
        orders = order_rows.orders_with_costs(db, device)
        return AssetDetails(
            asset,
            device in site.devices,
            record_cells(SHEETS["assets"], asset, contract_numbers(db)),
            expiries_of(asset, contract, from_ms(now, site.zone).date()),
            db.get(Vendor, asset.supplier_id) if asset.supplier_id else None,
            contract,
            db.get_one(Vendor, contract.vendor_id) if contract else None,
            [_component_row(component) for component in asset.components],
            file_rows.files(db, "asset", device),
            _changes(db, asset),
            device_costs.cost_of(db, site, device, orders, (now - YEAR, now)),
        )


def choices() -> Choices:
    """Vendors and contracts, to choose from."""
    with stores.records().reading() as db:
        vendors = {vendor.id: vendor.name for vendor in asset_rows.vendors(db)}
        contracts = {
            contract.number: f"{contract.number}, {vendors[contract.vendor_id]}"
            for contract in asset_rows.contracts(db)
        }
    return Choices(vendors, contracts)


def cells_of(name: str) -> list[Mapping[str, str]]:
    """The records of a sheet, as cells."""
    with stores.records().reading() as db:
        numbers = contract_numbers(db)
        return [
            record_cells(SHEETS[name], record, numbers)
            for record in table_rows.all_rows(db, SHEETS[name].model)
        ]


def workbook_file(name: str, sheet: str = "assets") -> bytes:
    """All sheets as a workbook, or one as CSV, by the name of the file."""
    with stores.records().reading() as db:
        return register.export_assets(db, stores.site(), name, sheet)[0]


def labels_pdf(devices: Sequence[str], url: str, skip: int) -> bytes:
    """The stickers of these devices; the first `skip` places stay free."""
    with stores.records().reading() as db:
        return label_sheet(labels_of(db, stores.site(), devices, url or None), skip)


def _kind(site: Site, device: str) -> str:
    return site.devices[device].profile.kind if device in site.devices else ""


def _component_row(component: Component) -> ComponentRow:
    value = None
    if component.counter:
        with suppress(StoreError):  # the sheet is worth seeing without it
            value = latest_value(stores.series(), component.asset_id, component.counter)
    used = None if value is None else max(value - component.counter_at_install, 0.0)
    return ComponentRow(component, used, record_cells(SHEETS["components"], component, {}))


def _changes(db: Session, asset: Asset) -> list[Audit]:
    """What was changed of the sheet and its components, the newest first."""
    components = [str(component.id) for component in asset.components]
    changes = audit_rows.changes(db, "assets", [asset.id], MOST_CHANGES)
    changes += audit_rows.changes(db, "components", components, MOST_CHANGES)
    return sorted(changes, key=lambda change: -change.id)[:MOST_CHANGES]
