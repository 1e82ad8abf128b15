"""A page that is only looked at, in a real browser: it counts, it keeps what is selected, and it says when the server is away."""

import time

from playwright.sync_api import Page, expect

from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from dashboard import i18n
from dashboard.text import format as fmt
from storage.records import accounts
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, wait_for
from tests.dashboard.driving import unmarked
from tests.support import warm_server

SPARE = 25 * SECOND  # the answer with the server's clock was under way for some time
LENGTHS = (
    12 * SECOND,
    *(length + SPARE for length in (5 * MINUTE, 59 * MINUTE, 3 * HOUR, 2 * DAY, 400 * DAY)),
)
# Now the page asks, as it does each few seconds by itself.
ASK = "document.dispatchEvent(new Event('visibilitychange'))"
SELECT = """() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('.st-key-tile-ups-1 a p'));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
ADD_AGES = """(moments) => document.body.append(...moments.map((at) => {
  const element = document.createElement('time');
  element.className = 'sw-ago';
  element.dataset.at = at;
  element.textContent = '-';
  return element;
}))"""


def clock() -> int:
    return time.time_ns() // 1_000_000


def opened(page: Page, served: Served, path: str = "/") -> list[str]:
    """What was complained about meanwhile."""
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(served.url + path)
    page.locator("time.sw-ago").first.wait_for()
    return complaints


def ask(page: Page) -> None:
    """Until the answer is there."""
    with page.expect_response(lambda response: "/live?" in response.url, timeout=60_000):
        page.evaluate(ASK)


def test_a_page_without_news_sends_nothing_and_keeps_a_selection_when_there_is_some(
    centre: Centre, served: Served, page: Page
) -> None:
    sent: list[str | bytes] = []
    page.on("websocket", lambda line: line.on("framesent", lambda frame: sent.append(frame)))
    opened(page, served)
    expect(page.locator(".st-key-tile-ups-1 a p")).to_have_text("UPS")
    ask(page)
    page.evaluate(SELECT)
    before = len(sent)
    now = clock()
    centre.hear(Reading("ct-2", "tube_temp_c", 41.75, now), Reading("ct-2", "up", 1, now, "mqtt"))
    for _ in range(3):
        ask(page)
    assert len(sent) == before, "values wait while something is selected"
    centre.alert("ct-2", "tube_hot", now - SECOND)
    tile = page.locator(".st-key-tile-ct-2")
    expect(tile.locator(".sw-badge")).to_have_text("Warning")
    expect(tile).to_contain_text("41.75")
    assert page.evaluate("getSelection().toString()") == "UPS"
    assert page.evaluate("getComputedStyle(document.querySelector('[data-stale]')).opacity") == "1"


def test_ages_are_counted_here_and_the_end_of_the_connection_is_said_in_the_persons_language(
    centre: Centre, served: Served, page: Page
) -> None:
    with centre.change(clock()) as tx:
        user = accounts.user_named(tx.db, "sara")
        assert user is not None
        user.language = "fa"
    assert opened(page, served, "/device?device=ct-2") == [], "a deep link leads there at once"
    now = clock()
    page.evaluate(ADD_AGES, [now - length for length in LENGTHS])
    i18n.use("fa")
    words = [unmarked(fmt.age(now - length, now)) for length in LENGTHS[1:]]
    ages = page.locator("body > time")
    expect(ages).not_to_contain_text(["-"] * len(LENGTHS))
    assert ages.all_text_contents()[1:] == words

    served.process.kill()
    served.process.join()
    banner = page.locator("#sw-connection")
    expect(banner).to_be_visible()
    begin, _, end = unmarked(i18n.t("fresh.away", age="{age}")).partition("{age}")
    expect(banner).to_contain_text(begin.strip())
    expect(banner).to_contain_text(end.strip())
    page.get_by_text("Streamlit").wait_for(state="hidden")
    expect(page.get_by_test_id("stDialog")).to_be_hidden()
    served.process = warm_server.start(centre.path, served.port, served.log)
    wait_for(served)
    expect(banner).to_be_hidden()
    expect(page.locator(".sw-heading")).to_contain_text("CT-2")
    expect(page.get_by_test_id("stDialog")).to_be_hidden()


def test_an_address_that_is_none_says_so_and_leads_back(served: Served, page: Page) -> None:
    reply = page.goto(served.url + "/devices/ct-2")
    assert reply is not None
    assert reply.status == 404
    page.get_by_role("link").click()
    expect(page.locator(".sw-badge").first).to_be_visible()
