"""A supplier's link: one case and nothing else, until it ends; whatever is wrong with it looks alike."""

import gzip
import time

import pytest

from access.vendor_links import MOST_VISITS, VALID_FOR, revoke_vendor_link
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.queries import stores
from maintenance.tickets import diagnostics
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.diagnostics import DiagnosticsRequest
from maintenance.work_orders.attachments import attach
from storage.records import Audit, Ticket, VendorVisit
from storage.records import base as table_rows
from storage.records import vendor_links as link_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import Visitor, link_to

LARGEST_PAGE = 64_000  # bytes; the issue's, over 9.6 kbit/s


def clock() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def ticket(furnished: Centre) -> int:
    """A case about CT-2's hot tube, sent, with a note of the house; and one about another device."""
    now = clock()
    furnished.alert("ct-2", "tube_hot", now - HOUR)
    with furnished.change(now - HOUR, "Sara") as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "Tube <b>hot</b>", alert_id=1).id
        tickets.write(tx, number, "It is <script>hot</script>.", "out")
        tickets.write(tx, number, "They are slow, we should ask another.", "note")
        other = tickets.open_ticket(tx, "mr-1", "tube-service", "Helium").id
        tickets.write(tx, other, "The helium is low.", "out")
    return number


def bundle(centre: Centre, ticket: int) -> int:
    """Attach one; the number of its file."""
    now = clock()
    request = DiagnosticsRequest("ct-2", DAY, ticket_id=ticket)
    made = diagnostics.make_bundle(stores.site(), stores.series(), centre.records, request, now)
    with centre.change(now, "Sara") as tx:
        return diagnostics.attach_bundle(tx, ticket, made).id


def visits(centre: Centre) -> list[tuple[str, str, str]]:
    with centre.records.reading() as db:
        rows = table_rows.all_rows(db, VendorVisit)
        return [(row.kind, row.address, row.about) for row in rows]


def thread(centre: Centre, ticket: int) -> list[tuple[str, str, str]]:
    with centre.records.reading() as db:
        row = db.get_one(Ticket, ticket)
        return [(m.direction, m.who, m.text) for m in row.messages]


def test_the_case_is_shown_and_nothing_else(furnished: Centre, ticket: int) -> None:
    reply = Visitor().get(link_to(furnished, ticket, is_bound=False))
    assert reply.status == 200
    assert "The tube is hot" in reply.text
    assert "worst 12.5 °C, limit 60 °C" in reply.text
    assert "Was 12.5 °C, 47.5 °C below 60 °C" in reply.text
    assert "Scanward default, not from the maker" in reply.text
    assert "<svg" in reply.text
    assert "&lt;script&gt;hot" in reply.text
    assert "<script" not in reply.text
    assert "<b>hot" not in reply.text
    for hidden in ("another", "mr-1", "MR-1", "elium", "UPS"):
        assert hidden not in reply.text, hidden
    assert reply.headers["cache-control"] == "no-store"
    assert "script" not in reply.headers["content-security-policy"]
    assert visits(furnished) == [("opened", "203.0.113.7", "")]
    with furnished.records.reading() as db:
        noted = [row for row in table_rows.all_rows(db, Audit) if row.what == "vendor_visits"]
    assert [(row.address, row.who[:6]) for row in noted] == [("203.0.113.7", "link: ")]


def test_the_link_decides_in_which_language(furnished: Centre, ticket: int) -> None:
    dari = Visitor().get(link_to(furnished, ticket, is_bound=False, language="fa")).text
    assert '<html lang="fa" dir="rtl">' in dari
    assert "جواب شما" in dari
    assert "Your reply" not in dari


