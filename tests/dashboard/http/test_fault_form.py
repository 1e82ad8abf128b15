"""The form at the machine: a person without an account, and those who mean no good."""

import asyncio
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.types import Message

from core.time.clock import HOUR
from dashboard import i18n
from dashboard.http import fault_form, fault_state
from dashboard.queries import stores
from maintenance.work_orders import fault_reports
from maintenance.work_orders.completion import complete
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from tests.dashboard.centre import Centre

GOOD = {"text": "It hums\nsince noon", "name": "", "state": "usable"}


def clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    path: str, body: bytes | None = None, kind: str = "", client: str = "10.0.0.9", **scope: object
) -> Reply:
    """Through Starlette as the server calls it; the body in two pieces."""
    sent: list[Message] = []
    pieces = [] if body is None else [body[:10], body[10:]]

    async def receive() -> Message:
        more = bool(pieces)
        return {
            "type": "http.request",
            "body": pieces.pop(0) if more else b"",
            "more_body": bool(pieces),
        }

    async def send(message: Message) -> None:
        sent.append(message)

    where, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET" if body is None else "POST", "path": where,
        "raw_path": where.encode(), "query_string": query.encode(),
        "headers": [(b"content-type", kind.encode())] if kind else [],
        "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": (client, 1),
        "root_path": "", **scope,
    }  # fmt: skip
    routes = [*fault_form.ROUTES, *fault_state.ROUTES]
    asyncio.run(Starlette(routes=routes)(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return Reply(sent[0]["status"], headers, text)


def post(device: str = "ct-2", **fields: str) -> Reply:
    return ask(f"/fault/{device}", urlencode({**GOOD, **fields}).encode())


def order_of(reply: Reply) -> int:
    """The number of the order whose state the answer leads to."""
    assert reply.status == 303
    page = ask(f"/fault/{reply.headers['location']}").text
    number = re.search(r"work order (\d+)", page)
    assert number is not None
    return int(number[1])


@pytest.fixture(autouse=True)
def _all_is_well(centre: Centre) -> None:
    centre.all_well(clock())


def test_a_report_becomes_a_corrective_order_with_downtime(centre: Centre) -> None:
    reply = post(state="down", name="Radiographer")
    assert order_of(reply) == 1
    with centre.records.reading() as db:
        order = order_rows.orders(db)[0]
        down = downtime_rows.downtimes_of_order(db, order.id)
        assert order.steps[0].who == "fault form: Radiographer"
    assert (order.device, order.kind, order.opened_by) == ("ct-2", "corrective", "fault")
    assert (order.title, order.text) == ("It hums", "It hums\nsince noon")
    assert [piece.extent for piece in down] == ["hard"]
    assert "Thank you. This is work order 1" in ask(f"/fault/{reply.headers['location']}").text


def test_the_same_form_sent_twice_is_one_order(centre: Centre) -> None:
    assert order_of(post()) == order_of(post())
    with centre.records.reading() as db:
        assert len(order_rows.orders(db)) == 1


def test_the_same_words_are_one_order_until_it_is_done(centre: Centre) -> None:
    assert order_of(post(state="down")) == 1
    assert order_of(post(state="down", name="A colleague", text=" It hums\nsince noon")) == 1
    assert order_of(post(state="partial")) == 2
    with centre.change(clock()) as tx:
        complete(tx, 1, result="Fan changed")
    assert order_of(post(state="down")) == 3


@pytest.mark.parametrize("query", ["1", "4711", "x", "-1", "9" * 40, "²", ""])
def test_nobody_sees_a_report_by_its_number(query: str) -> None:
    post()
    reply = ask(f"/fault/ct-2?{urlencode({'done': query})}")
    assert reply.status == 200
    assert "Thank you" not in reply.text
    assert "<form" in reply.text


def test_who_reports_what_is_known_for_hours_is_thanked_with_its_number(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(stores, "now", lambda: clock() - 5 * HOUR)
        post()
    assert order_of(post()) == 1
    with centre.records.reading() as db:
        assert len(order_rows.orders(db)) == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(centre: Centre) -> None:
    reply = post(text="Loud <fan>", state="")
    assert reply.status == 400
    assert "Loud &lt;fan&gt;" in reply.text
    assert "<fan>" not in reply.text
    with centre.records.reading() as db:
        assert order_rows.orders(db) == []


def test_what_is_typed_can_do_nothing_on_the_page() -> None:
    reply = post(text="", name='"><script>alert(1)</script>')
    assert "<script>" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "set-cookie" not in reply.headers


def test_a_flood_is_refused_before_it_fills_the_list_of_orders(centre: Centre) -> None:
    statuses = [post(text=f"It hums, {number}").status for number in range(15)]
    assert statuses == [303] * fault_reports.MOST_OF_DEVICE + [429] * (
        15 - fault_reports.MOST_OF_DEVICE
    )
    assert post(device="mr-1").status == 303
    with centre.records.reading() as db:
        assert len(order_rows.orders(db)) == fault_reports.MOST_OF_DEVICE + 1


def test_more_than_a_page_of_text_is_refused() -> None:
    assert ask("/fault/ct-2", b"text=" + b"x" * 50_000).status == 413
    assert post(text="x" * 2001).status == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe&=&&;%%%", b"&".join([b"a=1"] * 50), b"text"])
def test_nonsense_is_refused_in_words(body: bytes) -> None:
    assert ask("/fault/ct-2", body).status == 400


def test_a_device_that_is_not_there_is_not_found() -> None:
    assert ask("/fault/ct-9").status == 404
    assert post(device="<b>").status == 404


def test_the_form_is_english_or_the_sites_language_and_names_the_device() -> None:
    text = ask("/fault/mr-1").text
    assert "Report a fault: MR-1 &lt;b&gt;one&lt;/b&gt;" in text
    assert "http" not in text.replace("http-equiv", "")


def test_who_reads_dari_only_can_report_a_fault(centre: Centre) -> None:
    text = centre.path.read_text(encoding="utf-8")
    centre.path.write_text(f"{text}\nlanguage: fa\n", encoding="utf-8")
    st.cache_resource.clear()
    form = ask("/fault/ct-2").text
    assert '<html lang="fa" dir="rtl">' in form
    english = i18n.catalogue("en").words
    own = [key for key in english if key.startswith("fault.") and key != "fault.title"]
    sent = post(state="down")
    assert sent.status == 303
    thanks = ask(f"/fault/{sent.headers['location']}").text
    told = form + ask("/fault/none").text + thanks + post(text="").text
    assert "تشکر" in told
    assert [key for key in own if f">{english[key]}<" in told] == []


def test_every_word_of_the_form_is_in_dari_too() -> None:
    words = {key for key in i18n.catalogue("en").words if key.startswith("fault.")}
    assert words <= set(i18n.catalogue("fa").words)
