"""Scripts and styles are sent packed: a third of their size, which over a thin line is most of a first page.

What Streamlit's application answers it packs by itself, but not the files of its folder `static`.
"""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SUFFIXES = (".js", ".css")
_LEVEL = 6  # higher levels gain little and take twice as long


class PackedScripts:
    """ASGI around what serves them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=1_000, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._packing if _is_packed(scope) else self._app)(scope, receive, send)


def _is_packed(scope: Scope) -> bool:
    """A whole script or style; of a part (`Range`) the bytes are counted as they lie."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    is_part = any(name == b"range" for name, _ in scope["headers"])
    return str(scope["path"]).endswith(_SUFFIXES) and not is_part
