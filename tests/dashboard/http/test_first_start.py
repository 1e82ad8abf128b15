"""From the first start to the first person; and what happens while the records cannot be read."""

import re
import time
from pathlib import Path

import pytest

from access import sessions
from core.errors import StoreError
from dashboard.http import cookies
from dashboard.queries import identity, stores
from storage.records import User
from storage.records.base import all_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import serving
from tests.dashboard.http.test_login_page import Visitor
from tests.dashboard.people import session_cookie

PASSWORD = "seven blue camels"
EVIL = "<script>alert(1)</script>"


@pytest.mark.servers
def test_the_first_person_signs_up_by_the_link_in_the_log(centre: Centre, tmp_path: Path) -> None:
    with serving(centre, tmp_path) as served:
        visitor = Visitor(served)
        printed = re.findall(r"http://127\.0\.0\.1:\d+(/setup/\S+)", served.log.read_text())
        assert len(printed) == 1
        assert "You are the first" in visitor.ask(printed[0]).text
        names = {"name": "Reza", "full_name": "Reza Karimi"}
        weak = visitor.send(printed[0], **names, password="rezakarimi", again="rezakarimi")
        assert weak.status == 400
        assert 'value="Reza Karimi"' in weak.text  # what was typed stays
        assert "rezakarimi" not in weak.text
        evil = {"name": f'"{EVIL}', "full_name": f'">{EVIL}'}
        refused = visitor.send(printed[0], **evil, password=PASSWORD, again=PASSWORD)
        assert refused.status == 400
        assert EVIL not in refused.text
        done = visitor.send(printed[0], **names, password=PASSWORD, again=PASSWORD)
        assert (done.status, done.headers["location"]) == (303, "../")
        assert "Reza Karimi" in visitor.ask("/account").text
        assert visitor.ask("/").status == 200
        assert Visitor(served).ask(printed[0]).status == 404
        assert Visitor(served).send("/login", name="REZA ", password=PASSWORD).status == 303
        assert EVIL not in Visitor(served).send("/login", name=EVIL, password=EVIL).text
        assert EVIL not in Visitor(served).ask(f'/login?next=/">{EVIL}').text
        words = served.log.read_text()
    assert PASSWORD not in words
    assert visitor.jar["scanward-session"] not in words
    with centre.records.reading() as db:
        assert [user.roles for user in all_rows(db, User)] == [["IT"]]


def test_who_was_known_stays_known_while_the_records_cannot_be_read(centre: Centre) -> None:
    known = _secret(session_cookie(centre))
    unknown = _secret(session_cookie(centre, "viewer"))
    principal = identity.by_cookie(known)
    assert principal is not None
    assert principal.session_id is not None
    file = centre.records.file
    assert file is not None
    stores.records().close()
    centre.records.close()
    for path in file.parent.glob("records.db*"):
        path.unlink()
    file.write_bytes(b"this is no database" * 100)
    stores.records.clear()
    assert identity.by_cookie(known) == principal
    assert identity.by_number(principal.session_id) == principal
    with pytest.raises(StoreError):
        identity.by_cookie(unknown)
    assert identity.by_number(principal.session_id + 1) is None


def test_somebody_who_signed_out_is_known_no_more(centre: Centre) -> None:
    secret = _secret(session_cookie(centre))
    principal = identity.by_cookie(secret)
    assert principal is not None
    assert principal.session_id is not None
    with centre.change(time.time_ns() // 1_000_000) as tx:
        sessions.end(tx, principal.session_id)
    assert identity.by_cookie(secret) is None
    assert identity.by_number(principal.session_id) is None


def _secret(cookie: str) -> str:
    value = cookies._signer("session").loads(cookie.partition("=")[2])
    assert isinstance(value, str)
    return value
