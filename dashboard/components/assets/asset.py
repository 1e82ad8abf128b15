"""An asset sheet as HTML: its heading, its fields, its contract, its components."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape

from core.schema.site import Site
from core.time.clock import from_ms
from core.vocabulary.assets import AssetCondition
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t
from dashboard.queries.assets import AssetDetails, ComponentRow
from dashboard.text import format as fmt
from dashboard.text.labels import CONDITIONS, ENDED, ENDING
from maintenance.assets import columns as sheets
from maintenance.assets.columns import SHEETS
from maintenance.assets.expiry import Expiry
from storage.records import Asset

TONES: dict[AssetCondition, str] = {
    "working": "ok",
    "limited": "warning",
    "down": "critical",
    "not_in_use": "unknown",
    "retired": "unknown",
}
# What WHO asks of an inventory, then what money and support need.
IDENTITY = (
    "nomenclature", "code", "manufacturer", "manufacturer_contact", "model", "serial", "location",
    "software", "power_needs", "environment_needs",
)  # fmt: skip
PURCHASE = (
    "supplier", "purchased", "in_service", "warranty_until", "price", "income_a_scan",
    "criticality",
)  # fmt: skip
MINIMUM = ("code", "manufacturer", "model", "serial", "location", "supplier")


def condition_chip(asset: Asset) -> str:
    """In what condition it is, as word and colour."""
    return chip(t(CONDITIONS[asset.condition]), TONES[asset.condition])


def expiry_chip(expiry: Expiry) -> str:
    """When it ends; a contract that is over is worse than a warranty, which always ends."""
    if expiry.state == "over":
        return chip(
            t(ENDED[expiry.kind], date=fmt.date_(expiry.last_day)),
            "error" if expiry.kind == "contract" else "unknown",
        )
    tone = "warning" if expiry.state == "soon" else "none"
    return chip(
        t(ENDING[expiry.kind], days=expiry.days_left, date=fmt.date_(expiry.last_day)), tone
    )


def asset_heading(sheet: AssetDetails, site: Site) -> str:
    """Name, condition, what ends; when it was entered and last changed; what WHO asks for and is missing."""
    asset = sheet.asset
    about = [asset.id]
    if asset.updated_at:
        about += [
            t("asset.entered", date=fmt.date_(from_ms(asset.entered_at, site.zone).date())),
            t("asset.updated", date=fmt.date_(from_ms(asset.updated_at, site.zone).date())),
        ]
    else:
        about.append(t("asset.not_begun"))
    missing = [fmt.column(title, site) for title in MINIMUM if title not in sheet.cells]
    hint = t("asset.missing", columns=", ".join(missing)) if missing else ""
    chips = condition_chip(asset) + "".join(expiry_chip(expiry) for expiry in sheet.expiries)
    return (
        f'<div class="sw-heading"><h1>{escape(asset.name)}</h1>{chips}</div>'
        f'<p class="sw-about">{escape(joined(about))}</p>'
        f'<p class="sw-hint">{escape(hint)}</p>'
    )


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Pairs of name and value, as a list."""
    lines = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text) or fmt.ABSENT}</dd></div>"
        for name, text in rows
    )
    return f'<dl class="sw-facts">{lines}</dl>'


def asset_facts(sheet: AssetDetails, columns: Sequence[str], site: Site) -> str:
    """Some columns of the sheet."""
    cells = dict(sheet.cells)
    if sheet.supplier is not None:
        cells["supplier"] = sheet.supplier.name
    return facts((fmt.column(title, site), _shown(title, cells, site)) for title in columns)


def _shown(title: str, cells: Mapping[str, str], site: Site) -> str:
    """A cell as a person reads it."""
    cell, parse = cells.get(title, ""), SHEETS["assets"].columns[title].parse
    if cell and parse is sheets.day:
        return fmt.date_(date.fromisoformat(cell))
    return fmt.money(sheets.money(cell), site) if cell and parse is sheets.money else cell


def contract_facts(sheet: AssetDetails, site: Site) -> str:
    """With whom, for how long, what was promised, and what it costs; then what service cost."""
    rows: list[tuple[str, str]] = []
    contract, vendor = sheet.contract, sheet.vendor
    if contract is not None and vendor is not None:
        span = [
            fmt.date_(date.fromisoformat(day)) for day in (contract.starts_on, contract.ends_on)
        ]
        who = joined(text for text in (vendor.name, vendor.phone, vendor.email) if text)
        rows = [
            (fmt.column("contract", site), contract.number),
            (fmt.column("vendor", site), who),
            (t("asset.runs"), t("asset.from_to", begin=span[0], end=span[1])),
            (t("asset.promised"), _promised(contract.response_h, contract.resolution_h)),
            (fmt.column("cost_a_year", site), fmt.money(contract.cost_cents, site)),
        ]
    spent, price = sheet.year_cents, sheet.asset.price_cents
    cost = fmt.money(spent, site)
    if price:
        cost = t("asset.of_price", amount=cost, share=fmt.number(100 * spent / price))
    return facts([*rows, (t("asset.year"), cost)])


def _promised(response: float | None, resolution: float | None) -> str:
    promises = []
    if response is not None:
        promises.append(t("asset.answer_in", hours=fmt.number(response)))
    if resolution is not None:
        promises.append(t("asset.solved_in", hours=fmt.number(resolution)))
    return joined(promises)


def component_facts(row: ComponentRow) -> str:
    """One component: who it is, since when it is in, how much of its life is grow."""
    part = row.component
    details = [part.model, t("asset.serial", serial=part.serial) if part.serial else ""]
    if part.installed_on:
        on = fmt.date_(date.fromisoformat(part.installed_on))
        details.append(t("asset.installed", date=on))
    if part.removed_on:
        details.append(t("asset.removed", date=fmt.date_(date.fromisoformat(part.removed_on))))
    if row.used is not None and part.life_count:
        used, life = fmt.number(row.used), fmt.number(part.life_count)
        details.append(t("asset.used_of", counter=part.counter, used=used, life=life))
    elif row.used is not None:
        details.append(t("asset.used", counter=part.counter, used=fmt.number(row.used)))
    if part.life_days:
        details.append(t("asset.life_days", days=part.life_days))
    details.append(part.note)
    about = joined(text for text in details if text)
    return f'<p><b>{escape(part.name)}</b> <span class="sw-hint">{escape(about)}</span></p>'
