"""Who guesses at links is slowed, by address, for a time that ends by itself, in a memory with a bound."""

import pytest
from starlette.applications import Starlette

from core.time.clock import DAY, MINUTE, SECOND
from dashboard.http.proxy_headers import ProxyHeaders
from dashboard.http.wrong_links import FREE, LONGEST_WAIT, MOST_KNOWN, WrongLinks
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import ROUTES, Visitor

T0 = 1_760_000_000_000
HERE = "198.51.100.9"


def guessed(links: WrongLinks, times: int, address: str = HERE, at: int = T0) -> int:
    """The wait after so many wrong ones."""
    for _ in range(times):
        links.count(address, at)
    return links.wait(address, at)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    links = WrongLinks()
    assert guessed(links, FREE - 1) == 0
    waits = [guessed(links, 1) for _ in range(8)]
    assert waits == [min(30 * SECOND << n, LONGEST_WAIT) for n in range(8)]
    assert links.wait(HERE, T0 + LONGEST_WAIT) == 0
    assert guessed(links, 5000) == LONGEST_WAIT


def test_nobody_else_waits_but_who_has_the_same_half_of_an_ipv6_address() -> None:
    links = WrongLinks()
    guessed(links, FREE)
    guessed(links, FREE, "2001:db8::1")
    assert links.wait("198.51.100.10", T0) == 0
    assert links.wait("::ffff:198.51.100.9", T0) > 0
    assert links.wait("2001:db8::ffff:2", T0) > 0
    assert links.wait("2001:db8:0:1::1", T0) == 0
    assert guessed(links, FREE, "testclient") > 0
    assert guessed(links, FREE, "") > 0


def test_a_day_forgets_and_so_does_a_clock_that_was_ahead() -> None:
    links = WrongLinks()
    guessed(links, FREE - 1)
    assert guessed(links, FREE - 1, at=T0 + DAY + 1) == 0
    ahead = WrongLinks()
    guessed(ahead, FREE + 9, at=T0 + 10 * 365 * DAY)
    assert ahead.wait(HERE, T0) == 0
    assert guessed(ahead, FREE - 1) == 0


def test_its_memory_is_bounded_and_forgets_who_was_wrong_longest_ago() -> None:
    links = WrongLinks()
    guessed(links, FREE, "10.255.0.1")
    guessed(links, FREE)
    for number in range(MOST_KNOWN - 1):
        links.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", T0)
    assert len(links) == MOST_KNOWN
    assert links.wait("10.255.0.1", T0) == 0
    assert links.wait(HERE, T0) > 0


@pytest.mark.usefixtures("furnished")
def test_behind_a_proxy_it_is_the_client_who_waits_and_nobody_else_is_believed() -> None:
    behind = ProxyHeaders(Starlette(routes=ROUTES), ["192.0.2.1"], "x-forwarded")
    proxy, other = Visitor("192.0.2.1", app=behind), Visitor("192.0.2.2", app=behind)

    def statuses(visitor: Visitor, clients: list[str]) -> list[int]:
        return [visitor.get("/answer/x", X_Forwarded_For=client).status for client in clients]

    assert statuses(proxy, ["198.51.100.1"] * (FREE + 1)) == [404] * FREE + [429]
    assert statuses(proxy, ["198.51.100.2"]) == [404]
    liars = [f"203.0.113.{number}" for number in range(FREE + 1)]
    assert statuses(other, liars) == [404] * FREE + [429], "it was no proxy of ours"


def test_all_kinds_of_links_count_together_and_it_is_told_in_words(furnished: Centre) -> None:
    visitor = Visitor("203.0.113.77")
    paths = ["/vendor/x", "/vendor/x/live", "/answer/x", "/fault/state/x"]
    statuses = [visitor.get(paths[number % 4]).status for number in range(FREE)]
    assert statuses == [404] * FREE
    for path in paths:
        reply = visitor.get(path)
        assert reply.status == 429
        assert "Try again in 1 min" in reply.text
        assert 0 < int(reply.headers["retry-after"]) <= MINUTE // SECOND
    assert Visitor("203.0.113.78").get("/answer/x").status == 404
    assert furnished.site.file.language == "en"
