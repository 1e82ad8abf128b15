"""The manager's page: what is overdue and what comes, each with its day and price; this month against twelve."""

from pathlib import Path

from core.time.calendars import parse_month
from core.time.clock import DAY
from maintenance.planning.usage import EXAMINATIONS
from maintenance.reports.locale import ReportLocale
from maintenance.reports.make import make, render
from maintenance.reports.model import Quantity, Reference, Report
from maintenance.reports.outlook import OutlookItem, read_outlook
from storage.records import Asset, Component, Contract, Part, ScheduledTask, Vendor
from tests.maintenance.cast import KABUL, House, at
from tests.maintenance.reports.cast import NOW
from tests.maintenance.reports.files import text_of_html, text_of_pdf

JANUARY = parse_month("2025-01", "gregorian")


def page(house: House) -> Report:
    with house.look() as db:
        return make(db, house.site, house.series, "management", JANUARY, "en", NOW)[0]


def coming(house: House) -> list[OutlookItem]:
    """What the page has of the sheets; the plans of the profiles are another test's."""
    with house.look() as db:
        outlook = read_outlook(db, house.site, house.series, (0, NOW), NOW)
    return [item for item in outlook.items if item.kind != "plan"]


def test_the_month_stands_against_twelve_with_the_cases_behind_each_figure(centre: House) -> None:
    report = page(centre)
    values = [(tile.now.value, tile.before.value, tile.stands_on) for tile in report.tiles]
    availability, lost, money, cost = values
    assert round(availability[0] or 0, 1) == 98.5
    # Nobody wrote down what January's downtimes lost; December's were four at 25 and 50 to recover.
    assert lost == (None, 4, "losses")
    assert money == (None, 150, "losses")
    assert cost[2] == "costs"
    keys = {table.key for table in report.details}
    assert keys >= {tile.stands_on for tile in report.tiles}
    losses = next(table for table in report.details if table.key == "losses")
    numbers = [cell.value for cell in losses.rows[0] if isinstance(cell, Quantity)]
    assert numbers == [12, 4, 25, 50, 150]


def test_what_is_overdue_stands_before_what_comes(centre: House) -> None:
    rows = page(centre).first.rows
    promise, *_, contract = [cell for row in rows for cell in row if isinstance(cell, Reference)]
    assert promise.text == "Ticket 2, the vendor's promise: Arcing 2025-01-13"
    assert (promise.kind, promise.key) == ("ticket", "2")
    assert (contract.text, contract.kind, contract.key) == (
        "Contract ends: SC-1182",
        "asset",
        "ct-1",
    )
    assert rows[0][1] == "overdue by 20 days"
    assert rows[-1][3] == Quantity(36_525.0, "USD")


def test_page_pdf_and_html_say_the_same(centre: House) -> None:
    report = page(centre)
    locale = ReportLocale("en", "gregorian", KABUL)
    for text in (
        text_of_pdf(render(report, locale, "pdf")),
        text_of_html(render(report, locale, "html")),
    ):
        words = " ".join(text.split())
        assert all(part in words for part in ("Contract ends: SC-1182", "12 months: 150", "36,525"))


def test_a_tube_comes_when_its_use_says_and_its_price_is_said_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    for day in range(101):
        house.read("ct-1", EXAMINATIONS, 40_000 + 100 * day, NOW - (100 - day) * DAY)
    with house.change(NOW) as tx:
        tube = Component(
            asset=Asset(id="ct-1", name="CT one", entered_at=0, updated_at=0),
            name="tube", counter=EXAMINATIONS, counter_at_install=0, life_count=60_000,
        )  # fmt: skip
        tx.db.add(tube)
        tx.db.flush()
    [item] = coming(house)
    assert (item.kind, item.key, item.price) == ("use", "ct-1", "unknown")
    assert abs(item.at - (NOW + 100 * DAY)) < 3 * DAY  # 10,000 are left at 100 a day
    with house.change(NOW) as tx:
        part = Part(id="tube", name="Tube", component="tube", devices=["ct-1"])
        part.lead_days, part.cost_cents = 90, 9_000_000
        tx.db.add(part)
    order, worn = coming(house)
    assert (order.kind, order.price) == ("part", 9_000_000)
    assert (worn.kind, worn.price) == ("use", None)
    house.close()


def test_checks_that_come_on_one_day_are_one_line_and_what_may_still_be_done_is_not_overdue(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    with house.change(NOW) as tx:
        for plan, device, due, late in (
            ("ct_monthly", "ct-1", NOW + 29 * DAY, NOW + 32 * DAY),
            ("cbct_monthly", "cbct-1", NOW + 29 * DAY, NOW + 32 * DAY),
            ("filter", "cbct-1", NOW + 29 * DAY, NOW + 32 * DAY),
            ("cbct_quarterly", "cbct-1", NOW - DAY, NOW + DAY),
        ):
            tx.db.add(ScheduledTask(plan, device, 0, due, "calendar", due, late))
    with house.look() as db:
        items = read_outlook(db, house.site, house.series, (0, NOW), NOW).items
    [first, *later] = [(item.kind, item.at > NOW) for item in items]
    assert first == ("plan", True)
    assert later == [("plans", True)]
    assert (items[-1].name, items[-1].key) == ("CT one, ProMax", "3")
    house.close()


def test_of_contracts_those_matter_that_end_within_a_year_or_have_ended_on_a_sheet(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    with house.change(NOW) as tx:
        tx.db.add(Vendor(id="v", name="V"))
        tx.db.flush()
        days = ["sat"]
        ended, old, next_year, endless = (
            Contract("v", number, "2020-01-01", end, days, cost_cents=cents)
            for number, end, cents in (
                ("ended", "2025-02-04", 100), ("old", "2021-01-01", 100),
                ("soon", "2026-02-04", 0), ("endless", "2099-01-01", 100),
            )
        )  # fmt: skip
        tx.db.add_all([ended, old, next_year, endless])
        tx.db.flush()
        sheet = Asset(id="ct-1", name="CT", entered_at=0, updated_at=0, contract_id=ended.id)
        sheet.warranty_until = "2025-02-05"  # the last day is today
        tx.db.add(sheet)
    items = [(item.name, item.at <= NOW, item.price) for item in coming(house)]
    assert items == [("ended", True, 100), ("CT", False, None), ("soon", False, "unknown")]
    assert coming(house)[1].at == at("2025-02-06 00:00") - 1
    house.close()
