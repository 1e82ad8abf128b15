"""The page of the round and what it sends, without a browser: requests go straight into the routes."""

import json
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette

from access.principal import Principal
from access.secret import new_secret
from core.time.clock import DAY, HOUR
from dashboard import i18n
from dashboard.http import cookies, round_page, round_paper, round_sending
from dashboard.queries import stores
from maintenance.rounds.walk import codes_of, series_names
from storage.records import File, ManualReading, RoundEntry
from storage.records.base import all_rows
from tests.dashboard.centre import Centre, opened
from tests.dashboard.http.round_building import build_rounds, read_before
from tests.dashboard.http.vendor_visitor import VendorReply, Visitor
from tests.dashboard.people import SARA_HERSELF, person

NOW = 1_785_000_000_000
APP = Starlette(routes=[*round_page.ROUTES, *round_paper.ROUTES, *round_sending.ROUTES])


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    monkeypatch.setenv(stores.SITE_VARIABLE, str(build_rounds(tmp_path)))
    monkeypatch.setattr(stores, "now", lambda: NOW)
    centre = opened(tmp_path / "site.yaml")
    read_before(centre, NOW)
    yield centre
    centre.series.close()
    centre.records.close()


def browser_of(principal: Principal = SARA_HERSELF) -> Visitor:
    browser = Visitor(app=APP, scope={"principal": principal})
    browser.cookies[cookies.cookie_name("form", is_secure=False)] = cookies.signed(
        "form", new_secret()
    )
    return browser


def token_of(browser: Visitor) -> str:
    token = json.loads(browser.get("/round/state").text)["token"]
    assert isinstance(token, str)
    return token


def hand_in(browser: Visitor, *entries: dict[str, object], token: str | None = None) -> VendorReply:
    usual = {"device": "pump-1", "metric": "pressure_kpa", "at": NOW}
    body = {
        "token": token_of(browser) if token is None else token,
        "entries": [{**usual, **entry} for entry in entries],
    }
    kind = {"content_type": "application/json"}
    return browser.ask("POST", "/round/entries", json.dumps(body).encode(), kind)


def readings(centre: Centre) -> list[ManualReading]:
    with centre.records.reading() as db:
        return all_rows(db, ManualReading)


def test_the_page_has_the_rooms_in_order_what_is_due_and_no_script_of_its_own(
    centre: Centre,
) -> None:
    reply = browser_of().get("/round?all=1")
    assert re.findall(r"<h2>(.*?)</h2>", reply.text)[:3] == ["CT room", "Cellar", "Without a room"]
    assert "<bdi>menu Service page 2</bdi> · <bdi>accepted: 10 to 30" in reply.text
    assert re.search(r"last .22.6.*1 d ago", reply.text)
    scripts = re.findall(r"<script(?! src| type=\"application/json\")", reply.text)
    assert scripts == []
    assert "'unsafe-inline'" not in reply.headers["content-security-policy"].split("script-src")[1]


def test_what_was_read_today_is_not_due(centre: Centre) -> None:
    browser = browser_of()
    assert hand_in(browser, {"key": "a", "typed": "22.5"}).status == 200
    page = browser.get("/round").text
    section = page[page.index('data-device="pump-1"') : page.index('data-device="pump-3"')]
    assert "Pressure" not in section
    assert "Never read" in section


@pytest.mark.parametrize("name", ["rules", "clock", "round", "worker"])
def test_the_scripts_come_from_here_and_the_worker_may_only_ask_here(
    centre: Centre, name: str
) -> None:
    reply = browser_of().get(f"/round/{name}.js")
    assert reply.headers["content-type"].startswith("text/javascript")
    if name == "worker":
        assert reply.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
        assert reply.headers["service-worker-allowed"] == "../round"


def test_who_may_enter_no_readings_is_told_who_may(centre: Centre) -> None:
    visitor = browser_of(person("manager"))
    assert visitor.get("/round").status == 403
    reply = hand_in(visitor, {"key": "a", "typed": "22.5"})
    assert (reply.status, readings(centre)) == (403, [])
    assert "only" in json.loads(reply.text)["why"]


def test_entries_are_taken_one_by_one_and_once(centre: Centre) -> None:
    browser = browser_of()
    entries: tuple[dict[str, object], ...] = (
        {"key": "a", "typed": "۳۱"},
        {"key": "b", "typed": "225", "device": "pump-2", "metric": "no"},
        {"key": "c", "typed": "13200", "metric": "used_s"},
    )
    for _ in range(2):
        results = json.loads(hand_in(browser, *entries).text)["results"]
        assert [row["state"] for row in results] == ["stored", "refused", "asked"]
        assert results[0]["broken"] == "The pressure is high"
        assert "less than 131000" in results[2]["why"]
    assert [row.value for row in readings(centre)] == [31]


