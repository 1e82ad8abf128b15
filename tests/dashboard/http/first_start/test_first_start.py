"""The page of the first start and what it leaves: only by its link, once, whole or not at all."""

import asyncio
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from core.errors import ConfigError, RefusedError
from core.schema.load import load_site
from dashboard.http import cookies
from dashboard.http.first_start import create
from dashboard.http.first_start import server as first_server
from dashboard.http.first_start.create import create_site_file
from dashboard.http.first_start.server import FirstStart, serve_first_start
from storage.records import Records, accounts
from tests.dashboard.http.first_start.test_answers import TYPED, answers
from tests.support.ports import free_port

EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, in which Scanward is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANWARD_SITE", "absent")
    st.cache_resource.clear()
    return tmp_path


def asked(
    first: FirstStart, path: str, fields: Mapping[str, str] | None = None, **headers: str
) -> Response:
    body = urlencode(fields or {}).encode()
    names = {"content-type": "application/x-www-form-urlencoded", **headers}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "GET" if fields is None else "POST", "scheme": "http",
             "path": path, "query_string": b"", "client": ("127.0.0.1", 1), "path_params": {"path": path},
             "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in names.items()]}  # fmt: skip
    return asyncio.run(first.answer(Request(scope, receive)))


def begun(folder: Path) -> FirstStart:
    return FirstStart(folder / "config" / "site.yaml", "127.0.0.1", 8501, lambda: None)


def test_nobody_sees_the_page_without_the_link_of_the_terminal(folder: Path) -> None:
    first = begun(folder)
    for path in ("", "first/", "first/x", f"first/{first.token}x", "login", "first/é"):
        assert asked(first, path).status_code == 404
        assert asked(first, path, TYPED).status_code == 404
    assert asked(first, f"first/{first.token}").status_code == 200
    assert list(folder.iterdir()) == []


def test_the_page_needs_no_script_and_speaks_the_language_of_the_browser(folder: Path) -> None:
    first = begun(folder)
    english = asked(first, f"first/{first.token}")
    dari = asked(first, f"first/{first.token}", accept_language="fa-AF,en;q=0.5")
    assert b'dir="ltr"' in english.body
    assert b'<html lang="fa" dir="rtl">' in dari.body
    for answer in (english, dari):
        assert b"<script" not in answer.body
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["connection"] == "close"
        assert b'value="Asia/Kabul"' in answer.body  # in the list to search


def test_what_is_wrong_is_shown_with_what_was_typed_but_no_password(folder: Path) -> None:
    first = begun(folder)
    fields = {**TYPED, "site_name": EVIL, "zone": EVIL, "webhook": EVIL, "channel": "webhook"}
    answer = asked(first, f"first/{first.token}", fields)
    text = bytes(answer.body).decode()
    assert answer.status_code == 400
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert TYPED["password"] not in text
    assert text.count('role="alert"') == 2  # the name may be anything
    assert list(folder.iterdir()) == []


def test_the_answers_leave_a_site_and_sign_the_first_person_in_and_a_second_click_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    first = FirstStart(folder / "site.yaml", "127.0.0.1", 1, lambda: calls.append("ready"))
    monkeypatch.setattr(first, "wait_for_dashboard", lambda: calls.append("waited"))
    fields = {**TYPED, "channel": "webhook", "webhook": "https://example.org/s3cret"}
    answer = asked(first, f"first/{first.token}", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookies.cookie_name("session", is_secure=False) in answer.headers["set-cookie"]
    assert calls == ["ready", "waited"]
    site = load_site(folder / "site.yaml")
    assert "s3cret" not in (folder / "site.yaml").read_text()
    secret = folder / "var" / "secrets" / "first-channel"
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == (
        "jsons://example.org/s3cret",
        0o600,
    )
    records = Records(site.records_url)
    with records.reading() as db:
        assert [(user.name, user.roles) for user in accounts.users(db)] == [("reza", ["IT"])]
    records.close()
    st.cache_resource.clear()
    assert asked(first, f"first/{first.token}", fields).status_code == 404
    assert calls == ["ready", "waited"]


def test_a_file_that_is_there_is_never_written_over(folder: Path) -> None:
    path = folder / "site.yaml"
    path.write_text("id: [broken")
    with pytest.raises(RefusedError, match="there already"):
        create_site_file(answers(), path, address="127.0.0.1", port=8501)
    assert path.read_text() == "id: [broken"
    assert not list(folder.glob(".*"))


def test_a_full_disk_or_a_folder_that_cannot_be_written_leaves_no_half_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config").write_text("a file where a folder should be")
    with pytest.raises(RefusedError, match="cannot be written"):
        create_site_file(answers(), folder / "config" / "site.yaml", address="::", port=1)

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(create, "fsync_path", full)
    with pytest.raises(RefusedError, match="No space left"):
        create_site_file(answers(), folder / "site.yaml", address="::", port=1)
    assert not (folder / "site.yaml").exists()
    assert not list(folder.glob(".*"))


def test_a_port_that_is_taken_is_said_at_once(folder: Path) -> None:
    port = free_port()
    listener = first_server.listener_at("127.0.0.1", port)
    listener.listen()
    try:
        with pytest.raises(ConfigError, match="choose another with --port"):
            serve_first_start(folder / "site.yaml", "127.0.0.1", port, lambda: None)
    finally:
        listener.close()
    with pytest.raises(ConfigError, match="choose another"):
        first_server.listener_at("203.0.113.9", port)
