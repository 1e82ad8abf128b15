"""One GET of a page: bounded in time and size, and what came of a broken answer is kept. Blocks."""

import base64
import http.client
import socket
import ssl
import time
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from collectors.polling.load import OUR_OWN_LACK, OverloadedError
from collectors.tls_context import client_context
from core.errors import ConfigError, SourceError
from core.schema.sources.prometheus import PrometheusSource
from core.schema.tls import TlsFiles

# Of a page, unpacked. A busy Prometheus server's own is 1 MB; a page is not a backup.
LARGEST_PAGE = 16 << 20
_CHUNK = 1 << 16
_ACCEPT = "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5"
_OK, _TOO_MANY = 200, 429
_REFUSED = {
    401: "it wants another user, password or token: check `user` and `password`, or `token`",
    403: "this user or token may not read the page, or this machine's address may not: ask who runs it",
    404: "there is no such page: check the path in `url`",
}


class FetchedPage(NamedTuple):
    """What came. `fault` says what is lacking at its end; empty: it is whole."""

    body: bytes
    content_type: str
    fault: str
    response_ms: float  # to the end of the answer


@dataclass
class PageRequest:
    """A question that can be cut by another thread."""

    source: PrometheusSource
    _line: socket.socket | None = field(default=None, init=False)
    _is_cut: bool = field(default=False, init=False)

    def cut(self) -> None:
        """Whoever waits for the answer waits no longer."""
        self._is_cut = True
        if self._line is not None:
            with suppress(OSError):  # it has ended by itself
                self._line.shutdown(socket.SHUT_RDWR)

    def run(self) -> FetchedPage:
        """The page. SourceError says why there is none."""
        began = time.monotonic()
        headers = self._headers()
        connection = _connection(self.source)
        try:
            connection.connect()
            # http.client forgets the socket of an answer that ends with its connection.
            self._line = line = connection.sock
            if self._is_cut:
                raise SourceError(f"{self.source.url}: the question was given up")
            connection.request("GET", urlsplit(self.source.url).path or "/", headers=headers)
            with closing(connection.getresponse()) as answer:
                _check(self.source, answer)
                body, fault = _read(answer, line, began + self.source.timeout / 1000)
                content_type = answer.headers.get("Content-Type", "")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise unreachable(self.source, error) from None
        finally:
            connection.close()
        return FetchedPage(body, content_type, fault, (time.monotonic() - began) * 1000)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip", "User-Agent": "scanward"}
        try:
            if self.source.token is not None:
                headers["Authorization"] = f"Bearer {self.source.token.reveal()}"
            elif self.source.user is not None and self.source.password is not None:
                pair = f"{self.source.user}:{self.source.password.reveal()}".encode()
                headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        except ConfigError as error:
            raise SourceError(f"{self.source.url}: {error}", permanent=True) from None
        return headers


def _connection(source: PrometheusSource) -> http.client.HTTPConnection:
    url = urlsplit(source.url)
    timeout_s = source.timeout / 1000
    assert url.hostname is not None  # the model has checked it
    if url.scheme == "http":
        return http.client.HTTPConnection(url.hostname, url.port, timeout=timeout_s)
    context = client_context(source.tls or TlsFiles())
    return http.client.HTTPSConnection(url.hostname, url.port, timeout=timeout_s, context=context)


def _check(source: PrometheusSource, answer: http.client.HTTPResponse) -> None:
    status = answer.status
    if status == _OK:
        return
    if 300 <= status < 400:
        place = urlsplit(answer.headers.get("Location", "")).netloc[:80]
        where = f" to {place!r}" if place else ""
        text = f"{source.url} sends elsewhere{where}: set `url` to where the page is"
        raise SourceError(text, permanent=True)
    why = _REFUSED.get(status, f"it answers with the status {status}")
    is_permanent = 400 <= status < 500 and status != _TOO_MANY
    raise SourceError(f"{source.url}: {why}", permanent=is_permanent)


def _read(
    answer: http.client.HTTPResponse, line: socket.socket, deadline: float
) -> tuple[bytes, str]:
    """The unpacked body as far as it came, and what is wrong with its end."""
    unpack = _Unpacker(answer.headers.get("Content-Encoding", ""))
    promised = answer.length
    count = 0
    try:
        while chunk := answer.read1(_CHUNK):
            count += len(chunk)
            unpack.feed(chunk)
            if len(unpack.body) > LARGEST_PAGE:
                return bytes(unpack.body[:LARGEST_PAGE]), "it is larger than 16 MB"
            if time.monotonic() > deadline:
                return bytes(unpack.body), "its end did not come in time"
            line.settimeout(max(deadline - time.monotonic(), 0.001))
    except TimeoutError:
        return bytes(unpack.body), "its end did not come in time"
    except (OSError, http.client.HTTPException, ValueError):
        return bytes(unpack.body), "the connection broke before its end"
    except zlib.error:
        return bytes(unpack.body), "it is packed, and broken"
    is_short = (promised is not None and count < promised) or not unpack.is_whole
    return bytes(unpack.body), "the connection broke before its end" if is_short else ""


class _Unpacker:
    """Takes a body as it comes; no more of it is unpacked than may be."""

    def __init__(self, encoding: str) -> None:
        self.body = bytearray()
        is_packed = encoding.strip().lower() in ("gzip", "x-gzip")
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if is_packed else None

    @property
    def is_whole(self) -> bool:
        """Nothing of a packed body is lacking."""
        return self._gzip is None or self._gzip.eof

    def feed(self, chunk: bytes) -> None:
        """Add what came."""
        if self._gzip is None:
            self.body += chunk
        else:
            room = max(LARGEST_PAGE + 1 - len(self.body), 1)
            self.body += self._gzip.decompress(self._gzip.unconsumed_tail + chunk, room)


def unreachable(source: PrometheusSource, error: Exception) -> SourceError:
    """Why there was no answer at all."""
    url = source.url
    match error:
        case OSError(errno=int(number), strerror=reason) if number in OUR_OWN_LACK:
            return OverloadedError(f"cannot ask {url}: {reason}")
        case ssl.SSLCertVerificationError():
            text = f"its certificate is not accepted ({error.verify_message}): check `tls.ca`, the name in `url`"
            return SourceError(f"{url}: {text} and this machine's clock", permanent=True)
        case ssl.SSLError(reason=reason):
            text = f"TLS failed ({reason}): check http or https in `url`, and `tls`"
            return SourceError(f"{url}: {text}", permanent=True)
        case socket.gaierror():
            text = "its name is not known: check `url` and the name server"
        case ConnectionRefusedError():
            text = "nothing listens there: the program is off, or the port in `url` is another"
        case TimeoutError():
            text = "no answer in time"
        case http.client.RemoteDisconnected():
            text = "it closes the connection without an answer"
        case OSError(strerror=str(reason)):
            text = f"the connection broke: {reason}"
        case http.client.BadStatusLine() | http.client.LineTooLong() | ValueError():
            return SourceError(f"{url}: it does not speak HTTP there: check `url`", permanent=True)
        case _:
            text = "the connection broke"
    return SourceError(f"{url}: {text}")
