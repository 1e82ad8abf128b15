"""From an empty folder to a UPS, a plug and a log file on the screen and an alert at a webhook; no file is opened."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeout

from core.schema.load import load_site
from dashboard.i18n import t
from tests.support.mosquitto import MOSQUITTO
from tests.support.ports import free_port, is_free
from tests.support.recorded_agent import BATTERY_STATUS, LOW, recorded_agent

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[4]
DEADLINE_S = 15 * 60
MOST_CLICKS = 60
LOG = "W0815 10:31:12.123456 main.cpp:1] Store SCP Failed: no acceptable presentation context\n"
NAMES = ("ups", "hologic-dxa", "pacs")
SENSOR = {"ENERGY": {"Power": 41, "Voltage": 228, "Current": 0.2}}


class Visitor:
    """Somebody from IT who never saw Scanward. A field that is filled in was clicked too."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def fill(self, target: Locator, text: object) -> None:
        self.clicks += 1
        target.fill(str(text))

    def box(self, key: str, text: object) -> None:
        """The field of the page with these words; Streamlit takes what stands in it when it is left."""
        field = self.page.get_by_label(t(key), exact=True)
        self.fill(field, text)
        field.press("Tab")
        self.rest()

    def rest(self) -> None:
        """Until the page has answered."""
        expect(self.page.locator("[data-test-script-state=running]")).to_have_count(0)

    def add(self, what: str) -> None:
        """Begin to add a device of that kind."""
        self.click(self.page.get_by_role("link", name=t("add_device.title")).first)
        self.choose("add_device.kind", what, what)

    def choose(self, key: str, typed: str, option: str) -> None:
        """An option of a list that is typed into; a page that is drawn anew meanwhile closes the list."""
        self.clicks += 2
        field = self.page.get_by_role("combobox", name=t(key))
        for _ in range(30):
            field.fill(typed)
            with suppress(BrowserTimeout):
                self.page.get_by_role("option").filter(has_text=option).first.click(timeout=6_000)
                break
        self.rest()

    def ask(self) -> None:
        self.click(self.page.get_by_role("button", name=t("add_device.ask")))
        self.page.locator("p[role=status]").wait_for()
        self.rest()

    def save(self) -> None:
        self.click(self.page.get_by_role("button", name=t("add_device.save")))
        self.page.locator("h1.sw-site").wait_for()


@contextmanager
def running(folder: Path, port: int) -> Iterator[Callable[[], str]]:
    """`scanward run` in an empty folder; what it has printed."""
    log = folder / "log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "app", "run", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(words, cwd=folder, env=environment, stderr=output, stdout=output)
    try:
        yield log.read_text
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
            sys.stdout.write(log.read_text()[-6000:])


