"""While the past of the centre is being written every page says so, and calls nothing well or down."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from core.time.clock import DAY, MINUTE
from dashboard import i18n
from dashboard.components.shared.backfill_banner import banner_words
from dashboard.http import server
from dashboard.menu import ONLY_OF_WHOLE_PAST, PAGES
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.power import power_plan_if_read
from storage.files.backfill_note import (
    FILE,
    BackfillNote,
    remove_backfill_note,
    write_backfill_note,
)
from tests.dashboard.app_pages.test_fleet_and_device import screen
from tests.dashboard.centre import Centre

NOW = time.time_ns() // 1_000_000
TITLE = "The past of this centre is being written"
WRONG_WORDS = (
    *("Nothing is being collected", "Alerts are not being judged", "catching up"),
    *("Not answering", "sw-edge-critical", "The tube is hot"),
)


@pytest.fixture
def filling(centre: Centre) -> Centre:
    """All answer and one has an alert; and then somebody writes what was before."""
    centre.all_well(NOW)
    centre.alert("ct-2", "tube_hot", NOW - 3 * MINUTE)
    note = BackfillNote(start=NOW - 70 * DAY, end=NOW, reached=NOW - 26 * DAY, at=NOW)
    write_backfill_note(stores.site().file.storage.folder, note)
    return centre


def opened(page: str = "fleet") -> AppTest:
    test = AppTest.from_file(str(server.SCRIPT), default_timeout=30)
    if page != "fleet":
        test.switch_page(f"app_pages/{page}.py")
    return test.run()


def test_the_first_page_says_how_far_it_is_and_of_no_device_how_it_stands(filling: Centre) -> None:
    shown = screen(opened())
    assert TITLE in shown
    assert ", 62 %" in shown
    assert shown.count("sw-edge-unknown") == 4
    assert [word for word in WRONG_WORDS if word in shown] == []
    assert {status.state for status in fleet_queries.fleet(NOW).statuses} == {"unknown"}
    assert power_plan_if_read() is None
    remove_backfill_note(stores.site().file.storage.folder)
    shown = screen(opened())
    assert TITLE not in shown
    assert "The tube is hot" in shown


@pytest.mark.parametrize("page", ["today", "device", "reports", "assets"])
def test_every_page_says_it_and_figures_of_half_a_past_are_not_shown(
    filling: Centre, page: str
) -> None:
    test = opened(page)
    shown = screen(test)
    assert TITLE in shown
    assert [word for word in WRONG_WORDS if word in shown] == []
    if page in ONLY_OF_WHOLE_PAST:
        assert not test.selectbox
        assert not test.get("page_link")


def test_the_pages_that_count_the_past_are_pages() -> None:
    assert {page.name for page in PAGES} > set(ONLY_OF_WHOLE_PAST)


def test_it_is_said_when_nobody_writes_on(filling: Centre) -> None:
    folder = stores.site().file.storage.folder
    note = BackfillNote(start=NOW - 70 * DAY, end=NOW, reached=NOW - 26 * DAY, at=NOW - 5 * MINUTE)
    write_backfill_note(folder, note)
    assert banner_words()[0] == "The writing of this centre's past has stopped"
    (folder / FILE).write_text("half a no")
    assert "cannot be read" in banner_words()[1]


def test_it_is_said_in_dari_too(filling: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "fa")
    title, text = banner_words()
    assert title == "گذشتهٔ این مرکز نوشته می‌شود"
    assert "{" not in text
