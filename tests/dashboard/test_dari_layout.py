"""Every page in Dari as a browser lays it out: on a desk and on a telephone, light and dark, by keyboard."""

import re
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.time.clock import HOUR
from dashboard.queries import stores
from maintenance.tickets.lifecycle import open_ticket
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.conftest import Served, serving
from tests.dashboard.layout import complaints
from tests.dashboard.people import session_cookie, signed_in_page
from tests.dashboard.sample_work import furnish, order_by_hand, with_plans
from tests.support.page_pictures import DRAWN, PAGES

pytestmark = pytest.mark.servers

NUMBERS = {"order": 1, "ticket": 1}  # of the one that this centre has
OTHERS = ("/account", "/questions", "/login", "/device?device=mr-1")
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre that speaks Dari and counts solar years, with work of every kind."""
    with pytest.MonkeyPatch.context() as patch:
        path = with_plans(build(tmp_path_factory.mktemp("dari")))
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}language: fa\ncalendar: solar\n", encoding="utf-8")
        patch.setenv(stores.SITE_VARIABLE, str(path))
        centre = opened(path)
        now = time.time_ns() // 1_000_000
        centre.all_well(now)
        furnish(centre, now)
        centre.alert("ct-2", "tube_hot", now - 20 * HOUR)
        assert order_by_hand(centre, now - HOUR) == NUMBERS["order"]
        with centre.change(now) as tx:
            ticket = open_ticket(tx, "ct-2", "tube-service", "Tube arcs", "It arcs.")
            assert ticket.id == NUMBERS["ticket"]
        yield centre
        centre.series.close()
        centre.records.close()


@pytest.fixture(scope="module")
def served(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(centre, tmp_path_factory.mktemp("served")) as served:
        served.cookie = session_cookie(centre, "engineer", "physicist", "IT", "manager")
        yield served


def addresses() -> list[str]:
    """Those of docs/pages.md, with the numbers and devices of this centre, and what is not shown there."""
    paths = [
        re.sub(r"(order|ticket)=\d+", lambda match: f"{match[1]}={NUMBERS[match[1]]}", path)
        for _, path, _ in PAGES
    ]
    return [*(re.sub(r"ct-1", "ct-2", path) for path in paths), *OTHERS]


def drawn(page: Page, url: str) -> None:
    """It is there whole."""
    page.goto(url)
    if page.locator("[data-testid=stApp], #root").count():
        page.locator(DRAWN).first.wait_for(timeout=180_000)  # a report is counted


def test_no_text_is_cut_or_runs_the_wrong_way_or_is_pale_in_the_dark_on_any_page(
    browser: Browser, served: Served
) -> None:
    page = signed_in_page(browser, served)
    wrong: dict[str, list[str]] = {}
    for path in addresses():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        drawn(page, served.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            wrong[f"{path} {width}"] = complaints(page, is_rtl=True)
        page.emulate_media(color_scheme="dark")
        wrong[f"{path} dark"] = pale(page)
    page.close()
    assert {place: texts for place, texts in wrong.items() if texts} == {}


def pale(page: Page) -> list[str]:
    """Words that are hard to read on their ground, less than 4.5 to 1 (WCAG 1.4.3)."""
    answer = Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    return [node["html"][:200] for violation in answer["violations"] for node in violation["nodes"]]


def test_a_persons_language_and_look_turn_the_page(browser: Browser, served: Served) -> None:
    page = signed_in_page(browser, served)
    drawn(page, served.url)
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == [
        "rtl",
        "fa",
    ]
    page.goto(f"{served.url}/account")
    page.locator("#look").select_option("dark")
    page.locator("form[action$='account/look'] button").click()
    expect(page.locator("html")).to_have_attribute("data-look", "dark")
    page.locator("#language").select_option("en")
    page.locator("form[action$='account/language'] button").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    drawn(page, f"{served.url}/today")
    assert complaints(page, is_rtl=False) == []
    ground = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert page.evaluate(ground) == "rgb(17, 24, 28)"
    page.goto(f"{served.url}/account")
    page.locator("#look").select_option("")
    page.locator("form[action$='account/look'] button").click()
    page.locator("#language").select_option("")
    page.locator("form[action$='account/language'] button").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.close()


def test_a_page_is_walked_and_its_menus_are_opened_and_left_by_keyboard(
    browser: Browser, served: Served
) -> None:
    page = signed_in_page(browser, served)
    drawn(page, f"{served.url}/device?device=ct-2")
    passed: list[str] = []
    opens = False
    while not opens and len(passed) < 60:
        page.keyboard.press("Tab")
        page.wait_for_function(f"() => ({FOCUSED})().isSeen", timeout=60_000)
        place = page.evaluate(FOCUSED)
        passed.append(place["name"])
        opens = place["opens"]
    assert passed[0].endswith("stSkipToContent")
    assert len(passed) > 8
    page.keyboard.press("Enter")
    page.get_by_test_id("stPopoverBody").wait_for()
    page.wait_for_function("document.activeElement.closest('[data-testid=stPopoverBody]')")
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    page.wait_for_function("document.activeElement.closest('[data-testid=stPopover]')")
    page.close()


# What has the focus, and whether one sees that: it lies on the screen and has a line or a shadow around it.
FOCUSED = """() => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const around = [here, here.parentElement, here.closest('[data-testid$=RootElement], [data-baseweb=select] > div'), here.querySelector('*')].filter(Boolean);
  const isMarked = around.some((place) => {
    const style = getComputedStyle(place);
    return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none';
  });
  return {
    name: `${here.tagName} ${here.textContent.trim().slice(0, 40)} ${here.dataset.testid ?? ''}`.trim(),
    isSeen: isMarked && box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth,
    opens: !!here.closest('[data-testid=stPopover]'),
  };
}"""
