"""Servers that refuse everybody and repeat, in their refusal, all that they were told: passwords too."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _EchoingPage(BaseHTTPRequestHandler):
    def _refuse(self) -> None:
        length = int(self.headers.get("Content-Length", 0) or 0)
        body = self.rfile.read(length)
        answer = f"no: {self.path} {self.headers}".encode() + body
        self.send_response(401, "no, not with " + self.path[:200])
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = _refuse  # noqa: N815  as the library calls them

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _EchoingLines(socketserver.StreamRequestHandler):
    """SMTP and IMAP, as far as a password."""

    def handle(self) -> None:
        self.wfile.write(b"220 SMTP\r\n" if self.server.is_smtp else b"* OK IMAP4rev1\r\n")  # type: ignore[attr-defined]
        for raw in self.rfile:
            line = raw.strip()
            tag, _, words = line.partition(b" ")
            if line.upper().startswith(b"EHLO"):
                self.wfile.write(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
            elif words.upper().startswith(b"CAPABILITY"):
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK\r\n")
            elif self.server.is_smtp:  # type: ignore[attr-defined]
                self.wfile.write(b"535 not with " + line + b"\r\n")
            else:
                self.wfile.write(tag + b" NO not with " + line + b"\r\n")


class _Lines(socketserver.ThreadingTCPServer):
    daemon_threads = True
    is_smtp = False


@contextmanager
def echoing_peers() -> Iterator[dict[str, int]]:
    """The ports of `http`, `smtp` and `imap`."""
    servers = {
        "http": ThreadingHTTPServer(("127.0.0.1", 0), _EchoingPage),
        "smtp": _Lines(("127.0.0.1", 0), _EchoingLines),
        "imap": _Lines(("127.0.0.1", 0), _EchoingLines),
    }
    servers["smtp"].is_smtp = True  # type: ignore[attr-defined]
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {name: server.server_address[1] for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
