"""Words of strangers stay words: in Chromium on every page and in every file that it shows, and in a spreadsheet."""

import csv
import io
import smtplib
import time
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from alerts.channels.apprise import AppriseSender
from alerts.channels.base import Notification
from alerts.notification.acknowledge_link import link_to
from core.schema.site import Site
from core.time.calendars import month_of
from core.time.clock import DAY
from dashboard.app_pages import __path__ as page_folder
from dashboard.http.answer_page import answer_address
from dashboard.http.fault_state import state_token
from dashboard.queries import stores
from dashboard.views.audit import audit_csv
from maintenance.assets.columns import SHEETS
from maintenance.assets.register import export_assets
from maintenance.reports.make import make, render
from maintenance.reports.model import Format, Kind
from maintenance.tickets.diagnostics import DiagnosticsRequest, make_bundle
from storage.records import Audit
from storage.series import SeriesReader
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, serving
from tests.dashboard.hostile_centre import CANARY, HOSTILE, build_hostile, fill, unlisted_fields
from tests.dashboard.people import signed_in_page

DRAWN = "[data-testid=stApp][data-test-script-state=notRunning] [data-testid=stMain] .stElementContainer"
NAMES = [path.stem for path in sorted(Path(page_folder[0]).glob("[!_]*.py"))]
SHOW_THE_WORDS = {"/", *(f"/{name}" for name in NAMES if name != "fleet")}
ON_PURPOSE = {"meta-refresh"}  # the plan of a power cut is true for seconds, and has no script
# Of what the words were not to become: an address that leads away or runs, a handler, a frame, an error.
HARM = """() => {
  const isOurs = (text) => { // an address here, with the words encoded in its query
    const address = URL.canParse(text, document.baseURI) && new URL(text, document.baseURI);
    return address && /^https?:$/.test(address.protocol) && address.origin === location.origin;
  };
  return [...document.querySelectorAll('*')].flatMap(node => [
  ...(['IFRAME', 'OBJECT', 'EMBED'].includes(node.tagName) ? [node.outerHTML] : []),
  ...(node.dataset.testid === 'stException' ? [node.innerText] : []),
  ...[...node.attributes].filter(a => a.name.startsWith('on')
     || (['href', 'src', 'action', 'formaction', 'srcdoc', 'xlink:href'].includes(a.name)
         && !/^(mailto|tel):/.test(a.value) && /javascript:|canary/i.test(a.value)
         && (a.name === 'srcdoc' || !isOurs(a.value))))
     .map(a => `${a.name}=${a.value} in ${node.parentElement?.outerHTML.slice(0, 300)}`),
])}"""


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build_hostile(tmp_path)
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def places(centre: Centre) -> dict[str, str]:
    return fill(centre, clock())


@pytest.fixture
def served(centre: Centre, places: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    with serving(centre, tmp_path) as served:
        served.cookie = places["cookie"]
        yield served


class Watch:
    """A page of a browser, and what happened in it that should not."""

    def __init__(self, page: Page, own: str) -> None:
        self.page, self.harm = page, list[str]()
        self.seen = set[str]()  # the paths of pages on which the words stand
        page.expose_function("pwned", lambda: self.harm.append(f"{page.url}: a script ran"))
        page.on("dialog", lambda dialog: self.harm.append(dialog.message))
        page.on("request", lambda request: self._note_request(request.url, own))
        page.on("console", lambda m: self.harm.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.harm.append(str(error)))

    def _note_request(self, url: str, own: str) -> None:
        if not url.startswith((own, "data:", "blob:", "file:", "about:")):
            self.harm.append(f"{self.page.url} asked for {url}")

    def look(self) -> None:
        """At what is there now."""
        if "=cmd|" in self.page.inner_text("body"):
            self.seen.add(urlsplit(self.page.url).path)
        self.harm += [f"{self.page.url}: {harm}" for harm in self.page.evaluate(HARM)]


def clock() -> int:
    return time.time_ns() // 1_000_000


def test_nobody_forgot_a_field_of_the_records() -> None:
    assert unlisted_fields() == []


@pytest.mark.servers
def test_no_text_becomes_more_than_text_on_any_page(
    browser: Browser, centre: Centre, served: Served, places: dict[str, str], tmp_path: Path
) -> None:
    page = signed_in_page(browser, served)
    watch = Watch(page, served.url)
    for path in _streamlit_pages(places):
        page.goto(served.url + path)
        page.locator(DRAWN).first.wait_for()
        if urlsplit(path).path in SHOW_THE_WORDS and CANARY not in path:
            expect(page.locator("body")).to_contain_text(
                "=cmd|", use_inner_text=True
            )  # drawn by now
        watch.look()
        _open_all(watch)
    for path in _plain_pages(places):
        reply = page.goto(served.url + path)
        assert reply is not None
        assert reply.status == 200, path
        watch.look()
    for file in _html_files(centre, tmp_path):
        page.goto(file.as_uri())
        assert "=cmd|" in page.content(), file.name
        watch.look()
    page.close()
    assert list(dict.fromkeys(watch.harm)) == []
    assert watch.seen >= SHOW_THE_WORDS


@pytest.mark.servers
def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, served: Served, places: dict[str, str]
) -> None:
    """Pages that hold something of everything: contrast, names of buttons and fields, headings, tables."""
    page = signed_in_page(browser, served)
    found: dict[str, str] = {}
    streamlits = _streamlit_pages(places)
    for path in [*streamlits, *_plain_pages(places)]:
        page.goto(served.url + path)
        if path in streamlits:
            page.locator(DRAWN).first.wait_for()
        for violation in Axe().run(page).response["violations"]:
            is_grave = violation["impact"] in ("serious", "critical")
            if is_grave and violation["id"] not in ON_PURPOSE:
                where = violation["nodes"][0]["html"][:200]
                found.setdefault(violation["id"], f"{urlsplit(path).path}: {where}")
    page.close()
    assert found == {}


