"""To who reads Dari every page is Dari: no Latin word on it but names, ids, units and kinds of file."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from access import setup_links
from alerts.notification.acknowledge_link import link_to
from core.schema.site import Site
from dashboard.app_pages import __path__ as page_folder
from dashboard.http import (
    account_page,
    acknowledge_page,
    answer_page,
    fault_form,
    fault_state,
    login_page,
    power_page,
    setup_page,
    trust_page,
    vendor_live,
    vendor_page,
)
from dashboard.http.answer_page import answer_address
from dashboard.http.gate import PRINCIPAL
from dashboard.http.middleware import method_refused
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.model import Report
from maintenance.reports.own_process import Figures
from tests.dashboard import hostile_centre
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page
from tests.dashboard.http.vendor_visitor import VendorReply, Visitor
from tests.dashboard.http.vendor_visitor import link_to as vendor_link
from tests.dashboard.people import SARA_HERSELF, sign_in
from tests.dashboard.shown_text import html_texts, page_texts

NAMES = [path.stem for path in sorted(Path(page_folder[0]).glob("[!_]*.py"))]
TYPED = "نوشتهٔ مردم"  # in every field that a person, a device or the site file fills
FOR_PEOPLE = ("/account", "/questions")
READER = replace(SARA_HERSELF, full_name=TYPED)
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)  # a curve of the bundle, which is English
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_.'/-]*[A-Za-z0-9]")
# Names of products and standards, kinds of file, units, currencies, ids of the small centre, and what is typed on a command line.
_ALLOWED = """
Scanward SNMP MQTT DICOM PACS UPS IT VPN TeamViewer EMDN GMDN SHA-256 CA TLS Android iPhone iPad Windows Safari
ZIP PDF PNG JPEG WEBP GIF TXT LOG Excel XLSX CSV svg pdf scanward.crt reply.txt English
Settings Security Encryption and credentials Install a certificate Certificate General Device Management
About Trust Local Machine Trusted Root Certification Authorities
USD mm ms kB MB GB B UTC Asia/Kabul http.public_url backup.folder scanward certificate show user reset NAME
ct-2 mr-1 ups-1 ct-tube siemens-service tube_scan_count line1 line2 x tube error local removed
Sara sara test engine maintenance collect alert maintain dashboard detection series.db records.db records series
files tickets log mail read GSM URL ntfy en
"""
CODE = re.compile("`[^`]*`")  # what a person types as it stands
ALLOWED = frozenset(_ALLOWED.split())


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hostile_centre, "HOSTILE", TYPED)
    path = hostile_centre.build_hostile(tmp_path)
    site = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**site, "language": "fa"}), encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def places(centre: Centre) -> dict[str, str]:
    return hostile_centre.fill(centre, clock())


def clock() -> int:
    return time.time_ns() // 1_000_000


def foreign(texts: Iterator[str]) -> set[str]:
    """The Latin words that should not be there, each with the text in which it stands."""
    return {
        f"{word} in {text[:120]!r}"
        for text in dict.fromkeys(texts)
        for word in LATIN.findall(CODE.sub("", text))
        if word not in ALLOWED
    }


def test_no_page_of_the_menu_has_an_english_word(
    places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_queries, "run_apart", run_here)
    sign_in(monkeypatch, READER)
    wrong = [
        f"{name} {query}: {words}"
        for name, query in menu_pages(places)
        for words in foreign(shown_texts(name, query))
    ]
    assert not wrong, "\n".join(wrong)


def shown_texts(name: str, query: dict[str, object]) -> Iterator[str]:
    """But the list of kinds of device, which is searched in both languages."""
    for text in page_texts(page(name, **query)):
        if not (name == "add_device" and " · " in text):
            yield text


def run_here(job: Figures) -> Report:
    """The figures of a report, without a process of their own."""
    return job.run()


def menu_pages(places: dict[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Each page, and what its address asks for, which may be nothing that there is."""
    queries: dict[str, dict[str, object]] = {
        "order": {"order": places["due"]}, "ticket": {"ticket": places["ticket"]},
        "device": {"device": "ct-2"}, "asset": {"device": "ct-2"}, "rounds": {"device": "ct-2"},
        "search": {"words": TYPED},
    }  # fmt: skip
    yield from ((name, queries.get(name, {})) for name in NAMES)
    yield "order", {"order": places["order"]}
    yield "device", {"device": "mr-1"}
    yield "device", {"device": "ct-2", "span": "رقم", "metric": "رقم"}
    for name, asked in queries.items():
        yield name, dict.fromkeys(asked, "رقم")


def test_no_plain_page_has_an_english_word(centre: Centre, places: dict[str, str]) -> None:
    app = Starlette(
        routes=[
            route
            for module in (
                account_page, acknowledge_page, answer_page, fault_state, fault_form, login_page, power_page,
                setup_page, trust_page, vendor_live, vendor_page,
            )
            for route in module.ROUTES
        ],
        exception_handlers={405: method_refused},
    )  # fmt: skip
    stranger, reader = (
        Visitor("127.0.0.1", app=app, scope={PRINCIPAL: None}),
        Visitor(app=app, scope={PRINCIPAL: READER}),
    )
    wrong = []
    for path in plain_pages(centre, places):
        reply = (reader if path in FOR_PEOPLE else stranger).get(path)
        assert reply.status in (200, 403, 404, 405), path
        assert 'lang="fa" dir="rtl"' in reply.text, path
        wrong += [f"{path}: {words}" for words in foreign(body_of(reply))]
    assert stranger.get("/logout").headers["allow"] == "POST"
    refused = stranger.post("/fault/ct-2", what="", text="")
    assert refused.status == 400
    wrong += foreign(body_of(refused))
    elsewhere = reader.get("/fault/ct-2")
    assert elsewhere.status == 403
    wrong += foreign(body_of(elsewhere))
    assert not wrong, "\n".join(wrong)


def body_of(reply: VendorReply) -> Iterator[str]:
    return html_texts(_DRAWING.sub("", reply.text.partition("</head>")[2]))


def plain_pages(centre: Centre, places: dict[str, str]) -> Iterator[str]:
    """What is opened without Streamlit, by who has an account or a link; and with a wrong one."""
    with centre.change(clock()) as tx:
        setup = setup_links.make_setup_link(tx, "sara")
    vendor = vendor_link(centre, int(places["ticket"]), is_bound=False, language="fa")
    yield from (
        "/login",
        "/account",
        "/power",
        "/trust",
        "/questions",
        f"/setup/{setup}",
        "/setup/x",
    )
    yield from ("/fault/ct-2", "/fault/x", "/fault/state/x", "/ack/x", "/answer/x")
    yield from (vendor, f"{vendor}/live", "/logout")
    yield urlsplit(answer_address(stores.site(), int(places["ticket"]))).path
    yield f"/fault/state/{fault_state.state_token(int(places['reported']))}"
    file = stores.site().file
    http = file.http.model_copy(update={"public_url": "http://x"})
    public = Site(file.model_copy(update={"http": http}), {})
    yield link_to(public, 1, "", clock()).removeprefix("http://x")
