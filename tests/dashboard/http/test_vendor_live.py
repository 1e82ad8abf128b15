"""Live values by a supplier's link: for an hour, of one device, and over with whatever ends it."""

import re
import time
from collections.abc import Iterator

import pytest

from access import live_values
from access.vendor_links import revoke_vendor_link
from core.errors import RefusedError
from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from dashboard.http import vendor_live
from dashboard.queries import stores
from maintenance.tickets import lifecycle as tickets
from storage.records import Audit, LiveWindow, VendorVisit
from storage.records import base as table_rows
from storage.records import vendor_links as link_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import Visitor, link_to

THIN_LINE = 4_000  # bytes: three and a half seconds of 9.6 kbit/s


class Clocks:
    """The wall's, which can be set, and the one that nobody sets."""

    def __init__(self) -> None:
        self.now = time.time_ns() // 1_000_000
        self.steady = 5 * HOUR

    def passes(self, length: int) -> None:
        self.now += length
        self.steady += length


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocks]:
    clocks = Clocks()
    monkeypatch.setattr(stores, "now", lambda: clocks.now)
    monkeypatch.setattr(stores, "steady", lambda: clocks.steady)
    vendor_live._first.clear()
    yield clocks
    vendor_live._first.clear()


@pytest.fixture
def path(furnished: Centre, clocks: Clocks) -> str:
    """A link to a sent ticket about CT-2."""
    with furnished.change(clocks.now - HOUR, "Sara") as tx:
        ticket = tickets.open_ticket(tx, "ct-2", "tube-service", "Tube hot").id
        tickets.write(tx, ticket, "It is hot.", "out")
    return link_to(furnished, ticket, is_bound=False, at=clocks.now)


def open_it(centre: Centre, clocks: Clocks) -> int:
    """The number of the window."""
    with centre.change(clocks.now, "Sara") as tx:
        return live_values.open_live_values(tx, 1).id


def window(centre: Centre) -> LiveWindow:
    with centre.records.reading() as db:
        return table_rows.all_rows(db, LiveWindow)[-1]


def sees(path: str) -> bool:
    reply = Visitor().get(f"{path}/live")
    assert reply.status == 200
    assert ("41.25" in reply.text) == ('http-equiv="refresh"' in reply.text)
    return "41.25" in reply.text


def test_the_values_of_the_one_device_are_seen_for_an_hour(
    furnished: Centre, clocks: Clocks, path: str
) -> None:
    assert not sees(path)
    assert "/live" not in Visitor().get(path).text
    opened = open_it(furnished, clocks)
    assert open_it(furnished, clocks) == opened, "twice changes nothing"
    furnished.hear(
        Reading("ct-2", "tube_temp_c", 41.25, clocks.now - SECOND),
        Reading("ct-2", "tube_temp_c", 99.0, clocks.now + DAY),  # by a clock that is ahead
        Reading("mr-1", "helium_level_pct", 77.0, clocks.now),
    )
    clocks.passes(12 * SECOND)
    assert f"{path.removeprefix('/vendor/')}/live" in Visitor().get(path).text
    page = Visitor().get(f"{path}/live").text
    assert "41.25" in page
    assert re.search(r">1[23] s ago<", page)
    assert "<script" not in page
    for hidden in (">99", ">77", "elium", "MR-1"):
        assert hidden not in page, hidden
    clocks.passes(HOUR - 13 * SECOND)
    assert sees(path)
    clocks.passes(SECOND)
    assert not sees(path)
    assert window(furnished).reason == "time"
    assert window(furnished).watched_at is not None


def test_who_opened_looked_and_ended_it_is_written_down_once(
    furnished: Centre, clocks: Clocks, path: str
) -> None:
    open_it(furnished, clocks)
    furnished.hear(Reading("ct-2", "tube_temp_c", 41.25, clocks.now))
    for _ in range(20):
        assert sees(path)
    with furnished.change(clocks.now, "Ali") as tx:
        live_values.close_live_values(tx, 1)
        live_values.close_live_values(tx, 1)
    assert not sees(path)
    row = window(furnished)
    assert (row.opened_by, row.ended_by, row.reason) == ("Sara", "Ali", "hand")
    with furnished.records.reading() as db:
        kinds = [visit.kind for visit in table_rows.all_rows(db, VendorVisit)]
        noted = [a.who for a in table_rows.all_rows(db, Audit) if a.what == "live_windows"]
    assert kinds == ["watched"]
    assert (noted[0], noted[-1], len(noted)) == ("Sara", "Ali", 3)