def _streamlit_pages(places: dict[str, str]) -> list[str]:
    """Each page, and what an address asks for."""
    queries = {
        "order": ("order", places["order"]), "ticket": ("ticket", places["ticket"]),
        "device": ("device", "ct-2"), "asset": ("device", "ct-2"), "rounds": ("device", "ct-2"),
        "search": ("words", "cmd"), "limit": ("device", "ct-2"),
    }  # fmt: skip
    paths = [
        f"/{name}?{'='.join(queries[name])}" if name in queries else f"/{name}" for name in NAMES
    ]
    paths[paths.index("/fleet")] = "/"
    paths += [f"/order?order={places[name]}" for name in ("due", "reported")]
    paths += ["/device?device=mr-1", "/device?device=ups-1"]
    wrong = f"[c](http://{CANARY}/l)![b](http://{CANARY}/m)"
    return paths + [f"/{name}?{queries[name][0]}={wrong}" for name in queries]


def _open_all(watch: Watch) -> None:
    """What lies behind a button that opens, and what a chart says below the pointer."""
    for button in watch.page.get_by_test_id("stPopover").get_by_role("button").all():
        if button.is_enabled():
            button.click()
            watch.page.get_by_test_id("stPopoverBody").wait_for()
            watch.look()
            watch.page.keyboard.press("Escape")
            watch.page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    chart = watch.page.locator(".sw-chart:has(canvas)")
    if chart.count():
        chart.first.locator(".sw-chart-plot").hover()
        chart.first.get_by_role("button", name="as a table").click()
        watch.look()


def _plain_pages(places: dict[str, str]) -> list[str]:
    return [
        *("/account", "/power", "/fault/ct-2", f"/fault/state/{state_token(int(places['reported']))}"),
        f"/vendor/{places['link']}",
        f"/vendor/{places['link']}/live",
        *("/round?all=1", "/round/paper"),
        "/questions",
        urlsplit(answer_address(stores.site(), int(places["ticket"]))).path,
        _acknowledge_path(),
    ]  # fmt: skip


def _acknowledge_path() -> str:
    file = stores.site().file
    http = file.http.model_copy(update={"public_url": "http://x"})
    public = Site(file.model_copy(update={"http": http}), {})
    return link_to(public, 1, "", clock()).removeprefix("http://x")


def _html_files(centre: Centre, folder: Path) -> Iterator[Path]:
    """Each report, the page of a bundle, and a message as a mail program shows it."""
    for kind in get_args(Kind):
        [page] = _report(centre, kind, "html")
        yield _written_file(folder / f"{kind}.html", page)
    with zipfile.ZipFile(io.BytesIO(_bundle(centre))) as bundle:
        yield _written_file(folder / "bundle.html", bundle.read("index.html"))
    yield _written_file(folder / "mail.html", _mail().encode())


def _written_file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _report(centre: Centre, kind: Kind, *forms: Format) -> list[bytes]:
    now = clock()
    with centre.records.reading() as db:
        month = month_of(now, centre.site.zone, "gregorian")
        report, locale = make(
            db, centre.site, SeriesReader(centre.site.series_path), kind, month, "en", now
        )
    return [render(report, locale, form) for form in forms]


def _bundle(centre: Centre) -> bytes:
    now = clock()
    request = DiagnosticsRequest("ct-2", DAY, ticket_id=1)
    series = SeriesReader(centre.site.series_path)
    return make_bundle(centre.site, series, centre.records, request, now).archive.data


def _mail() -> str:
    """The HTML of an alert that apprise sends by mail."""
    sent: list[str] = []

    class Line:
        def __init__(self, *_: object, **__: object) -> None: ...
        def sendmail(self, _sender: str, _to: object, body: str) -> None:
            sent.append(body)

        def __getattr__(self, _name: str) -> Callable[..., None]:
            return lambda *_, **__: None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtplib, "SMTP", Line)
        sender = AppriseSender("mailto://user:secret@mail.example/?to=a@example.org&format=html")
        sender.send(Notification(1, "error", False, HOSTILE, HOSTILE))
    mail = message_from_string(sent[0], policy=default)
    body = mail.get_body(("html", "plain"))
    assert body is not None
    assert body.get_content_type() == "text/html"
    return str(body.get_content())


def test_no_text_becomes_a_formula_or_a_link_in_a_file(
    centre: Centre, places: dict[str, str]
) -> None:
    assert places
    for kind in get_args(Kind):
        workbook, document = _report(centre, kind, "xlsx", "pdf")
        book = openpyxl.load_workbook(io.BytesIO(workbook))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(str(cell.value).startswith("=cmd|") for cell in cells), kind
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == [], kind
        assert [
            word for word in (b"/URI", b"/JavaScript", b"/JS", b"/Launch") if word in document
        ] == []
    with centre.records.reading() as db:
        book = openpyxl.load_workbook(io.BytesIO(export_assets(db, centre.site, "a.xlsx")[0]))
        assert [
            cell
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ] == []
        tables = [export_assets(db, centre.site, "a.csv", sheet)[0] for sheet in SHEETS]
        tables.append(audit_csv(db.query(Audit).all(), centre.site.zone))
    with zipfile.ZipFile(io.BytesIO(_bundle(centre))) as bundle:
        tables += [bundle.read(name) for name in bundle.namelist() if name.endswith(".csv")]
    texts = [
        cell
        for table in tables
        for row in csv.reader(io.StringIO(table.decode("utf-8-sig")))
        for cell in row
    ]
    assert sum("=cmd|" in cell for cell in texts) > 50
    assert [cell for cell in texts if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
