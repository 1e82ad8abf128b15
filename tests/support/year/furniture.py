"""What the centre has when the year begins."""

from maintenance.assets import register as assets
from maintenance.parts import stock
from storage.records import Component, Contract, Part, Vendor
from tests.maintenance.cast import House
from tests.support.year.expected_year import DEVICES, START, Told


def furnish(house: House, told: Told) -> None:
    """A vendor with a contract of both devices, their sheets, and fans on the shelf."""
    with house.write(START, "manager") as db:
        db.add(Vendor(id="vendor", name="Vendor"))
        db.flush()
        contract = Contract(
            vendor_id="vendor",
            number="C-1",
            starts_on="2025-03-01",
            ends_on="2026-02-28",
            days=["sun", "mon", "tue", "wed", "thu"],
            opens="09:00",
            closes="17:00",
            response_h=4,
            resolution_h=16,
            cost_cents=3652500,
        )
        db.add(contract)
        db.flush()
        for device in DEVICES:
            sheet = assets.sheet_of(db, house.site, device, START)
            sheet.contract_id = contract.id
            sheet.price_cents, sheet.income_cents = 20_000_000, 2500
            db.add(Component(asset=sheet, name="fan", installed_on="2025-01-01", life_days=900))
        db.add(Part(id="fan", name="Fan", minimum=2, lead_days=40, cost_cents=12_050))
        db.flush()
        stock.move(db, "fan", "received", 50, by="manager", now=START)
        told.shelf["fan"], told.moves = 50, 1
