"""The page behind a link in a message: to open it changes nothing, its button acknowledges."""

import asyncio
import time
from dataclasses import dataclass, replace

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.types import Message

from alerts.notification.acknowledge_link import LinkBearer, link_to
from alerts.notification.acknowledgement import acknowledge_incident
from core.schema.people import Person
from core.schema.site import Site
from core.time.clock import DAY, HOUR
from dashboard.http import acknowledge_page
from dashboard.http.server import names_of
from dashboard.queries import stores
from storage.records import Alert, Audit, Incident
from storage.records import base as table_rows
from storage.records.incidents import Notice
from tests.dashboard.centre import Centre


def clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


def ask(path: str, method: str = "GET") -> Answer:
    """Through Starlette as the server calls it."""
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    scope: dict[str, object] = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [], "http_version": "1.1", "scheme": "http",
        "server": ("test", 80), "client": ("test", 1), "root_path": "",
    }  # fmt: skip
    asyncio.run(Starlette(routes=acknowledge_page.ROUTES)(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in answers[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in answers[1:]).decode()
    return Answer(answers[0]["status"], headers, text)


@pytest.fixture
def path(centre: Centre) -> str:
    """The address of the link to an incident of two alerts."""
    now = clock()
    centre.alert("ct-2", "tube_hot", now - HOUR, None)
    centre.alert("mr-1", "door_open", now - HOUR, None)
    with centre.change(now - HOUR) as tx:
        row = Incident(began_at=now - HOUR, cause_id=1)
        tx.db.add(row)
        tx.db.flush()
        for alert in tx.db.query(Alert):
            alert.incident_id = row.id
    st.cache_data.clear()
    public = stores.site().file.model_copy(
        update={"http": stores.site().file.http.model_copy(update={"public_url": "http://x"})}
    )
    return link_to(Site(public, {}), 1, "", now).removeprefix("http://x")


def acknowledged(centre: Centre) -> list[str]:
    with centre.records.reading() as db:
        return [alert.acknowledged_by for alert in db.query(Alert).order_by(Alert.id)]


def changes(centre: Centre) -> int:
    with centre.records.reading() as db:
        return len(table_rows.all_rows(db, Audit))


def test_to_open_it_changes_nothing(centre: Centre, path: str) -> None:
    before = changes(centre)
    for method in ("GET", "HEAD", "GET"):
        assert ask(path, method).status == 200
    assert changes(centre) == before
    page = ask(path)
    assert "The tube is hot" in page.text
    assert "&lt;b&gt;" in page.text, "what is shown is escaped"
    assert "<form" in page.text
    assert "no-store" in page.headers["cache-control"]


def test_the_button_acknowledges_all_of_it(centre: Centre, path: str) -> None:
    answer = ask(path, "POST")
    assert (answer.status, answer.headers["location"]) == (303, path.removeprefix("/ack/"))
    assert acknowledged(centre) == [acknowledge_page.WHO] * 2
    st.cache_data.clear()
    assert "<form" not in ask(path).text
    assert ask(path, "POST").status == 303, "twice changes nothing"


def test_what_is_over_says_so(centre: Centre, path: str) -> None:
    with centre.change(clock()) as tx:
        tx.db.get_one(Incident, 1).ended_at = clock()
    assert "<form" not in ask(path).text
    assert ask(path, "POST").status == 409
    assert acknowledged(centre) == ["", ""]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_is_refused(centre: Centre, path: str, method: str) -> None:
    for wrong in (path[:-1], path.replace("/ack/1.", "/ack/2."), "/ack/x", f"{path}\0"):
        assert ask(wrong, method).status == 404
    assert acknowledged(centre) == ["", ""]


def test_an_acknowledgement_that_has_lapsed_is_given_anew_and_the_first_one_counts(
    centre: Centre, path: str
) -> None:
    now = clock()
    with centre.change(now - 8 * DAY, "sara") as tx:
        acknowledge_incident(tx, 1)
    st.cache_data.clear()
    assert "<form" in ask(path).text
    ask(path, "POST")
    assert acknowledged(centre) == [acknowledge_page.WHO] * 2
    with centre.records.reading() as db:
        from storage.records.alerts import fired_and_acknowledged

        [(_, first)] = fired_and_acknowledged(db, "ct-2", now - DAY, now)
    assert first == now - 8 * DAY


def test_it_got_worse_and_is_acknowledged_anew(centre: Centre, path: str) -> None:
    now = clock()
    with centre.change(now - 2 * HOUR, "sara") as tx:
        acknowledge_incident(tx, 1)
        tx.db.add(Notice(1, kind="worse", at=now - HOUR, severity="critical"))
    with centre.change(now, "omar") as tx:
        acknowledge_incident(tx, 1)
    assert acknowledged(centre) == ["omar", "omar"]


def test_a_person_acknowledges_in_their_own_name(
    centre: Centre, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge_page._acknowledge(LinkBearer(1, "sara"))
    assert acknowledged(centre) == ["sara", "sara"]


def test_the_host_of_the_links_is_a_name_of_the_dashboard(centre: Centre) -> None:
    file = centre.site.file
    http = file.http.model_copy(update={"public_url": "https://scanward.example/x"})
    site = Site(file.model_copy(update={"http": http}), {})
    assert names_of(site, "127.0.0.1") == ["127.0.0.1", "scanward.example"]
    assert names_of(centre.site, "127.0.0.1") == ["127.0.0.1"]


def test_a_link_speaks_as_the_person_to_whom_it_was_sent(
    path: str, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara = Person(id="sara", name="Sara", language="fa", channels=["log"])
    file = centre.site.file.model_copy(update={"people": [sara]})
    monkeypatch.setattr(stores, "site", lambda: replace(centre.site, file=file))
    http = file.http.model_copy(update={"public_url": "http://x"})
    own = link_to(Site(file.model_copy(update={"http": http}), {}), 1, "sara", clock())
    assert 'lang="fa" dir="rtl"' in ask(own.removeprefix("http://x")).text
    assert 'lang="en"' in ask(path).text
