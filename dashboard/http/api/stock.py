"""Parts on the shelf, and the sheets of what the centre owns."""

from typing import TYPE_CHECKING

from core.vocabulary.assets import AssetCondition
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters
from dashboard.queries import parts as part_queries
from maintenance.assets.expiry import Expiry, ExpiryKind
from maintenance.parts.demand import PartStock
from maintenance.parts.stock import Advice

if TYPE_CHECKING:
    from dashboard.queries.assets import AssetRow


class PartItem(ApiItem):
    """A spare part: how many there are, when one is needed, whether to order."""

    id: str
    name: str
    number: str
    quantity: int
    minimum: int
    lead_days: int
    cost_cents: int
    vendor_id: str | None
    shelf: str
    needed_at: ApiTime | None
    advice: Advice
    devices: list[str]


class ExpiryItem(ApiItem):
    """The last day of a warranty or a contract."""

    kind: ExpiryKind
    last_day: str
    days_left: int


class AssetItem(ApiItem):
    """The sheet of a device, watched or not; a day is YYYY-MM-DD."""

    id: str
    name: str
    manufacturer: str
    model: str
    serial: str
    location: str
    condition: AssetCondition
    software: str
    supplier_id: str | None
    contract_id: int | None
    in_service_on: str
    warranty_until: str
    criticality: int | None
    expiries: list[ExpiryItem]


def parts(_query: Parameters) -> list[PartItem]:
    """Every part; what must be ordered comes first."""
    return [_part(row) for row in part_queries.part_stock()]


def assets(_query: Parameters) -> list[AssetItem]:
    """Every device, retired ones last."""
    # Here, because it draws labels too, and what draws takes long to import.
    from dashboard.queries import assets as asset_queries

    return [_asset(row) for row in asset_queries.assets()]


def _part(row: PartStock) -> PartItem:
    part = row.part
    return PartItem(
        id=part.id,
        name=part.name,
        number=part.number,
        quantity=row.quantity,
        minimum=part.minimum,
        lead_days=part.lead_days,
        cost_cents=part.cost_cents,
        vendor_id=part.vendor_id,
        shelf=part.shelf,
        needed_at=row.need.at,
        advice=row.advice,
        devices=list(row.devices),
    )


def _asset(row: "AssetRow") -> AssetItem:
    own = AssetItem.model_fields.keys() - {"expiries"}
    fields: dict[str, object] = {name: getattr(row.asset, name) for name in own}
    return AssetItem(**fields, expiries=[_expiry(expiry) for expiry in row.expiries])


def _expiry(expiry: Expiry) -> ExpiryItem:
    return ExpiryItem(
        kind=expiry.kind, last_day=expiry.last_day.isoformat(), days_left=expiry.days_left
    )


ENDPOINTS = [
    ReadEndpoint("/parts", "Spare parts", Parameters, PartItem, parts, is_list=True),
    ReadEndpoint("/assets", "Asset sheets", Parameters, AssetItem, assets, is_list=True),
]
