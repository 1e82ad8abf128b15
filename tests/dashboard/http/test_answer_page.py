"""A supplier asks, who stands at the device answers from a telephone, once; corrections stay to be seen."""

import re
import time
from urllib.parse import urlsplit

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR
from dashboard.http import answer_page, cookies, gate
from dashboard.queries import stores
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets import questions
from storage.records import SupplierAnswer, SupplierQuestion, Ticket, VendorVisit
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import VendorReply, Visitor, link_to
from tests.dashboard.people import person


def clock() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def ticket(furnished: Centre) -> int:
    """A case about CT-2, sent."""
    with furnished.change(clock() - HOUR, "Sara") as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "Tube hot").id
        tickets.write(tx, number, "It is hot.", "out")
    return number


def ask_own(centre: Centre, ticket: int, line: str = "Is it loud?") -> int:
    with centre.change(clock(), "Sara") as tx:
        return questions.add_own_question(tx, ticket, line).id


def answer_link(centre: Centre, ticket: int) -> str:
    return urlsplit(answer_page.answer_address(centre.site, ticket)).path


def reply_to(path: str, number: int, text: str, seen: int = 0, name: str = "Ali") -> VendorReply:
    return Visitor().post(path, question=str(number), seen=str(seen), text=text, name=name)


def out_messages(centre: Centre, ticket: int) -> list[tuple[str, str]]:
    with centre.records.reading() as db:
        row = db.get_one(Ticket, ticket)
        return [(m.who, m.text) for m in row.messages if m.direction == "out"][1:]


def answers(centre: Centre) -> list[str]:
    with centre.records.reading() as db:
        return [row.text for row in table_rows.all_rows(db, SupplierAnswer)]


def test_a_supplier_asks_from_the_list_and_the_answer_comes_back(
    furnished: Centre, ticket: int
) -> None:
    vendor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    page = vendor.get(path).text
    assert "Does the fan &lt;b&gt;hum&lt;/b&gt; &amp; whistle?" in page
    for _ in range(2):  # pressed twice
        reply = vendor.post(f"{path}/questions", question="sound")
        assert reply.status == 303
        assert reply.headers["location"] == f"../{path.removeprefix('/vendor/')}?done=1"
    assert "Not answered yet" in vendor.get(path).text
    with furnished.records.reading() as db:
        [question] = table_rows.all_rows(db, SupplierQuestion)
        row = db.get_one(Ticket, ticket)
        assert (row.state, row.messages[-1].direction) == ("acknowledged", "in")
        assert row.messages[-1].read_at is None, "the engineer learns of it as of any message"
        assert [visit.about for visit in table_rows.all_rows(db, VendorVisit)].count("sound") == 2
    own = answer_link(furnished, ticket)
    phone = Visitor().get(own).text
    assert "Does the fan &lt;b&gt;hum&lt;/b&gt; &amp; whistle?" in phone
    assert "CT-2" in phone
    assert "<script" not in phone
    assert reply_to(own, question.id, "It <i>hums</i>.\r\nLoudly.").status == 303
    assert "Sent. The supplier sees it." in Visitor().get(f"{own}?done=1").text
    [(who, text)] = out_messages(furnished, ticket)
    assert who == "answer link: Ali"
    assert text == "> Does the fan <b>hum</b> & whistle?\nIt <i>hums</i>.\nLoudly."
    page = vendor.get(path).text
    assert "It &lt;i&gt;hums&lt;/i&gt;." in page
    assert "Not answered yet" not in page


def test_only_what_stands_in_the_list_is_asked_by_a_link(furnished: Centre, ticket: int) -> None:
    vendor, path = Visitor(), link_to(furnished, ticket, is_bound=False)
    for wrong in ("", "soun", "<b>", "x" * 5000, "Is anybody there?"):
        reply = vendor.post(f"{path}/questions", question=wrong)
        assert reply.status == 400
        assert "<b>" not in reply.text
    assert "sound" in vendor.post(f"{path}/questions", question="soun").text, "did you mean"
    bound = link_to(furnished, ticket)
    assert Visitor().post(f"{bound}/questions", question="sound").status == 404
    with furnished.records.reading() as db:
        assert table_rows.all_rows(db, SupplierQuestion) == []


def test_an_answer_is_there_once_and_a_correction_shows_what_it_was(
    furnished: Centre, ticket: int
) -> None:
    number, own = ask_own(furnished, ticket), answer_link(furnished, ticket)
    for _ in range(3):  # sent again over a bad line
        assert reply_to(own, number, "Yes").status == 303
    assert answers(furnished) == ["Yes"]
    late = reply_to(own, number, "No, <quiet>", seen=0)  # opened before the first was sent
    assert late.status == 400
    assert "somebody has answered meanwhile" in late.text
    assert "No, &lt;quiet&gt;</textarea>" in late.text, "what was typed stays"
    assert reply_to(own, number, "No, <quiet>", seen=1, name="").status == 303
    assert answers(furnished) == ["Yes", "No, <quiet>"]
    assert out_messages(furnished, ticket)[1:] == [
        ("answer link:", "> Is it loud?\n✗ Yes\n✓ No, <quiet>")
    ]
    for page in (
        Visitor().get(own).text,
        Visitor().get(link_to(furnished, ticket, is_bound=False)).text,
    ):
        assert "<s>Yes</s>" in page
        assert "No, &lt;quiet&gt;</pre>" in page


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001, "a\x1bb", "x" * 200_000])
def test_what_is_no_answer_is_refused_and_nothing_is_sent(
    furnished: Centre, ticket: int, text: str
) -> None:
    number, own = ask_own(furnished, ticket), answer_link(furnished, ticket)
    assert reply_to(own, number, text).status == 400
    assert out_messages(furnished, ticket) == []


