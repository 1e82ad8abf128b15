"""A tiny HTTP server that gives the one answer it was told: for failures a real one rarely shows."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from core.schema.storage import Influx
from storage.influx.client import InfluxClient


@dataclass
class Answer:
    """What is said to everybody."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    slow_s: float = 0
    cut: bool = False  # promise more than is sent
    url: str = ""
    asked: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)

    def client(self, **more: object) -> InfluxClient:
        """A client that talks to it."""
        settings = {"url": self.url, "bucket": "scanward", "timeout": "1s", **more}
        return InfluxClient(Influx.model_validate(settings))


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever was too slow found the caller gone: that was the test."""


@contextmanager
def answering(answer: Answer) -> Iterator[Answer]:
    """The server; `answer` may be changed meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer.asked.append(self.path)
            answer.authorizations.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            time.sleep(answer.slow_s)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body) + 100 * answer.cut))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.cut

        do_POST = do_GET  # noqa: N815  http.server's name

        def log_message(self, *_: object) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    answer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield answer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
