"""Which addresses there are. Streamlit would answer any other with its first page."""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope
from streamlit import file_util

from dashboard import i18n
from dashboard.http.look import html_tag

PAGES = Path(__file__).parents[1] / "app_pages"
FIRST_PAGE = "fleet"  # at `/`

_STREAM = "/_stcore/stream"
_STREAMLITS = ("/_stcore/health", "/_stcore/host-config", _STREAM)
_STREAMLITS_FOLDERS = (
    "/_stcore/upload_file/",
    "/_stcore/bidi-components/",
    "/component/",
    "/media/",
)

# Streamlit's page looks for its server below its own address first, then at the root: two errors in
# the browser's list for each link. Relative, because a proxy may keep Scanward below a path.
_WHERE = "<script>window.__streamlit={BACKEND_BASE_URL:new URL('.',location.href).href}</script>"
# Light or dark, as chosen on /account: Streamlit looks for it in its own memory of the browser.
_LOOK = """<script>(() => {
  const name = `stActiveTheme-${location.pathname}-v2`, { look } = document.documentElement.dataset;
  try {
    if (look) localStorage.setItem(name, JSON.stringify({ light: "Light", dark: "Dark" }[look]));
    else localStorage.removeItem(name);
  } catch { /* a browser that remembers nothing: as the device is set */ }
})()</script>"""
_LIVE, _KEYBOARD = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("live.js", "keyboard.js")
)
_BEGINNING, _TAG = "<script", '<html lang="en">'
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class FirstHtml:
    """The HTML with which each of Streamlit's pages begins, and the digests of the scripts in it."""

    def __init__(self, html: str) -> None:
        ours = f"{_WHERE}{_LOOK}<script>{_LIVE}</script><script>{_KEYBOARD}</script>"
        html = html.replace(_BEGINNING, ours + _BEGINNING, 1)
        self.digests = [digest(script) for script in _INLINE.findall(html)]
        self._before, self._after = html.split(_TAG)

    def show(self, _request: Request) -> Response:
        """The same for each page but for the reader's language: what is on it comes by the websocket."""
        html = self._before + html_tag(i18n.language()) + self._after
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    @property
    def routes(self) -> list[Route]:
        """A route a page."""
        names = sorted(path.stem for path in PAGES.glob("[!_]*.py"))
        return [Route("/" if name == FIRST_PAGE else f"/{name}", self.show) for name in names]


class Addresses:
    """Every address that leads somewhere: our own routes, and what Streamlit needs."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes
        static = Path(file_util.get_static_dir())
        files = (path.relative_to(static) for path in static.rglob("*") if path.is_file())
        self._assets = {f"/{path.as_posix()}" for path in files} - {"/index.html"}

    def has(self, scope: Scope) -> bool:
        """Does this lead somewhere? A slash at its end is taken away by Streamlit."""
        path: str = scope["path"]
        if scope["type"] == "websocket":
            return path == _STREAM
        if self.is_asset(scope) or path in _STREAMLITS or path.startswith(_STREAMLITS_FOLDERS):
            return True
        if len(path) > 1 and path.endswith("/") and not path.endswith("//"):
            scope = {**scope, "path": path[:-1]}
        return any(route.matches(scope)[0] is not Match.NONE for route in self._routes)

    def is_asset(self, scope: Scope) -> bool:
        """Is it a file of Streamlit, the same in every installation?"""
        return scope["type"] == "http" and scope["path"] in self._assets


def first_html() -> FirstHtml:
    """Streamlit's, as installed, with our scripts."""
    return FirstHtml((Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8"))


def is_for_programs(path: str) -> bool:
    """Is it in the API, however many slashes stand before it? What is wrong there is said in JSON."""
    return path.lstrip("/").partition("/")[0] == "api"


def digest(script: str) -> str:
    """As a content security policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
