"""The engineer sets up in a browser what wanted an editor: a webhook with a test, a limit, and back."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.schema.load import load_site
from core.schema.rules.limit import LimitRule
from maintenance.site_file.on_disk import read_text
from tests.dashboard.browsing import button
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.people import signed_in_page

pytestmark = pytest.mark.servers

PATIENT = 120_000  # ms: a machine that does other work draws late


@contextmanager
def receiver() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A port that takes webhooks, and what came."""
    came: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, came
    finally:
        server.shutdown()
        server.server_close()


def save(page: Page, reason: str) -> None:
    page.get_by_label("Why", exact=True).first.fill(reason)
    button(page, "Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=PATIENT)


def test_a_webhook_is_added_and_tested_and_a_limit_changed_and_taken_back(
    centre: Centre, served: Served, browser: Browser
) -> None:
    before = read_text(centre.path)
    page = signed_in_page(browser, served, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENT)
    with receiver() as (port, came):
        page.goto(f"{served.url}/settings")
        page.locator(".st-key-channel-add summary").click()
        form = page.locator(".st-key-channel-add").get_by_test_id("stForm")
        form.get_by_label("Short name").fill("hook")
        form.get_by_role("textbox", name="Address (URL)").fill(f"json://127.0.0.1:{port}/scanward")
        button(form, "Show what changes").click()
        expect(page.locator(".sw-diff-come").first).to_be_visible(timeout=PATIENT)
        save(page, "IT wants to be told")
        hook = page.locator(".st-key-channel-hook")
        hook.locator("summary").click()
        button(hook, "Send a test message").click()
        expect(hook.get_by_text("The test message has left")).to_be_visible(timeout=PATIENT)
    assert "Nothing is wrong" in came[0]["message"]

    page.goto(f"{served.url}/limit?device=ct-2&rule=tube_hot")
    page.get_by_label("Fires above").fill("70")
    button(page, "Try it on the past").click()
    expect(page.locator(".sw-beside")).to_be_visible(timeout=PATIENT)
    save(page, "the room is warm")
    rule = load_site(centre.path).rule("ct-2", "tube_hot")
    assert isinstance(rule, LimitRule)
    assert (rule.above, rule.source) == (70, "the room is warm")

    page.goto(f"{served.url}/settings")
    for number in (3, 2):
        page.get_by_role("tab", name="History").click()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        change = page.locator(f".st-key-site-change-{number}")
        change.locator("summary").click()
        change.get_by_label("Why", exact=True).fill("only tried")
        button(change, "Take this back").click()
        expect(page.get_by_text("Saved.")).to_be_visible(timeout=PATIENT)
        page.reload()
    assert read_text(centre.path) == before
    page.close()
