"""The real server in its own process, seen by a real browser."""

import os
import re
import signal
import time
from contextlib import suppress

from playwright.sync_api import FilePayload, Page, expect

from core.readings import Reading
from core.time.clock import SECOND
from storage.records import Asset
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.support.cpu_clock import own_time


def clock() -> int:
    return time.time_ns() // 1_000_000


def test_a_fault_appears_by_itself_and_leads_to_its_device(
    centre: Centre, served: Served, page: Page
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(served.url)
    tile = page.locator(".st-key-tile-ct-2")
    expect(tile.locator(".sw-badge")).to_have_text("OK", timeout=20_000)
    page.evaluate("window.notReloaded = true")

    now = clock()
    centre.hear(Reading("ct-2", "tube_temp_c", 71.5, now), Reading("ct-2", "up", 1, now, "mqtt"))
    centre.alert("ct-2", "tube_hot", now - SECOND)
    expect(tile.locator(".sw-badge")).to_have_text("Warning", timeout=20_000)
    expect(tile).to_contain_text("71.5")
    expect(tile).to_contain_text("The tube is hot")

    tile.click(position={"x": 150, "y": 60})
    expect(page).to_have_url(re.compile(r"/device\?device=ct-2$"))
    expect(page.locator(".sw-heading")).to_contain_text("CT-2")
    page.locator(
        ".sw-chart"
    ).first.scroll_into_view_if_needed()  # it is drawn when it comes into sight
    expect(page.locator(".sw-chart canvas").first).to_be_visible()
    assert page.evaluate("window.notReloaded") is True

    outside = [url for url in asked if not re.match(r"(http|ws)://127\.0\.0\.1:|data:|blob:", url)]
    assert outside == []
    assert complaints == []


def test_tiles_are_reached_and_opened_by_keyboard(served: Served, page: Page) -> None:
    page.goto(served.url)
    link = page.locator(".st-key-tile-mr-1 a")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sw-heading")).to_contain_text("MR-1 <b>one</b>")


def test_nothing_overflows_on_a_phone(served: Served, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path, seen in (
        ("/", ".sw-badge"),
        ("/device?device=mr-1", ".sw-caption"),
        ("/assets", ".sw-asset"),
        ("/asset?device=mr-1", ".sw-facts"),
    ):
        page.goto(served.url + path)
        page.locator(seen).first.wait_for()
        width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert width <= 390


def test_a_file_of_sheets_is_brought_looked_at_and_taken_in(
    centre: Centre, served: Served, page: Page
) -> None:
    page.goto(served.url + "/assets")
    page.get_by_role("button", name="Import").click()
    sheets = b"id,name,serial\nct-2,CT-2,X-5\n"
    file = FilePayload(name="sheets.csv", mimeType="text/csv", buffer=sheets)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator(".sw-brought")).to_contain_text("Serial number: X-5")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator(".st-key-row-asset-ct-2")).to_contain_text("serial X-5")
    with centre.records.reading() as db:
        assert db.get_one(Asset, "ct-2").serial == "X-5"


def test_a_document_is_brought_to_a_sheet_and_its_files_come_down(
    served: Served, page: Page
) -> None:
    page.goto(served.url + "/asset?device=ct-2")
    file = FilePayload(name="manual.txt", mimeType="text/plain", buffer=b"how it works")
    page.locator("input[type=file]").set_input_files(file)
    with page.expect_download() as manual:
        page.locator(".stDownloadButton button").click()
    assert manual.value.path().read_bytes() == b"how it works"
    page.goto(served.url + "/assets")
    page.get_by_role("button", name="Labels").click()
    with page.expect_download() as labels:
        page.get_by_role("button", name="Labels as PDF").click()
    assert labels.value.path().read_bytes().startswith(b"%PDF")


def test_it_stops_soon_even_while_pages_are_open(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.locator(".sw-badge").first.wait_for()
    server = served.process.pid
    assert server is not None
    used = began = own_time(server)
    os.kill(server, signal.SIGTERM)
    while served.process.is_alive():
        with suppress(ProcessLookupError, FileNotFoundError):  # it has just ended
            used = own_time(server)
        served.process.join(0.01)
    assert used - began < 3
    assert served.process.exitcode == 0


def test_the_api_answers_beside_the_pages(served: Served) -> None:
    assert served.get("/healthz")[0] == 200
    assert [device["id"] for device in served.get("/api/v1/devices")[1]][:2] == ["mr-1", "ct-2"]
    status, answer = served.get("/api/v1/readings?device=nobody&metric=up")
    assert status == 404
    assert "nobody" in answer["error"]
