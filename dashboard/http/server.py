"""The web server: Streamlit's pages and the JSON API, on one port."""

import gc
import ipaddress
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from access import setup_links
from access.principal import Author
from core.errors import StoreError
from core.schema.site import Site
from dashboard import forms
from dashboard.http import (
    account_page,
    acknowledge_page,
    answer_page,
    api,
    charts,
    demo_login,
    fault_form,
    fault_state,
    live_state,
    login_page,
    oidc_page,
    power_page,
    round_page,
    round_paper,
    round_sending,
    setup_page,
    trust_page,
    vendor_live,
    vendor_page,
    vendor_questions,
    vendor_resume,
    vendor_upload,
)
from dashboard.http.addresses import Addresses, first_html
from dashboard.http.gate import Gate
from dashboard.http.host_names import OwnNames
from dashboard.http.hurried_protocol import HurriedProtocol
from dashboard.http.middleware import Middleware, method_refused
from dashboard.http.packed_scripts import PackedScripts
from dashboard.http.plain_door import plain_door
from dashboard.http.proxy_headers import ProxyHeaders
from dashboard.queries import stores
from storage.files.process_sign import ProcessSign

if TYPE_CHECKING:
    from dashboard.http.encryption import Encryption

log = logging.getLogger(__name__)

SCRIPT = (
    Path(__file__).parents[1] / "streamlit_app.py"
)  # its neighbour .streamlit/ holds the settings
# Open pages hold a websocket for ever; they are closed after this when the server is told to stop.
PATIENCE_S = 2
NOTE_EVERY_S = 10  # that the server is there, and looks after its connections


def app(site_path: Path, names: Iterable[str] = ()) -> ASGIApp:
    """The whole dashboard of one site as an ASGI application. One per process.

    `names` are what it may be called besides the names and addresses of this machine.
    """
    os.environ[stores.SITE_VARIABLE] = str(site_path.absolute())
    first = first_html()
    routes = [
        *api.ROUTES,
        *fault_form.ROUTES,
        *fault_state.ROUTES,
        *acknowledge_page.ROUTES,
        *power_page.ROUTES,
        *round_page.ROUTES,
        *round_paper.ROUTES,
        *round_sending.ROUTES,
        *live_state.ROUTES,
        *charts.ROUTES,
        *login_page.ROUTES,
        *oidc_page.ROUTES,
        *setup_page.ROUTES,
        *account_page.ROUTES,
        *vendor_page.ROUTES,
        *vendor_live.ROUTES,
        *vendor_questions.ROUTES,
        *answer_page.ROUTES,
        *vendor_upload.ROUTES,
        *vendor_resume.ROUTES,
        *trust_page.ROUTES,
        *first.routes,
    ]
    pages = PackedScripts(
        st.App(SCRIPT, routes=routes, exception_handlers={**api.REFUSALS, 405: method_refused})
    )
    inside = Middleware(pages, OwnNames(names), Addresses(routes), Gate(routes), first.digests)
    return api.ProblemAnswers(inside)


def serve(site: Site, site_path: Path, port: int, address: str) -> None:
    """Serve until SIGTERM or Ctrl-C; returns then, within three seconds."""
    http = site.file.http
    application: ASGIApp = ProxyHeaders(
        app(site_path, names_of(site, address)), http.proxies, http.proxy_headers
    )
    if _is_here(address):
        application = _marked_as_here(application)
    _offer_setup(site, address, port)
    _end_live_values()
    encryption = _encryption(site, address)
    sign = ProcessSign(site.processes_path, "dashboard", stores.now)
    config = uvicorn.Config(
        application,
        host=address,
        port=port,
        http=HurriedProtocol,
        ws="websockets-sansio",
        ws_ping_interval=30,
        ws_ping_timeout=30,
        timeout_graceful_shutdown=PATIENCE_S,
        log_config=None,  # Scanward's own logging stays as it is
        log_level="warning",
        proxy_headers=False,  # it would believe any process of this machine
        server_header=False,
        callback_notify=partial(run_in_threadpool, sign.note),
        timeout_notify=NOTE_EVERY_S,
        ssl_context_factory=(lambda *_: encryption.context) if encryption else None,
    )
    own_names = OwnNames(names_of(site, address))
    log.info("dashboard of %s on %s://%s:%d", site.file.name, _scheme(site), address, port)
    refreshing = encryption.refreshing() if encryption else nullcontext()
    door = plain_door(application, own_names, http, port, address)
    gc.collect()
    gc.freeze()  # code and catalogues stay for ever: not looked through again and again
    with sign, _quiet_stop(), refreshing, door:
        uvicorn.Server(config).run()


def _encryption(site: Site, address: str) -> "Encryption | None":
    """What TLS needs, which is loaded where it is used only."""
    if site.file.http.tls is None:
        return None
    from dashboard.http.encryption import Encryption

    return Encryption(site, address, stores.now)


def _scheme(site: Site) -> str:
    return "http" if site.file.http.tls is None else "https"


def names_of(site: Site, address: str) -> list[str]:
    """What the dashboard may be called: its address, its names, and that in the links of messages."""
    public = urlsplit(site.file.http.public_url or "").hostname
    return [address, *site.file.http.names, *([public] if public else [])]


def _marked_as_here(application: ASGIApp) -> ASGIApp:
    """It knows that nobody but this machine reaches it."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        scope[demo_login.LOOPBACK] = True
        await application(scope, receive, send)

    return marked


def _offer_setup(site: Site, address: str, port: int) -> None:
    """Where nobody can sign in yet, the log has a link for the first person."""
    if site.file.access.demo and _is_here(address):
        return
    try:
        with forms.writing(Author("dashboard", frozenset({"manage people"}))) as tx:
            secret = setup_links.make_first_link(tx)
    except StoreError as error:
        log.warning("nobody knows whether there are people: %s", error)
        return
    if secret is not None:
        top = site.file.http.public_url or f"{_scheme(site)}://{_spoken(address)}:{port}"
        log.warning("nobody can sign in yet: open %s/setup/%s within a day", top, secret)


def _end_live_values() -> None:
    """A supplier who looked at live values before the restart asks again."""
    try:
        vendor_live.end_open_windows()
    except StoreError as error:
        log.warning("nobody knows whether a supplier sees live values: %s", error)


def _spoken(address: str) -> str:
    """A name under which a browser finds it."""
    if address in ("0.0.0.0", "::"):  # noqa: S104  it is compared, not listened on
        return socket.gethostname()
    return f"[{address}]" if ":" in address else address


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@contextmanager
def _quiet_stop() -> Iterator[None]:
    """Being told to stop is no error: uvicorn stops, then raises the signal again, to deaf ears."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