@pytest.mark.parametrize(
    ("question", "seen"), [("", "0"), ("x", "0"), ("1", ""), ("1", "-1"), ("۱", "0"), ("9" * 40, "0")]
)  # fmt: skip
def test_a_form_that_lost_a_part_is_refused(
    furnished: Centre, ticket: int, question: str, seen: str
) -> None:
    ask_own(furnished, ticket)
    reply = Visitor().post(answer_link(furnished, ticket), question=question, seen=seen, text="Yes")
    assert reply.status == 400
    assert answers(furnished) == []


def test_the_longest_answer_in_dari_is_taken(furnished: Centre, ticket: int) -> None:
    number, own = ask_own(furnished, ticket), answer_link(furnished, ticket)
    assert reply_to(own, number, "گ" * 4000).status == 303


def test_a_link_answers_for_its_own_ticket_until_that_is_closed_or_a_week_is_over(
    furnished: Centre, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with furnished.change(clock(), "Sara") as tx:
        other = tickets.open_ticket(tx, "mr-1", "tube-service", "Helium").id
    foreign, number = ask_own(furnished, other, "How cold?"), ask_own(furnished, ticket)
    own = answer_link(furnished, ticket)
    assert "How cold?" not in Visitor().get(own).text
    assert reply_to(own, foreign, "Very").status == 400
    with furnished.change(clock(), "Sara") as tx:
        tickets.move(tx, ticket, "closed")
    assert "Nothing waits" in Visitor().get(own).text
    assert reply_to(own, number, "Yes").status == 400
    assert answers(furnished) == []
    monkeypatch.setattr(answer_page, "VALID_FOR", -DAY)
    assert Visitor().get(own).status == 404


def test_links_that_were_changed_or_are_of_another_kind_lead_nowhere(
    furnished: Centre, ticket: int
) -> None:
    own = answer_link(furnished, ticket)
    state = f"/answer/{cookies.signed('fault', str(ticket))}"
    wrong = [own[:-1], f"{own}x", own.swapcase().replace("/ANSWER", "/answer"), state, "/answer/1"]
    replies = [Visitor("198.51.100.8").get(path) for path in wrong]
    assert {reply.status for reply in replies} == {404}
    assert Visitor("198.51.100.8").post(own[:-1], question="1", seen="0", text="x").status == 404


def test_a_link_that_was_taken_back_leads_nowhere_and_the_next_one_does(
    furnished: Centre, ticket: int
) -> None:
    number, old = ask_own(furnished, ticket), answer_link(furnished, ticket)
    assert Visitor().get(old).status == 200
    with furnished.change(clock(), "Sara") as tx:
        revoked = questions.revoke_answer_links(tx, ticket).answer_links_revoked
    assert Visitor().get(old).status == 404
    assert reply_to(old, number, "Yes").status == 404
    new = urlsplit(answer_page.answer_address(furnished.site, ticket, revoked)).path
    assert Visitor().get(new).status == 200


def signed_in(*roles: str) -> Visitor:
    """The gate has let them in."""
    visitor = Visitor("10.0.0.9")
    visitor.scope = {gate.PRINCIPAL: person(*roles)}
    visitor.cookies = {"scanward-form": cookies.signed("form", "a browser")}
    return visitor


def test_a_technician_who_is_signed_in_answers_all_that_waits(
    furnished: Centre, ticket: int
) -> None:
    number = ask_own(furnished, ticket)
    visitor = signed_in("technician")
    page = visitor.get("/questions").text
    assert "Is it loud?" in page
    assert "Your name" not in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    fields = {"question": str(number), "seen": "0", "text": "Yes"}
    assert visitor.post("/questions", **fields).status == 400, "from another site's page"
    reply = visitor.post("/questions", **fields, csrf=token[1])
    assert (reply.status, reply.headers["location"]) == (303, "questions?done=1")
    assert out_messages(furnished, ticket) == [(person().full_name, "> Is it loud?\nYes")]


def test_who_may_not_answer_is_refused_in_words_unless_they_have_the_link(
    furnished: Centre, ticket: int
) -> None:
    number, visitor = ask_own(furnished, ticket), signed_in("viewer")
    token = re.search(r'name="csrf" value="([^"]+)"', visitor.get("/questions").text)
    assert token is not None
    fields = {"question": str(number), "seen": "0", "text": "Yes"}
    reply = visitor.post("/questions", **fields, csrf=token[1])
    assert reply.status == 400
    assert "only engineer" in reply.text
    assert visitor.post(answer_link(furnished, ticket), **fields).status == 303


def test_nobody_asks_without_an_end(furnished: Centre, ticket: int) -> None:
    with furnished.change(clock(), "Sara") as tx:
        for number in range(questions.MOST_UNANSWERED):
            questions.add_own_question(tx, ticket, f"{number}?")
        questions.add_own_question(tx, ticket, "3?")
        with pytest.raises(RefusedError, match="too many questions"):
            questions.add_own_question(tx, ticket, "One more?")


def test_answers_of_yesterday_are_still_there_to_be_corrected_and_of_last_week_not(
    furnished: Centre, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, own, now = ask_own(furnished, ticket), answer_link(furnished, ticket), clock()
    reply_to(own, number, "Yes")
    for later, is_there in ((DAY, True), (3 * DAY, False)):
        monkeypatch.setattr(stores, "now", lambda later=later: now + later)
        assert ("Is it loud?" in Visitor().get(own).text) == is_there
