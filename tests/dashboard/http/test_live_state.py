"""What an open page asks by itself: `/live`."""

import json
from typing import Any

import pytest
from starlette.requests import Request

from dashboard import i18n
from dashboard.http import gate, live_state
from dashboard.queries import stores
from tests.dashboard.centre import Centre

NOW = 1_760_000_400_000


@pytest.fixture(autouse=True)
def _well(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "now", lambda: NOW)
    centre.all_well(NOW)


def state(query: str = "") -> Any:
    scope = {"type": "http", "method": "GET", "path": "/live", "query_string": query.encode()}
    return json.loads(bytes(live_state.show(Request({**scope, "headers": []})).body))


def test_it_is_the_servers_clock_and_two_short_versions() -> None:
    shown = state()
    assert shown["at"] == NOW
    assert shown.keys() == {"at", "urgent", "whole"}
    assert state() == shown
    assert state("device=ct-2")["whole"] != shown["whole"]


def test_a_name_that_is_no_devices_and_an_enormous_one_change_nothing() -> None:
    assert state("device=no-such") == state() == state("device=" + "x" * 5_000)


def test_the_words_are_those_of_who_asks() -> None:
    try:
        i18n.use("fa")
        words = state("words=1")["words"]
    finally:
        i18n.use("en")
    assert words["ago"] == "{span} پیش"
    assert words["days"] == "{large} روز"
    assert "{age}" in words["away"]
    assert len(words["digits"]) == 10
    assert state("words=1")["words"]["hours"] == "{large} h"


def test_a_page_that_is_only_open_is_nobody_who_is_there() -> None:
    """Else a session would never be idle, and a tab that was left would stay signed in for ever."""
    scope = {"type": "http", "method": "GET"}
    assert not gate._is_page({**scope, "path": "/live"})
    assert gate._is_page({**scope, "path": "/device"})
