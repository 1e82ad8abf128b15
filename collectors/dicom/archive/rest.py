"""GET from a web server that a PACS has, over one connection that is kept; failures in words.

Blocks, so it belongs in a thread; `cut` from another thread ends whatever it waits for.
"""

import base64
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from collectors.dicom.common.tls import client_context
from core.errors import ConfigError, SourceError
from core.schema.dicom import DicomTls
from core.schema.sources.pacs import PacsSource

LARGEST = 64 * 1024 * 1024  # bytes of an answer: a page of a thousand series has one or two million
_CHUNK = 65536
_MOST_TIMEOUTS = 10  # time-outs that a whole answer may take: one that drips has an end too
_TRIES = 2  # a kept connection may have been closed meanwhile
_STATUSES: Mapping[int, tuple[str, bool]] = {
    401: ("wants another user and password, or a token", True),
    403: ("does not let this user in", True),
    407: ("a proxy between wants a password", True),
    429: ("has too many questions to answer just now", False),
}


class StatusError(SourceError):
    """It answered, with a status that is no success."""

    def __init__(self, text: str, status: int, *, permanent: bool) -> None:
        super().__init__(text, permanent=permanent)
        self.status = status


class RestAnswer(NamedTuple):
    """A JSON answer, None if it was empty, and whether the server says that there is more of it."""

    content: object
    is_limited: bool


class RestClient:
    """The web server at the entry's `url`. SourceError says what is wrong with it."""

    def __init__(self, entry: PacsSource) -> None:
        assert entry.url is not None
        self._url = urlsplit(entry.url)
        self._entry = entry
        self._connection: http.client.HTTPConnection | None = None
        self._is_cut = False

    @property
    def address(self) -> str:
        """`http://pacs.example:8042`."""
        return f"{self._url.scheme}://{self._url.netloc}"

    def get(self, *path: str, accept: str = "application/json", **query: str) -> RestAnswer:
        """`/studies/<uid>/series?limit=10` is `get("studies", uid, "series", limit="10")`."""
        body, is_limited = self._body(path, accept, query)
        return RestAnswer(self._json(body), is_limited)

    def text(self, *path: str) -> str:
        """A short answer that is no JSON."""
        return self._body(path, "*/*", {})[0].decode(errors="replace")

    def _body(
        self, path: Sequence[str], accept: str, query: Mapping[str, str]
    ) -> tuple[bytes, bool]:
        words = "/".join(quote(part, safe="") for part in path)
        target = f"{self._url.path.rstrip('/')}/{words}"
        if query:
            target += f"?{urlencode(query, safe=',')}"
        for attempt in range(_TRIES):
            try:
                return self._fetched(target, accept)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
                self.close()
                if attempt + 1 == _TRIES:
                    raise SourceError(f"{self.address} closes the connection") from error
            except (OSError, http.client.HTTPException) as error:
                self.close()
                raise self._failed(error) from None
        raise AssertionError

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def cut(self) -> None:
        """From another thread: whoever waits, waits no longer."""
        self._is_cut = True
        connection = self._connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it had ended already

    def _fetched(self, target: str, accept: str) -> tuple[bytes, bool]:
        if self._is_cut:
            raise SourceError(f"{self.address}: the question was given up")
        if self._connection is None:
            self._connection = self._connected()
        headers = {"Accept": accept, "User-Agent": "scanward", **self._authorization()}
        self._connection.request("GET", target, headers=headers)
        answer = self._connection.getresponse()
        body = self._all_of(answer)
        if answer.status not in (200, 204, 206):
            raise self._refused(answer.status)
        warnings = answer.headers.get_all("Warning", [])
        is_limited = answer.status == 206 or any(line.startswith("299") for line in warnings)
        return body, is_limited

    def _all_of(self, answer: http.client.HTTPResponse) -> bytes:
        """The body, part by part, because a time-out is of each part alone."""
        stated = answer.length  # None: in chunks, or until the connection closes
        body, deadline = bytearray(), time.monotonic() + _MOST_TIMEOUTS * self._entry.timeout / 1000
        while len(body) != stated and (part := answer.read1(_CHUNK)):
            body += part
            if len(body) > LARGEST:
                self.close()
                raise SourceError(
                    f"{self.address} answers with more than {LARGEST >> 20} MB at once"
                )
            if time.monotonic() > deadline:
                raise TimeoutError
        answer.close()
        if stated is not None and len(body) < stated:
            raise http.client.RemoteDisconnected("the body is shorter than stated")
        return bytes(body)

    def json_body(self, *path: str, accept: str) -> bytes:
        """A JSON answer as it comes, for a reader of its own."""
        return self._body(path, accept, {})[0]

    def _json(self, body: bytes) -> object:
        text = body.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            return None
        try:
            content: object = json.loads(text)
        except (ValueError, RecursionError):
            what = "a web page" if text.startswith(b"<") else "something that is no JSON"
            hint = "check `url`, and whether it wants a login"
            raise SourceError(
                f"{self.address} answers with {what}: {hint}", permanent=True
            ) from None
        return content

    def _connected(self) -> http.client.HTTPConnection:
        host, timeout = self._url.hostname or "", self._entry.timeout / 1000
        if self._url.scheme == "https":
            context = client_context(self._entry.tls or DicomTls())
            return http.client.HTTPSConnection(
                host, self._url.port, timeout=timeout, context=context
            )
        return http.client.HTTPConnection(host, self._url.port, timeout=timeout)

    def _authorization(self) -> dict[str, str]:
        """Read at each question, so that a secret that was changed needs no restart."""
        entry = self._entry
        try:
            if entry.token is not None:
                return {"Authorization": f"Bearer {entry.token.reveal()}"}
            if entry.user is not None and entry.password is not None:
                pair = f"{entry.user}:{entry.password.reveal()}".encode()
                return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        except ConfigError as error:
            raise SourceError(str(error), permanent=True) from None
        return {}

    def _refused(self, status: int) -> StatusError:
        """Never the body: it may quote what was asked for, or who."""
        text, permanent = _STATUSES.get(status, (f"answers with the status {status}", False))
        return StatusError(f"{self.address} {text}", status, permanent=permanent)

    def _failed(self, error: Exception) -> SourceError:
        if self._is_cut:
            return SourceError(f"{self.address}: the question was given up")
        match error:
            case ssl.SSLCertVerificationError():
                text = f"its certificate is not accepted ({error.verify_message}): check `tls.ca`"
                return SourceError(f"{self.address}: {text}", permanent=True)
            case ssl.SSLError():
                return SourceError(f"{self.address} does not speak TLS there", permanent=True)
            case TimeoutError():
                return SourceError(f"no answer from {self.address} in time")
            case ConnectionRefusedError():
                return SourceError(f"nothing listens at {self.address}")
            case socket.gaierror():
                return SourceError(f"the name in {self.address} is not known: check `url`")
            case OSError(strerror=str(reason)):
                return SourceError(f"{self.address} cannot be reached: {reason}")
        return SourceError(f"{self.address} speaks, but no proper HTTP")
