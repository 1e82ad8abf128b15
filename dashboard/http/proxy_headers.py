"""For whom a reverse proxy asks. Only proxies that the site file names are believed.

Anybody can write these headers. One kind is believed, not whichever comes: a proxy that writes `X-Forwarded-For`
hands on a `Forwarded` as somebody else wrote it.
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.schema.network import IpAddress, ip_address
from dashboard.http import demo_login

UNKNOWN_SENDER = (
    "unknown_sender"  # in the scope: a proxy asks that is not believed, or does not say for whom
)
_FOREIGN = (b"forwarded", b"x-real-ip", b"x-client-ip", b"true-client-ip")
_PAIR = re.compile(r'\s*(?P<name>[\w-]+)=(?:"(?P<quoted>[^"\\]*)"|(?P<plain>[^\s",;=]+))\s*')
_PORT = re.compile(r"(?P<v6>\[[^\]]+\])(:\d+)?|(?P<v4>[\d.]+):\d+")
_SCHEMES = {"http": {"http": "http", "websocket": "ws"}, "https": {"http": "https", "websocket": "wss"}}  # fmt: skip


class _Hop(NamedTuple):
    """What a proxy says of who asked it; empty where it does not."""

    client: str = ""
    scheme: str = ""
    host: str = ""


class ProxyHeaders:
    """An ASGI application around another: the first, for all others ask who it is that asks."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str], kind: str) -> None:
        self._app = app
        self._proxies = [ipaddress.ip_network(proxy) for proxy in proxies]
        self._hops = _of_forwarded if kind == "forwarded" else _of_x_forwarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it on as if who asked the proxy had asked here."""
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            if client and self._is_proxy(client[0]):
                self._believe(scope, self._hops(Headers(scope=scope)))
            if any(_is_of_a_proxy(name) for name, _ in scope["headers"]):
                # Believed or not, it is not this machine alone that asks.
                is_unknown = scope.get("client") is client
                scope = {**scope, demo_login.LOOPBACK: False, UNKNOWN_SENDER: is_unknown}
            kept = [pair for pair in scope["headers"] if not _is_of_a_proxy(pair[0])]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)

    def _is_proxy(self, address: str) -> bool:
        known = _address(address)
        return known is not None and any(known in network for network in self._proxies)

    def _believe(self, scope: Scope, hops: list[_Hop]) -> None:
        """From the nearest on, for as long as it was a proxy that asked the proxy."""
        for hop in reversed(hops):
            if hop.scheme in _SCHEMES:
                scope["scheme"] = _SCHEMES[hop.scheme][scope["type"]]
            if hop.host:
                others = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
                scope["headers"] = [*others, (b"host", hop.host.encode("latin-1"))]
            client = _address(hop.client)
            if client is None:
                return
            scope["client"] = (str(client), 0)
            if not self._is_proxy(str(client)):
                return


def _of_x_forwarded(headers: Headers) -> list[_Hop]:
    """The nearest proxy's last. Scheme and name are what the nearest says, in whatever number."""
    clients = _listed(headers, "x-forwarded-for")
    scheme = (_listed(headers, "x-forwarded-proto") or [""])[-1].lower()
    host = (_listed(headers, "x-forwarded-host") or [""])[-1]
    return [*(_Hop(client) for client in clients[:-1]), _Hop((clients or [""])[-1], scheme, host)]


def _of_forwarded(headers: Headers) -> list[_Hop]:
    """RFC 7239; what is not written by its rules ends the chain."""
    hops = []
    for element in ",".join(headers.getlist("forwarded")).split(","):
        matches = [_PAIR.fullmatch(part) for part in element.split(";") if part.strip()]
        if not matches or None in matches:
            hops.append(_Hop())
            continue
        pairs = {
            match["name"].lower(): match["quoted"] or match["plain"] or ""
            for match in matches
            if match is not None
        }
        hops.append(_Hop(pairs.get("for", ""), pairs.get("proto", "").lower(), pairs.get("host", "")))  # fmt: skip
    return hops


def _listed(headers: Headers, name: str) -> list[str]:
    return [part.strip() for part in ",".join(headers.getlist(name)).split(",") if part.strip()]


def _address(text: str) -> IpAddress | None:
    """Without its port; None for `unknown`, `_hidden` and nonsense."""
    match = _PORT.fullmatch(text)
    bare = (match["v6"] or match["v4"]).strip("[]") if match else text
    return ip_address(bare)


def _is_of_a_proxy(name: bytes) -> bool:
    """`_` too: some servers make no difference."""
    plain = name.lower().replace(b"_", b"-")
    return plain.startswith(b"x-forwarded-") or plain in _FOREIGN
