"""An engineer looks closer at a curve: the real server, a real browser, and what the chart itself says it shows."""

import csv
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from alerts.evaluation.feedback import note_service
from core.readings import Event, Reading
from core.time.clock import HOUR, MINUTE
from tests.dashboard.browsing import button
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, serving
from tests.dashboard.people import session_cookie, signed_in_page

pytestmark = pytest.mark.servers

TUBE = ".st-key-chart-ct-2-tube_temp_c .sw-chart"
UP = ".st-key-chart-ct-2-up .sw-chart"


@pytest.fixture
def page(browser: Browser, centre: Centre, tmp_path: Path) -> Iterator[Page]:
    """CT-2 with a day behind it: two hours missing, an alert, an event, and a calibration."""
    now = time.time_ns() // 1_000_000
    minutes = (minute for minute in range(1200, 10, -1) if not 480 <= minute < 600)
    centre.hear(
        *(
            Reading("ct-2", "tube_temp_c", 40 + minute % 7 / 10, now - minute * MINUTE)
            for minute in minutes
        )
    )
    centre.all_well(now)
    centre.alert("ct-2", "tube_hot", now - 5 * HOUR, ended_at=now - 4 * HOUR)
    centre.say(Event("ct-2", "arc", "Arc", now - 3 * HOUR, "error"))
    with centre.change(now) as tx:
        note_service(tx, "ct-2", now - 2 * HOUR, "New sensor")
    cookie = session_cookie(centre)
    with serving(centre, tmp_path) as served:
        served.cookie = cookie
        yield from opened_page(browser, served)


def opened_page(browser: Browser, served: Served) -> Iterator[Page]:
    page = signed_in_page(browser, served)
    page.goto(f"{served.url}/device?device=ct-2&span=24h&metric=tube_temp_c")
    yield page
    page.close()


def state(page: Page, chart: str = TUBE) -> Any:
    """What the chart says of itself."""
    return page.locator(chart).evaluate("root => root.chart.state()")


def until(page: Page, condition: str, chart: str = TUBE) -> Any:
    """Wait until this is true of its `state`, and return that."""
    page.locator(chart).wait_for()
    page.wait_for_function(
        f"chart => {{ const state = document.querySelector(chart).chart.state();"
        f" return state.window && ({condition}); }}",
        arg=chart,
        timeout=60_000,
    )
    return state(page, chart)


def where(page: Page, hours: float) -> float:
    """How far from the left edge of the picture a time stands, so many hours before the end of the day."""
    return float(
        page.locator(TUBE).evaluate(
            "(root, at) => root.chart.graph.toDomXCoord(root.chart.header.now - at)", hours * HOUR
        )
    )


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_curve_is_looked_at_closer_read_and_taken_along(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    whole = until(page, "state.points > 100")
    assert whole["gaps"] == 1
    assert whole["newest"]["value"] == 41.25
    assert (whole["low"], whole["high"]) == (40.0, 41.25)
    assert whole["levels"][0]["banded"]
    assert sorted(whole["marks"]) == ["alert", "event", "service"]
    picture = page.locator(TUBE).locator(".sw-chart-plot")
    expect(picture).to_have_attribute("aria-label", re.compile("newest 41.25\u202f°C.* 1 gaps"))

    # One crosshair for all charts of the page.
    page.get_by_test_id("stExpander").locator("summary", has_text="Answers").click()
    page.locator(UP).scroll_into_view_if_needed()
    until(page, "state.points > 0", UP)
    picture.scroll_into_view_if_needed()
    picture.hover(position={"x": 300, "y": 60})
    pointed = until(page, "state.at !== null")
    assert state(page, UP)["at"] == pointed["at"]
    assert any("°C" in text for text in pointed["texts"])

    expect(page.locator(TUBE).locator(".sw-chart-happened")).to_be_empty()
    picture.hover(position={"x": int(where(page, 2.0)), "y": 60})
    expect(page.locator(TUBE).locator(".sw-chart-happened")).to_contain_text(
        "Done to it: New sensor"
    )

    # Dragged: a part of it, for all charts, in the address, with finer values.
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60, steps=4)
    page.mouse.up()
    long = whole["window"][1] - whole["window"][0]
    until(page, f"state.window[1] - state.window[0] < {long / 3}")
    closer = until(page, "!state.levels[0].banded")  # each reading by itself
    assert state(page, UP)["window"] == closer["window"]
    assert "from" in query(page)

    # What is seen, as a file.
    with page.expect_download() as download:
        page.locator(TUBE).locator("a.sw-chart-tool").click()
    lines = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert lines[0][4:] == ["unit", "value", "lowest", "highest"]
    assert len(lines) - 1 == closer["points"]
    assert lines[1][0].endswith("+04:30")
    assert lines[1][1:5] == ["ct-2", "tube_temp_c", "", "°C"]

    # Back, by a double click; closer and back by the keyboard; a value as it would be read aloud.
    picture.dblclick()
    until(page, f"state.window[1] - state.window[0] === {long}")
    assert "from" not in query(page)
    picture.focus()
    page.keyboard.press("ArrowLeft")
    until(page, "state.at !== null")
    expect(page.locator(TUBE).locator("[role=status]")).to_contain_text("°C")
    page.keyboard.press("+")
    until(page, f"state.window[1] - state.window[0] < {long}")
    page.keyboard.press("0")
    until(page, f"state.window[1] - state.window[0] === {long}")

    # As a table, and as large as the screen.
    button(page.locator(TUBE), "What is seen, as a table").click()
    expect(page.locator(TUBE).locator("tbody tr")).not_to_have_count(0)
    button(page.locator(TUBE), "Full screen").click()
    until(page, "state.isFull")

    assert [
        url for url in requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
    ] == []