@pytest.mark.parametrize("end", ["link", "ticket", "restart"])
def test_it_ends_with(furnished: Centre, clocks: Clocks, path: str, end: str) -> None:
    furnished.hear(Reading("ct-2", "tube_temp_c", 41.25, clocks.now))
    open_it(furnished, clocks)
    assert sees(path)
    with furnished.change(clocks.now, "Sara") as tx:
        if end == "link":
            revoke_vendor_link(tx, 1)
        if end == "ticket":
            tickets.move(tx, 1, "closed")
    if end == "restart":
        vendor_live.end_open_windows()
    assert window(furnished).reason == end
    if end == "link":
        assert Visitor().get(f"{path}/live").status == 404
        return
    assert not sees(path)
    if end == "ticket":
        assert "This case is closed" in Visitor().get(path).text
        with furnished.change(clocks.now, "Sara") as tx:
            tickets.write(tx, 1, "It is back.", "out")
        assert not sees(path), "a ticket that is open again opens nothing else again"


@pytest.mark.parametrize("jump", [-2 * HOUR, -30 * MINUTE, 30 * MINUTE, 10 * 365 * DAY])
def test_it_ends_when_the_clock_was_set_and_stays_so(
    furnished: Centre, clocks: Clocks, path: str, jump: int
) -> None:
    with furnished.change(clocks.now - 3 * HOUR, "Sara") as tx:
        link_rows.vendor_links(tx.db, 1)[0].made_at = clocks.now - 3 * HOUR
        link_rows.vendor_links(tx.db, 1)[0].expires_at = clocks.now + 20 * 365 * DAY
    furnished.hear(Reading("ct-2", "tube_temp_c", 41.25, clocks.now - 3 * HOUR))
    open_it(furnished, clocks)
    clocks.passes(MINUTE)
    assert sees(path)
    clocks.now += jump
    assert not sees(path)
    assert window(furnished).reason == "clock"
    clocks.now -= jump
    assert not sees(path)
    open_it(furnished, clocks)
    assert sees(path)


def test_a_clock_that_is_slewed_ends_nothing(furnished: Centre, clocks: Clocks, path: str) -> None:
    furnished.hear(Reading("ct-2", "tube_temp_c", 41.25, clocks.now))
    open_it(furnished, clocks)
    assert sees(path)
    clocks.now += 20 * SECOND
    assert sees(path)


def test_it_is_opened_for_no_link_that_leads_nowhere(
    furnished: Centre, clocks: Clocks, path: str
) -> None:
    with furnished.change(clocks.now, "Sara") as tx:
        with pytest.raises(RefusedError, match="there is no link 9"):
            live_values.open_live_values(tx, 9)
        tickets.move(tx, 1, "closed")
        with pytest.raises(RefusedError, match="ticket 1 is closed"):
            live_values.open_live_values(tx, 1)
        revoke_vendor_link(tx, 1)
        with pytest.raises(RefusedError, match="link 1 is over"):
            live_values.open_live_values(tx, 1)
    assert Visitor().get(f"{path}/live").status == 404
    bound = link_to(furnished, 1, at=clocks.now)
    assert Visitor().get(f"{bound}/live").status == 404, "it was opened in no browser yet"


def test_it_lasts_no_longer_than_its_link(furnished: Centre, clocks: Clocks, path: str) -> None:
    clocks.passes(14 * DAY - 10 * MINUTE)
    open_it(furnished, clocks)
    assert window(furnished).until == clocks.now + 10 * MINUTE


def test_the_page_goes_over_a_thin_line_however_many_values_there_are(
    furnished: Centre, clocks: Clocks, path: str
) -> None:
    rows = [Reading("ct-2", "tube_temp_c", 41.25, clocks.now - n, f"probe-{n}") for n in range(300)]
    furnished.hear(*rows)
    open_it(furnished, clocks)
    reply = Visitor().get(f"{path}/live", Accept_Encoding="gzip")
    assert len(reply.body) <= THIN_LINE
    text = Visitor().get(f"{path}/live").text
    assert text.count("<td dir") == vendor_live.MOST_ROWS
    assert "more are not shown" in text


def test_it_speaks_the_language_of_the_link(furnished: Centre, clocks: Clocks, path: str) -> None:
    dari = link_to(furnished, 1, is_bound=False, language="fa", at=clocks.now)
    with furnished.change(clocks.now, "Sara") as tx:
        live_values.open_live_values(tx, 2)
    furnished.hear(Reading("ct-2", "tube_temp_c", 41.25, clocks.now - 5 * MINUTE))
    text = Visitor().get(f"{dari}/live").text
    assert 'dir="rtl"' in text
    assert "ago" not in text
    assert "اندازه‌های زنده" in text
    assert not sees(path), "each link has an hour of its own"
