"""The page for a power cut: in any state of the mains, in both languages, without a script."""

import asyncio
import time
from collections.abc import Iterator

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.types import Message

from core.readings import Batch, Reading
from core.time.clock import MINUTE
from dashboard.components.fleet.summary import power_banner
from dashboard.http import power_page
from dashboard.queries import stores
from dashboard.queries.power import power_plan_if_read
from tests.alerts.power.centre import SITE, PowerCentre

NOW = time.time_ns() // 1_000_000


def page() -> tuple[int, str]:
    """Status and HTML of the page."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, object] = {
        "type": "http", "method": "GET", "path": "/power", "raw_path": b"/power",
        "query_string": b"", "headers": [], "http_version": "1.1", "scheme": "http",
        "server": ("test", 80), "client": ("test", 1), "root_path": "",
    }  # fmt: skip
    st.cache_data.clear()
    asyncio.run(Starlette(routes=power_page.ROUTES)(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return sent[0]["status"], text


def write(centre: PowerCentre, *, battery: bool, minutes: int = 10) -> None:
    """The last minutes of a UPS, up to now."""
    rows = list[Reading]()
    for step in range(2 * minutes, -1, -1):
        at = NOW - step * MINUTE // 2
        charge = 100.0 - (2 * minutes - step) if battery else 100.0
        rows.append(Reading("ups-1", "output_source", 5.0 if battery else 3.0, at))
        rows.append(Reading("ups-1", "battery_charge_pct", charge, at))
        rows.append(Reading("ups-1", "output_load_pct", 40.0, at, "line1"))
    centre.writer.append([Batch(rows)])


@pytest.fixture
def centre(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PowerCentre]:
    folder = tmp_path_factory.mktemp("power")
    centre = PowerCentre(folder)
    monkeypatch.setenv(stores.SITE_VARIABLE, str(folder / "site.yaml"))
    monkeypatch.setattr(stores, "now", lambda: NOW)
    yield centre
    centre.writer.close()


def test_a_cut_shows_minutes_left_and_who_stops_first(centre: PowerCentre) -> None:
    write(centre, battery=True)
    status, html = page()
    assert status == 200
    assert "UPS runs on its battery since" in html
    assert "so fast its charge falls" in html
    assert "Stop in this order" in html
    assert "When the mains is back, wait 10 min" in html


def test_with_the_mains_it_says_what_would_be(centre: PowerCentre) -> None:
    write(centre, battery=False)
    status, html = page()
    assert status == 200
    assert "The mains is there. This would be if it failed now" in html
    assert "Then stop in this order" in html


def test_it_asks_again_by_itself_prints_as_a_card_and_runs_no_script(centre: PowerCentre) -> None:
    write(centre, battery=True)
    html = page()[1]
    assert '<meta http-equiv="refresh" content="20">' in html
    assert "@media print" in html
    assert "size: A5" in html
    assert "<script" not in html
    assert len(html) < 16_000, "a slow line loads it at once"


def test_in_dari_it_runs_from_right_to_left(centre: PowerCentre) -> None:
    write(centre, battery=True)
    path = centre.site.series_path.parent / "site.yaml"
    path.write_text(path.read_text().replace("name: Test\n", "name: Test\nlanguage: fa\n"))
    html = page()[1]
    assert 'lang="fa" dir="rtl"' in html
    assert "با بتری کار می‌کند" in html
    assert "runs on its battery" not in html


def test_nothing_was_ever_read(centre: PowerCentre) -> None:
    status, html = page()
    assert status == 200
    assert "its state is not known" in html


def test_readings_that_cannot_be_read_are_said(centre: PowerCentre) -> None:
    centre.writer.close()
    centre.site.series_path.write_bytes(b"no database" * 1000)
    status, html = page()
    assert status == 503
    assert "nothing is known of the power" in html


def test_names_of_the_site_file_are_text(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("power")
    centre = PowerCentre(folder, SITE.replace("name: UPS", 'name: "<b>UPS</b> {x}"'))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(folder / "site.yaml"))
    monkeypatch.setattr(stores, "now", lambda: NOW)
    write(centre, battery=True)
    html = page()[1]
    centre.writer.close()
    assert "&lt;b&gt;UPS&lt;/b&gt; {x} runs on its battery" in html


def test_twelve_hours_of_readings_are_read_in_half_a_second(centre: PowerCentre) -> None:
    write(centre, battery=False, minutes=12 * 60)
    page()
    began = time.perf_counter()
    page()
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("battery", [True, False])
def test_the_other_pages_lead_to_it_while_a_ups_runs_on_its_battery(
    centre: PowerCentre, battery: bool
) -> None:
    write(centre, battery=battery)
    banner = power_banner(power_plan_if_read(), centre.site)
    assert ('href="power"' in banner) == battery
    assert power_banner(None, centre.site) == ""