@pytest.mark.parametrize(("stated", "at"), [(2_085_000_000_000, NOW), (0, NOW), (NOW - HOUR, NOW - HOUR)])  # fmt: skip
def test_a_phone_of_1970_or_2036_is_not_believed_and_loses_nothing(
    centre: Centre, stated: int, at: int
) -> None:
    hand_in(browser_of(), {"key": "a", "typed": "22.5", "at": stated})
    [row] = readings(centre)
    with centre.records.reading() as db:
        [entry] = all_rows(db, RoundEntry)
    assert (row.at, entry.stated_at) == (at, None if at == stated else stated)


def test_what_is_not_of_this_browser_or_no_round_is_refused(centre: Centre) -> None:
    browser = browser_of()
    assert hand_in(browser, {"key": "a", "typed": "1"}, token="x").status == 403
    kind = {"content_type": "application/json"}
    for body in (b"", b"[]", b"{", b'{"token": "x", "entries": [{}]}'):
        assert browser.ask("POST", "/round/entries", body, kind).status == 400
    text = {"content_type": "text/plain"}
    assert browser.ask("POST", "/round/entries", b"{}", text).status == 400
    assert readings(centre) == []


def test_a_photo_is_made_small_kept_once_and_shown(centre: Centre) -> None:
    browser, file = browser_of(), BytesIO()
    Image.new("RGB", (3000, 1000), "red").save(file, "JPEG")
    address = f"/round/photos?key=p&device=pump-1&at={NOW}&token={token_of(browser)}"
    kind = {"content_type": "image/jpeg"}
    for _ in range(2):
        assert browser.ask("POST", address, file.getvalue(), kind).status == 200
    with centre.records.reading() as db:
        [kept] = all_rows(db, File)
    shown = browser.get(f"/round/photo/{kept.id}")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    assert f'href="round/photo/{kept.id}"' in browser.get("/round?all=1").text
    for number in ("0", "99", "x", "9" * 30):
        assert browser.get(f"/round/photo/{number}").status == 404


def test_what_is_no_photo_is_refused_in_words(centre: Centre) -> None:
    browser = browser_of()
    kind = {"content_type": "image/jpeg"}
    for content, query in ((b"GIF89a", f"at={NOW}"), (b"", f"at={NOW}"), (b"x", "at=soon")):
        address = f"/round/photos?key=p&device=pump-1&{query}&token={token_of(browser)}"
        reply = browser.ask("POST", address, content, kind)
        assert reply.status == 400
        assert json.loads(reply.text)["why"]


def hidden_of(page: str) -> dict[str, str]:
    pairs = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in pairs}


def test_a_paper_is_typed_in_by_code_and_what_is_wrong_stays_in_its_boxes(centre: Centre) -> None:
    codes = codes_of(series_names(centre.site))
    pressure, used = codes["pump-1", "pressure_kpa", ""], codes["pump-1", "used_s", ""]
    browser = browser_of()
    fields = hidden_of(browser.get("/round/paper").text)
    fields |= {"day": "2026-07-24", "clock": "۰۸:۱۵", "code0": pressure, "value0": "31"}
    fields |= {"code1": used, "value1": "13200", "code2": "11111", "value2": "5"}
    page = browser.post("/round/paper", **fields).text
    assert "1 taken" in page
    assert "Pump one: Pressure 31" in page
    assert "The pressure is high" in page
    assert f'value="{used}"' in page
    assert "is a digit wrong?" in page
    assert f'value="{pressure}"' not in page
    again = {**fields, **hidden_of(page), "sure1": "on"}
    assert "2 taken" in browser.post("/round/paper", **again).text
    rows = readings(centre)
    assert [(row.value, row.at < NOW - DAY) for row in rows] == [(31, True), (13_200, True)]


def test_a_paper_needs_its_day(centre: Centre) -> None:
    browser = browser_of()
    fields = hidden_of(browser.get("/round/paper").text)
    code = codes_of(series_names(centre.site))["pump-1", "pressure_kpa", ""]
    for day, clock in (("", ""), ("2036-01-01", "08:00"), ("1405-05-02", "08:00"), ("2026-07-24", "25:00")):  # fmt: skip
        sent = {**fields, "day": day, "clock": clock, "code0": code, "value0": "<22>"}
        reply = browser.post("/round/paper", **sent)
        assert (reply.status, "&lt;22&gt;" in reply.text) == (400, True)
    assert readings(centre) == []


def test_the_sheet_is_a_pdf(centre: Centre) -> None:
    reply = browser_of().get("/round/sheet.pdf?language=fa")
    assert (reply.status, reply.body[:5]) == (200, b"%PDF-")


def test_the_page_is_in_dari_for_who_reads_dari(centre: Centre) -> None:
    i18n.use_here("fa")
    try:
        page = browser_of().get("/round").text
    finally:
        i18n.use_here("")
    assert '<html lang="fa" dir="rtl">' in page
    assert "دستگاه خاموش است" in page