def test_a_reply_is_a_message_of_the_vendor_that_nobody_has_read(
    furnished: Centre, ticket: int
) -> None:
    visitor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    reply = visitor.post(path, text="Turn it off\r\nand on.")
    assert reply.status == 303
    assert reply.headers["location"] == f"{path.removeprefix('/vendor/')}?done=1"
    assert "The engineer sees it" in visitor.get(f"{path}?done=1").text
    assert thread(furnished, ticket)[-1][0] == "in"
    assert thread(furnished, ticket)[-1][2] == "Turn it off\nand on."
    with furnished.records.reading() as db:
        row = db.get_one(Ticket, ticket)
        assert row.state == "acknowledged"
        assert row.messages[-1].read_at is None


def test_a_reply_sent_twice_over_a_bad_line_is_one_message(furnished: Centre, ticket: int) -> None:
    visitor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    before = len(thread(furnished, ticket))
    for _ in range(3):
        assert visitor.post(path, text="جریان برق را ببینید").status == 303
    assert len(thread(furnished, ticket)) == before + 1


@pytest.mark.parametrize("text", ["", " \n", "x" * 10_001, "a\x1bb", "x" * 200_000])
def test_what_is_no_reply_is_refused_in_words(furnished: Centre, ticket: int, text: str) -> None:
    before = thread(furnished, ticket)
    assert Visitor().post(link_to(furnished, ticket, is_bound=False), text=text).status == 400
    assert thread(furnished, ticket) == before


def test_a_bound_link_is_good_in_the_browser_that_opened_it(furnished: Centre, ticket: int) -> None:
    path, first, second = link_to(furnished, ticket), Visitor(), Visitor("198.51.100.1")
    for _ in range(2):
        # A program that looks into mails opens every link, and takes nothing.
        assert "hot" not in second.get(path).text
        assert second.get(path).status == 200
        assert second.post(path, text="x").status == 200
    assert first.post(path, open="1").status == 303
    assert "The tube is hot" in first.get(path).text
    for reply in (second.get(path), second.post(path, open="1"), second.post(path, text="x")):
        assert reply.status == 404
    second.cookies = {name: f"x{value[1:]}" for name, value in first.cookies.items()}
    assert second.get(path).status == 404
    assert first.post(path, text="Ours").status == 303


def test_whatever_is_wrong_with_a_link_looks_alike(furnished: Centre, ticket: int) -> None:
    good, now = link_to(furnished, ticket, is_bound=False), clock()
    expired = link_to(furnished, ticket, HOUR, is_bound=False, at=now - HOUR - 1)
    early = link_to(furnished, ticket, is_bound=False, at=now + DAY)  # the clock was set back
    revoked = link_to(furnished, ticket, is_bound=False)
    bound = link_to(furnished, ticket)
    Visitor().post(bound, open="1")
    with furnished.change(now) as tx:
        number = link_rows.vendor_links(tx.db, ticket)[1].id
        revoke_vendor_link(tx, number)
        first = revoke_vendor_link(tx, number).revoked_at
    assert first == now
    wrong = [expired, early, revoked, bound, good[:-1], f"{good}x", "/vendor/x", f"/vendor/{good[8:].swapcase()}",
             "/vendor/" + "a" * 5000, "/vendor/%00"]  # fmt: skip
    replies = [Visitor("198.51.100.9").get(path) for path in wrong]
    assert {(reply.status, reply.text) for reply in replies} == {(404, replies[0].text)}
    assert {str(sorted(reply.headers.items())) for reply in replies} == {
        str(sorted(replies[0].headers.items()))
    }
    assert Visitor("198.51.100.9").post(revoked, text="x").status == 404
    assert Visitor().get(good).status == 200


