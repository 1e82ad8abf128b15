"""A centre to look at, a real server for it, and a browser."""

import http.client
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.components.v2 import manifest_scanner

from core.text.catalogue import FALLBACK
from dashboard import i18n
from dashboard.queries import stores
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.people import SARA_HERSELF, session_cookie, sign_in, signed_in_page
from tests.dashboard.sample_work import furnish, with_plans
from tests.support import warm_server
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]

# It must call nobody: neither for updates nor to look whether there is an internet.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# Each page that is driven has Streamlit read the metadata of every installed package: half a second.
installed_components = cache(manifest_scanner.scan_component_manifests)


@dataclass
class Served:
    """A server that runs in its own process."""

    port: int
    process: ForkServerProcess
    log: Path
    cookie: str = ""  # of Sara, who is signed in

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Caches leak between tests, and a word nobody wrote is a mistake here.

    Streamlit puts its script in the place of `__main__`, which a process that is spawned later would run.
    """

    def missing(key: str) -> str:
        raise KeyError(key)

    monkeypatch.setattr(i18n, "missing", missing)
    sign_in(monkeypatch, SARA_HERSELF)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", installed_components)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
    i18n.use(FALLBACK)


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site whose stores do not exist yet."""
    path = build(tmp_path)
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def centre(site_path: Path) -> Iterator[Centre]:
    centre = opened(site_path)
    yield centre
    centre.series.close()
    centre.records.close()


@pytest.fixture
def furnished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """All is well; CT-2 has a plan that measures, a vendor, a sheet with a contract, fans on the shelf."""
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    centre = opened(path)
    now = time.time_ns() // 1_000_000
    centre.all_well(now)
    furnish(centre, now)
    yield centre
    centre.series.close()
    centre.records.close()


@pytest.fixture
def served(centre: Centre, tmp_path: Path) -> Iterator[Served]:
    """The server of a centre where all is well, and Sara's cookie."""
    centre.all_well(time.time_ns() // 1_000_000)
    cookie = session_cookie(centre)
    with serving(centre, tmp_path) as served:
        served.cookie = cookie
        yield served


@contextmanager
def serving(centre: Centre, tmp_path: Path) -> Iterator[Served]:
    """The server of a centre, in its own process."""
    log = tmp_path / "server.log"
    port = free_port()
    process = warm_server.start(centre.path, port, log)
    served = Served(port, process, log)
    try:
        wait_for(served)
        yield served
    finally:
        process.kill()
        process.join()
        sys.stdout.write(log.read_text(encoding="utf-8"))  # pytest shows it when a test failed


@pytest.fixture(scope="module")  # it holds an event loop, which later modules want for themselves
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs server: chromium is not installed")
    expect.set_options(timeout=60_000)  # a machine that does other work draws late
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page of an engineer who is signed in."""
    page = signed_in_page(browser, served)
    yield page
    page.close()


def wait_for(served: Served) -> None:
    """Return when it answers."""
    until = time.monotonic() + 120  # beside other work
    while time.monotonic() < until:
        try:
            served.get("/healthz")
        except http.client.RemoteDisconnected:
            return  # it speaks TLS
        except OSError:
            assert served.process.is_alive(), "the server ended by itself"
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not begin to answer")
