"""A telephone in the hand: what was chosen and typed is still there, what is done gets out of the way."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from dashboard.queries import stores
from storage.records import manual_readings as manual_rows
from tests.dashboard.centre import Centre, build
from tests.dashboard.conftest import Served
from tests.dashboard.people import signed_in_page
from tests.dashboard.sample_work import furnish, order_by_hand, with_plans


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    size: ViewportSize = {"width": 390, "height": 844}
    page = signed_in_page(browser, served, viewport=size, is_mobile=True, has_touch=True)
    page.set_default_timeout(60_000)
    yield page
    page.close()


def test_a_form_that_was_done_closes_and_one_that_was_refused_stays_open(
    centre: Centre, served: Served, page: Page
) -> None:
    now = time.time_ns() // 1_000_000
    furnish(centre, now)
    number = order_by_hand(centre, now)
    page.goto(f"{served.url}/order?order={number}")
    page.get_by_role("button", name="Assign").click()
    opened = page.get_by_test_id("stPopoverBody")
    opened.get_by_role("button", name="Assign").click()
    expect(opened).to_contain_text("say to whom")
    opened.get_by_role("textbox", name="To whom").fill("Sara")
    opened.get_by_role("button", name="Assign").click()
    expect(page.locator(".sw-heading")).to_contain_text("Assigned")
    expect(opened).to_have_count(0)


def test_a_number_of_the_round_is_still_there_after_a_look_elsewhere(
    served: Served, page: Page
) -> None:
    page.goto(f"{served.url}/rounds?device=ct-2")
    number = page.get_by_role("textbox", name=re.compile("offset"))
    number.fill("1.5")
    number.press("Tab")
    expect(page.get_by_role("button", name="Save 1")).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", name=re.compile("Today"))).to_be_visible()
    page.go_back()
    expect(number).to_have_value("1.5")


@pytest.mark.parametrize("typed", ["12,5", "۱۲٫۵"])
def test_a_decimal_comma_and_dari_digits_are_kept_as_the_number_that_is_meant(
    centre: Centre, served: Served, page: Page, typed: str
) -> None:
    page.goto(f"{served.url}/rounds?device=ct-2")
    number = page.get_by_role("textbox", name=re.compile("offset"))
    number.press_sequentially("1,250")
    number.press("Tab")
    expect(page.get_by_role("alert").first).to_contain_text("write 1250 or 1.250")
    expect(number).to_have_value("1,250")
    number.fill("")
    number.press_sequentially(typed)
    number.press("Tab")
    page.get_by_role("button", name="Save 1").click()
    expect(page.locator(".sw-steps").last).to_contain_text("12.5")
    with centre.records.reading() as db:
        assert [one.value for one in manual_rows.manual_readings(db, "ct-2", 9)] == [12.5]


def test_the_month_of_a_report_survives_a_reload(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/reports")
    months = page.get_by_role("combobox", name=re.compile("Month"))
    months.click()
    last = page.get_by_role("option").nth(1)
    chosen = last.inner_text()
    last.click()
    expect(page.locator(".sw-about").first).to_have_text(chosen)
    page.reload()
    expect(page.locator(".sw-about").first).to_have_text(chosen)


def comes(page: Page, what: Locator) -> None:
    """Minutes pass in the browser until it is there: on a busy machine the first is over before the
    page counts them."""
    for _ in range(10):
        page.clock.run_for(65_000)
        try:
            expect(what).to_be_visible(timeout=4_000)
        except AssertionError:
            continue
        return
    expect(what).to_be_visible()


def test_a_fault_that_is_reported_appears_on_today_while_it_is_looked_at(
    centre: Centre, served: Served, page: Page
) -> None:
    page.clock.install()
    page.goto(f"{served.url}/today")
    expect(page.get_by_text("Nothing is broken.")).to_be_visible()
    page.evaluate("window.notReloaded = true")
    order_by_hand(centre, time.time_ns() // 1_000_000)
    comes(page, page.get_by_text("Fan is loud"))
    assert page.evaluate("window.notReloaded") is True


def test_what_is_half_typed_stays_when_the_page_is_made_anew(
    centre: Centre, served: Served, page: Page
) -> None:
    page.clock.install()
    page.goto(f"{served.url}/orders")
    page.get_by_role("button", name="New order").click()
    title = page.get_by_role("textbox", name="What is to be done")
    title.fill("Fan is lou")
    order_by_hand(centre, time.time_ns() // 1_000_000)
    comes(page, page.get_by_role("link", name="Fan is loud"))
    expect(title).to_be_visible()
    expect(title).to_have_value("Fan is lou")