def test_who_guesses_is_stopped_for_a_while_and_nobody_else(
    furnished: Centre, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link_to(furnished, ticket, is_bound=False)
    guesser = Visitor("198.51.100.9")
    statuses = [guesser.get(f"/vendor/{number:043}").status for number in range(35)]
    assert statuses == [404] * 30 + [429] * 5
    assert Visitor().get(path).status == 200
    later = clock() + 11 * MINUTE
    monkeypatch.setattr(stores, "now", lambda: later)
    assert guesser.get(path).status == 200


def test_a_link_that_is_loaded_for_ever_fills_no_disk(furnished: Centre, ticket: int) -> None:
    path, now = link_to(furnished, ticket, is_bound=False), clock()
    with furnished.change(now) as tx:
        for _ in range(MOST_VISITS):
            tx.db.add(VendorVisit(1, now, "opened", "203.0.113.7"))
    assert Visitor().get(path).status == 429
    assert len(visits(furnished)) == MOST_VISITS


def test_a_bundle_is_downloaded_and_goes_on_where_it_ended(furnished: Centre, ticket: int) -> None:
    number = bundle(furnished, ticket)
    visitor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    assert f"/files/{number}" in visitor.get(path).text
    where = f"{path}/files/{number}"
    whole = visitor.get(where)
    assert whole.status == 200
    assert whole.body[:2] == b"PK"
    assert whole.headers["content-disposition"].startswith("attachment")
    tag, size = whole.headers["etag"], len(whole.body)
    rest = visitor.get(where, Range="bytes=1000-", If_Range=tag)
    assert rest.status == 206
    assert rest.headers["content-range"] == f"bytes 1000-{size - 1}/{size}"
    assert whole.body[:1000] + rest.body == whole.body
    assert visitor.get(where, Range="bytes=1000-", If_Range='"another"').body == whole.body
    assert visitor.get(where, Range=f"bytes={size}-").status == 416
    assert ("downloaded", "203.0.113.7") in [visit[:2] for visit in visits(furnished)]


def test_only_the_bundles_of_this_case_are_given(furnished: Centre, ticket: int) -> None:
    number = bundle(furnished, ticket)
    with furnished.change(clock(), "Sara") as tx:
        photo = attach(tx, "ticket", str(ticket), "console.zip", "application/zip", b"PK").id
        other = attach(tx, "ticket", str(ticket + 1), "x.zip", "application/zip", b"PK2").id
    visitor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    for wrong in (photo, other, 99, "../1", f"0{number}", "x"):
        assert visitor.get(f"{path}/files/{wrong}").status == 404, wrong
    assert "console.zip" not in visitor.get(path).text


def test_the_first_view_is_small_however_long_the_case_is(furnished: Centre, ticket: int) -> None:
    with furnished.change(clock(), "Sara") as tx:
        for number in range(40):
            tickets.write(tx, ticket, f"{number} " + "گرم است. " * 900, "out")
    visitor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    plain = visitor.get(path)
    packed = visitor.get(path, Accept_Encoding="gzip, br")
    assert len(plain.body) <= LARGEST_PAGE
    assert len(packed.body) < len(plain.body) / 2
    assert gzip.decompress(packed.body).startswith(b"<!doctype html>")
    assert "src=" not in plain.text, "nothing else is loaded"
    assert "<link" not in plain.text
    assert "39 گرم" in plain.text
    assert "0 گرم" in visitor.get(f"{path}?all=1").text


@pytest.mark.parametrize("wrong", [0, -DAY, VALID_FOR * 100])
def test_a_link_ends(furnished: Centre, ticket: int, wrong: int) -> None:
    with pytest.raises(RefusedError, match="1 to 90 days"):
        link_to(furnished, ticket, wrong)
    with pytest.raises(RefusedError, match="no words in the language"):
        link_to(furnished, ticket, language="de")
    with pytest.raises(RefusedError, match="no ticket 99"):
        link_to(furnished, 99)


def test_its_secret_stands_nowhere(furnished: Centre, ticket: int) -> None:
    path, visitor = link_to(furnished, ticket), Visitor()
    visitor.post(path, open="1")
    visitor.get(path)
    secret = path.removeprefix("/vendor/").encode()
    for file in stores.site().file.storage.folder.rglob("*"):
        assert not file.is_file() or secret not in file.read_bytes(), file