@contextmanager
def webhook() -> Iterator[tuple[int, list[str]]]:
    """A receiver: its port, and the bodies that came."""
    bodies: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            bodies.append(self.rfile.read(length).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], bodies
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def open_broker(folder: Path) -> Iterator[int]:
    """A real Mosquitto of the sensors' own network, without passwords; its port."""
    if MOSQUITTO is None:
        pytest.skip("needs server: mosquitto is not installed")
    port = free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen([MOSQUITTO, "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: not is_free(port), "mosquitto did not start")
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def plug(port: int) -> Iterator[None]:
    """A Tasmota plug that speaks every half second."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="plug")
    client.will_set("tele/dxa-1/LWT", "Offline", retain=True)
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.publish("tele/dxa-1/LWT", "Online", retain=True)
    ended = threading.Event()

    def speak() -> None:
        while not ended.wait(0.5):
            client.publish("tele/dxa-1/SENSOR", json.dumps(SENSOR))

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        client.disconnect()
        client.loop_stop()


def until(holds: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.2)


def begin(visitor: Visitor, link: str, receiver: int, backups: Path) -> None:
    """The five questions, and the first person."""
    page = visitor.page
    page.goto(link)
    for name, text in {
        "site_name": 'Razi "Centre": Herat',
        "zone": "Asia/Kabul",
        "backup": backups,
        "full_name": "Reza Karimi",
        "name": "reza",
        "password": "seven blue camels",
        "again": "seven blue camels",
    }.items():
        visitor.fill(page.locator(f"[name={name}]"), text)
    visitor.click(page.locator("[name=same_disk]"))
    visitor.click(page.locator("#channel-webhook"))
    visitor.fill(page.locator("[name=webhook]"), f"http://127.0.0.1:{receiver}/alerts")
    visitor.clicks += 1
    page.get_by_role("button").click(timeout=300_000)
    page.locator("h1.sw-site").wait_for()


@pytest.mark.timeout(DEADLINE_S)
def test_from_an_empty_folder_to_three_devices_and_an_alert(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    began, port = time.monotonic(), free_port()
    log = tmp_path_factory.mktemp("logs") / "orthanc.log"
    log.write_text(LOG * 3)
    with (
        webhook() as (receiver, bodies),
        recorded_agent("eaton-mgeups_93ps") as ups,
        open_broker(tmp_path_factory.mktemp("mosquitto")) as broker,
        plug(broker),
        running(folder, port) as printed,
    ):
        until(lambda: "/first/" in printed(), "no link was printed")
        link = re.findall(r"http://\S+/first/\S+", printed())[0]
        visitor = Visitor(browser.new_page(viewport={"width": 1280, "height": 900}))
        page = visitor.page
        page.set_default_timeout(180_000)
        begin(visitor, link, receiver, folder / "backups")
        expect(page.locator("h1.sw-site")).to_have_text('Razi "Centre": Herat')

        visitor.add("ups-rfc1628")
        visitor.box("add_device.host", "127.0.0.1")
        visitor.box("add_device.port", ups.port)
        visitor.ask()
        expect(page.locator("table.sw-table")).to_contain_text("100 %")
        visitor.save()

        visitor.add("hologic-dxa")
        visitor.box("add_device.host", "127.0.0.1")
        visitor.box("add_device.port", broker)
        visitor.ask()
        visitor.choose("add_device.topic", "dxa", "dxa-1")
        visitor.ask()
        expect(page.locator("table.sw-table")).to_contain_text("228 V")
        visitor.save()

        visitor.add("pacs")
        for way in ("Log file", "SNMP"):  # the one comes, the other goes
            visitor.click(page.get_by_test_id("stButtonGroup").get_by_text(way, exact=True))
            visitor.rest()
        expect(page.get_by_role("button", name=t("add_device.ask"))).to_have_count(1)
        visitor.box("add_device.path", log)
        visitor.ask()
        expect(page.locator("pre")).to_contain_text("Store SCP Failed")
        visitor.save()

        tiles = {name: page.locator(f".st-key-tile-{name}") for name in NAMES}
        expect(tiles["ups"]).to_be_visible(timeout=180_000)
        expect(tiles["hologic-dxa"]).to_contain_text(re.compile(r"41\W*W"), timeout=180_000)
        answering = tiles["pacs"].locator(".sw-badge.sw-ok, .sw-badge.sw-warning")
        expect(answering).to_be_visible(timeout=180_000)
        ups.say(BATTERY_STATUS, LOW)
        until(lambda: any("battery" in body for body in bodies), "the webhook got no alert")
        took = time.monotonic() - began
        page.close()
    sys.stdout.write(f"{visitor.clicks} clicks, {took:.0f} s")
    assert visitor.clicks < MOST_CLICKS
    assert took < DEADLINE_S
    site = load_site(folder / "config" / "site.yaml")
    assert tuple(site.devices) == NAMES
    text = (folder / "config" / "site.yaml").read_text()
    assert f"{receiver}/alerts" not in text
    assert text.count("\n# ") > 10, "its comments are still there"
