"""Streamlit under the policy that every answer carries, in a real Chromium."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from storage.records import work_orders as order_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.people import signed_in_page
from tests.dashboard.sample_work import order_by_hand
from tests.storage.files.test_thumbnails import halves, png, saved

pytestmark = pytest.mark.servers

PAGES = [
    *("/", "/device?device=ct-2", "/today", "/orders", "/order?order=1", "/tickets", "/parts"),
    *("/assets", "/asset?device=mr-1", "/rounds", "/reports"),
]
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning] [data-testid=stMain] .stElementContainer"


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: refused by a policy, not found, thrown."""
    return []


@pytest.fixture
def page(browser: Browser, served: Served, complaints: list[str]) -> Iterator[Page]:
    page = signed_in_page(browser, served)
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()


def test_no_page_meets_the_policy_or_looks_for_what_is_not_there(
    served: Served, page: Page, complaints: list[str]
) -> None:
    for path in PAGES:
        page.goto(served.url + path)
        page.locator(DRAWN).first.wait_for()
        assert page.url == served.url + path
    assert complaints == []


def test_a_page_that_is_not_there_leads_to_the_first(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/nope")
    expect(page.get_by_role("heading")).to_have_text("There is no such page")
    page.get_by_role("link").click()
    page.locator(".sw-badge").first.wait_for()


def test_the_changes_come_as_a_file(centre: Centre, served: Served, page: Page) -> None:
    order_by_hand(centre, time.time_ns() // 1_000_000)
    page.goto(served.url + "/audit")
    with page.expect_download() as download:
        page.locator(".stDownloadButton button").click()
    assert "Fan is loud" in download.value.path().read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_form_at_the_machine_is_sent_by_a_browser(
    centre: Centre, served: Served, page: Page, complaints: list[str], host: str
) -> None:
    page.goto(f"http://{host}:{served.port}/fault/ct-2")
    page.locator("#text").fill("It hums")
    page.locator("input[value=down]").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".done")).to_contain_text("work order 1")
    with centre.records.reading() as db:
        assert len(order_rows.orders(db)) == 1
    assert complaints == []


def test_a_photo_is_shown_and_one_that_would_break_the_page_is_refused_in_words(
    served: Served, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{served.url}/asset?device=ct-2")
    bad = FilePayload(name="huge.png", mimeType="image/png", buffer=png(20_000, 20_000))
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("huge.png is no picture")
    good = FilePayload(name="gauge.jpg", mimeType="image/jpeg", buffer=saved(halves(), "JPEG"))
    page.goto(f"{served.url}/asset?device=ct-2")
    page.locator("input[type=file]").set_input_files(good)
    picture = page.locator("[data-testid=stImage] img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => (await image.decode(), image.naturalWidth)") == 80
    with page.expect_download() as fetched:
        page.locator(".stDownloadButton button").click()
    assert fetched.value.path().read_bytes() == good["buffer"]
    assert complaints == []
