"""A day of the engineer in a real browser: a fault from alert to report, a plan from due to signed."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.queries import stores
from storage.records import Alert, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import manual_readings as manual_rows
from storage.records import parts as part_rows
from storage.records import work_orders as order_rows
from tests.dashboard.browsing import button, in_popover
from tests.dashboard.centre import Centre, build
from tests.dashboard.conftest import Served
from tests.dashboard.people import SARA, signed_in_page
from tests.dashboard.sample_work import furnish, make_due, order_of, wear, with_plans

PAGES = ("/today", "/orders", "/order?order=1", "/tickets", "/ticket?ticket=1", "/parts",
         "/rounds?device=ct-2", "/reports", "/fault/ct-2")  # fmt: skip


def clock() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = signed_in_page(browser, served, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    yield page
    page.close()


def choose(page: Page, within: Locator, label: str, option: str) -> None:
    within.get_by_role("combobox", name=re.compile(f"{label}$")).click()
    page.get_by_role("option", name=option, exact=True).click()


def said(page: Page, text: str) -> None:
    """The word of success; then the page is as it is now."""
    expect(page.get_by_test_id("stToast").filter(has_text=text).first).to_be_visible()


def test_a_fault_goes_from_a_detectors_verdict_to_the_report_of_the_month(
    centre: Centre, served: Served, page: Page
) -> None:
    centre.all_well(clock())
    furnish(centre, clock())
    wear(centre, clock())

    page.goto(f"{served.url}/device?device=ct-2")
    expect(page.locator(".st-key-expected")).to_contain_text("Not as expected")
    expect(page.locator(".st-key-expected")).to_contain_text("between 15 and 30")
    button(page, "Acknowledge").click()
    expect(page.locator("[class*=st-key-alert-]")).to_contain_text(f"acknowledged by {SARA}")
    button(page, "Open a work order").click()
    expect(page).to_have_url(re.compile(r"/order\?order=1$"))
    expect(page.locator(".sw-heading")).to_contain_text("1 · The tube cools badly")
    expect(page.locator(".sw-down")).to_contain_text("Machine")

    button(page, "Start").dblclick()
    expect(page.locator(".sw-heading")).to_contain_text("In work")

    page.get_by_role("link", name="Ticket to the vendor").click()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("The tube cools badly")
    button(page, "Open the ticket").click()
    expect(page).to_have_url(re.compile(r"/ticket\?ticket=1$"))
    button(in_popover(page, "Diagnostics bundle"), "Diagnostics bundle").click()
    expect(page.get_by_test_id("stDownloadButton")).to_contain_text("test-ct-2-")
    page.get_by_role("textbox", name="Message").fill(
        "The tube cools badly. The diagnostics are ready."
    )
    button(page, "Save, to be sent by hand").click()
    expect(page.locator(".sw-heading")).to_contain_text("To be sent by hand")
    button(page, "I have sent it").click()
    expect(page.locator(".sw-heading")).to_contain_text("Sent")
    expect(page.locator(".sw-clocks")).to_contain_text("3 h 5")  # of four hours to an answer

    page.get_by_role("link", name="Order 1").click()
    button(in_popover(page, "Use a part"), "Use a part").click()
    expect(page.locator(".st-key-beside")).to_contain_text("Total 80 USD")
    body = in_popover(page, "Correct")
    choose(page, body, "Cause", "Cooling")
    button(body, "Save").click()
    expect(page.locator(".sw-down")).to_contain_text("corrected by Sara Ahmadi")
    page.get_by_role("textbox", name="What was found and done").fill("Fan changed")
    button(page, "Done").dblclick()
    checked = page.get_by_role("textbox", name="What was checked before patients return")
    checked.fill("Warm-up and phantom, no artefacts")
    button(page, "Back in service").click()
    button(page, "Sign off").click()
    expect(page.locator(".sw-heading")).to_contain_text("Signed off")

    order = order_of(centre, 1)
    assert [step.state for step in order.steps] == ["open", "working", "done", "signed_off"]
    with centre.records.reading() as db:
        alert = db.get_one(Alert, order.alert_id)
        assert alert.acknowledged_by == SARA
        assert part_rows.stock_by_part(db) == {"ct-fan": 1}
        pieces = downtime_rows.downtimes_of_order(db, 1)
        assert [(one.cause, one.ended_at) for one in pieces] == [("cooling", order.returned_at)]

    page.get_by_role("link", name="Reports").click()
    expect(page.locator(".sw-figures")).to_contain_text("Out of service")
    down = page.locator("[class*=st-key-down-]")
    expect(down).to_contain_text("CT-2")
    expect(down).to_contain_text("Cooling")
    with page.expect_download() as fetched:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="PDF").click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF")

    centre.alert("mr-1", "helium_low", clock())
    assert clicks_from_alert_to_signed_order(page, served) <= 6
    order = order_of(centre, 2)
    assert (order.state, order.return_check) == ("signed_off", "Level and cold head")


def clicks_from_alert_to_signed_order(page: Page, served: Served) -> int:
    """How often somebody presses who begins on Today, each field too."""
    page.goto(f"{served.url}/today")
    page.evaluate("window.presses = 0; addEventListener('pointerdown', () => presses++, true)")
    line = page.locator("[class*=st-key-due-incident-]").filter(has_text="Helium is low")
    button(line, "Start").click()
    expect(page).to_have_url(re.compile(r"/order\?order=2$"))
    for name, text in (
        ("What was found and done", "Refilled"),
        ("Checked before patients return", "Level and cold head"),
    ):
        box = page.get_by_role("textbox", name=name)
        box.click()
        box.fill(text)
    button(page, "Done, checked and signed").click()
    expect(page.locator(".sw-heading")).to_contain_text("Signed off")
    return int(page.evaluate("presses"))


def test_a_plan_goes_from_due_to_signed_with_a_number_out_of_limits(
    centre: Centre, served: Served, page: Page
) -> None:
    furnish(centre, clock())
    number = make_due(centre, clock())

    page.goto(f"{served.url}/today")
    row = page.locator("[class*=st-key-due-]")
    expect(row).to_contain_text("Monthly check of the tube")
    button(row, "Start").click()
    expect(page).to_have_url(re.compile(rf"/order\?order={number}$"))
    expect(page.locator(".sw-down")).to_contain_text("Planned")  # it takes the CT down

    offset = page.get_by_role("textbox", name="Largest offset of the lasers, mm")
    offset.fill("3,5")
    offset.press("Tab")
    expect(page.locator(".sw-out")).to_contain_text("Outside at most 2")
    page.get_by_role("radio", name="OK", exact=True).click()
    page.get_by_role("textbox", name="What was found and done").fill("Filters cleaned")
    button(page, "Done").click()
    said(page, "opened for what failed")
    follow_up = page.get_by_role("link", name="Largest offset of the lasers: 3.5 mm")
    expect(follow_up).to_be_visible()
    checked = page.get_by_role("textbox", name="What was checked before patients return")
    checked.fill("Emergency stop, one scan")
    button(page, "Back in service").click()
    button(page, "Sign off").click()
    expect(page.locator(".sw-heading")).to_contain_text("Signed off")
    follow_up.click()
    expect(page.locator(".sw-heading")).to_contain_text("Open")
    expect(page.get_by_role("link", name=f"Found in order {number}")).to_be_visible()

    with centre.records.reading() as db:
        order = db.get_one(WorkOrder, number)
        assert order.state == "signed_off"
        assert [one.value for one in manual_rows.manual_readings(db, "ct-2", 9)] == [3.5]

    page.goto(f"{served.url}/orders")
    body = in_popover(page, "New order")
    body.get_by_role("textbox", name="What is to be done").fill("Change the lamp")
    button(body, "Open the order").dblclick()
    expect(
        page.locator(".sw-heading, [class*=st-key-row-]").filter(has_text="Change")
    ).to_be_visible()
    with centre.records.reading() as db:
        assert [one.title for one in order_rows.orders(db)].count("Change the lamp") == 1

    centre.alert("mr-1", "helium_low", clock())
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(served.url + path)
        page.locator(".sw-heading, .about, [data-testid=stAlert]").first.wait_for()
        wide = "document.querySelector('[data-testid=stMain]') || document.documentElement"
        assert page.evaluate(f"({wide}).scrollWidth") <= 390, path
