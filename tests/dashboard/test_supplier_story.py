"""A case with a supplier far away, in real browsers: the link, a question, its answer, files, live values, the end."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from core.time.clock import HOUR
from maintenance.tickets import lifecycle as tickets
from storage.records import LiveWindow, Ticket, VendorVisit
from storage.records import base as table_rows
from tests.dashboard.browsing import button, in_popover
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.people import signed_in_page
from tests.dashboard.sample_work import furnish

pytestmark = pytest.mark.servers

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def pages(browser: Browser, served: Served) -> Iterator[tuple[Page, Page, Page]]:
    """Of the engineer, the supplier and the technician; each has a browser of their own."""
    engineer = signed_in_page(browser, served, viewport={"width": 1280, "height": 900})
    own = (engineer, browser.new_page(viewport=PHONE), browser.new_page(viewport=PHONE))
    for page in own:
        page.set_default_timeout(60_000)
    yield own
    for page in own:
        page.close()


def path_shown(page: Page, way: str) -> str:
    """The path of a link that the ticket's page shows; its host is the site file's."""
    code = page.get_by_test_id("stCode").filter(has_text=way)
    expect(code).to_be_visible(timeout=60_000)
    return urlsplit(code.inner_text().strip()).path


def fits(page: Page, name: str, folder: Path) -> None:
    """Nothing stands out to the side."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_a_case_goes_from_the_link_to_its_end(
    centre: Centre, served: Served, pages: tuple[Page, Page, Page], tmp_path: Path
) -> None:
    engineer, supplier, technician = pages
    now = time.time_ns() // 1_000_000
    furnish(centre, now)
    centre.alert("ct-2", "tube_hot", now - HOUR)
    with centre.change(now - HOUR, "Sara") as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "The tube is hot", alert_id=1).id
        tickets.write(tx, number, "It went up to 71 °C at noon.", "out")

    engineer.goto(f"{served.url}/ticket?ticket={number}")
    button(in_popover(engineer, "Diagnostics bundle"), "Diagnostics bundle").click()
    expect(engineer.get_by_test_id("stDownloadButton")).to_contain_text("test-ct-2-")
    button(in_popover(engineer, "Make a link"), "Make a link").click()
    path = path_shown(engineer, "/vendor/")

    supplier.goto(served.url + path)
    supplier.get_by_role("button", name="Open the case in this browser").click()
    expect(supplier.locator("body")).to_contain_text("worst 12.5 °C, limit 60 °C")
    expect(supplier.locator("body")).to_contain_text("It went up to 71 °C at noon.")
    fits(supplier, "case", tmp_path)
    supplier.get_by_text("Ask who stands at the device").click()
    supplier.get_by_label("Does the fan <b>hum</b> & whistle?").check()
    fits(supplier, "asking", tmp_path)
    button(supplier, "Ask").click()
    expect(supplier.locator(".done")).to_contain_text("The engineer sees it")
    expect(supplier.locator("body")).to_contain_text("Not answered yet.")

    engineer.goto(f"{served.url}/ticket?ticket={number}")
    technician.goto(served.url + path_shown(engineer, "/answer/"))
    expect(technician.locator("h2")).to_have_text("Does the fan <b>hum</b> & whistle?")
    technician.get_by_label("Your answer").fill("It hums\nonly when warm.")
    technician.get_by_label("Your name").fill("Karim")
    fits(technician, "answer", tmp_path)
    button(technician, "Send the answer").click()
    expect(technician.locator(".done")).to_contain_text("The supplier sees it")
    technician.get_by_text("Correct the answer").click()
    technician.get_by_label("Your answer").fill("It hums always.")
    button(technician, "Send the answer").click()
    expect(technician.locator("s")).to_contain_text("only when warm")
    fits(technician, "corrected", tmp_path)

    supplier.reload()
    expect(supplier.locator("h2 ~ pre").last).to_have_text("It hums always.")
    with supplier.expect_download() as fetched:
        supplier.get_by_role("link", name=re.compile(r"^test-ct-2-.*\.zip")).click()
    assert fetched.value.path().read_bytes().startswith(b"PK")
    report = FilePayload(name="report.txt", mimeType="text/plain", buffer=b"Change the fan.")
    supplier.locator("#file").set_input_files(report)
    button(supplier, "Send the file").click()
    expect(supplier.locator("body")).to_contain_text("report.txt")

    engineer.goto(f"{served.url}/ticket?ticket={number}")
    expect(engineer.locator("[data-testid=stMain]")).to_contain_text("It hums always.")
    button(engineer, "Open live values for an hour").click()
    expect(button(engineer, "Close live values")).to_be_visible()
    supplier.reload()
    supplier.get_by_role("link", name=re.compile("^Live values of the device")).click()
    expect(supplier.locator("table")).to_contain_text("41.25")
    fits(supplier, "live", tmp_path)

    body = in_popover(engineer, "Change state")
    body.get_by_role("combobox").click()
    engineer.get_by_role("option", name="Closed", exact=True).click()
    button(body, "Change state").click()
    expect(engineer.locator(".sw-heading")).to_contain_text("Closed")
    supplier.reload()
    expect(supplier.locator("body")).to_contain_text("The live values are not open")
    supplier.get_by_role("link", name="Back to the case").click()
    expect(supplier.locator(".done")).to_contain_text("This case is closed")
    fits(supplier, "closed", tmp_path)

    with centre.records.reading() as db:
        visits = [visit.kind for visit in table_rows.all_rows(db, VendorVisit)]
        [window] = table_rows.all_rows(db, LiveWindow)
        texts = [message.text for message in db.get_one(Ticket, number).messages]
    assert set(visits) == {"opened", "asked", "downloaded", "uploaded", "watched"}
    assert window.reason == "ticket"
    assert texts[-1].endswith("✓ It hums always.")
