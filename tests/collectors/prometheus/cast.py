"""A program's page, as a test says; a device that has one; and what came of it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from collectors.base import Source
from collectors.prometheus import sources
from core.readings import Batch, Event, Reading
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Device, Site, SiteFile
from core.schema.sources.prometheus import PrometheusMap, PrometheusSource, PrometheusValue
from tests.support.ports import free_port

T0 = 1_790_000_000_000
MOST_POLLS = 5
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

METRICS = {
    "studies_count": Metric(title="Studies", kind="counter"),
    "jobs_pending_count": Metric(title="Jobs waiting", plausible=(0, 1000)),
    "network_rx_bytes_s": Metric(title="Received", unit="B/s", plausible=(0, 1e12)),
    "disk_used_pct": Metric(title="Disk used", unit="%", plausible=(0, 100)),
}
VALUES = [
    PrometheusValue(metric="studies_count", name="studies"),
    PrometheusValue(metric="jobs_pending_count", name="jobs", labels={"state": "pending"}),
    PrometheusValue(
        metric="network_rx_bytes_s", name="rx_bytes_total", component="{device}", rate=True
    ),
    PrometheusValue(metric="disk_used_pct", name="disk_ratio", component="{mount}", scale=100),
]


@dataclass
class PageServer:
    """What it answers may be changed between two questions."""

    port: int
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": PLAIN})
    requests: list[dict[str, str]] = field(default_factory=list)
    length: int | None = None  # promised, where it is not the body's own

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/metrics"

    def says(self, text: str, kind: str = PLAIN) -> None:
        self.body, self.headers = text.encode(), {"Content-Type": kind}


@contextmanager
def page_server(wrap: Callable[[Any], Any] = lambda socket: socket) -> Iterator[PageServer]:
    """A real web server; `wrap` may put TLS around its socket."""
    page = PageServer(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page.requests.append({"path": self.path, **dict(self.headers)})
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            length = len(page.body) if page.length is None else page.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is what some tests are about."""

    with Server(("127.0.0.1", page.port), Handler) as server:
        server.socket = wrap(server.socket)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield page
        finally:
            server.shutdown()
            thread.join()


def source(url: str, **settings: Any) -> PrometheusSource:
    given = {"kind": "prometheus", "url": url, "timeout": "10s"}
    return PrometheusSource.model_validate({**given, **settings})


def profile(*values: PrometheusValue) -> Profile:
    return Profile.model_validate({"metrics": METRICS}).model_copy(
        update={"prometheus": PrometheusMap(values=list(values or VALUES))}
    )


def device(page: PrometheusSource, own: Profile | None = None) -> Device:
    return Device("pacs", "PACS", "", "", "test", own or profile(), (), (page,))


def site(of: Device) -> Site:
    file = SiteFile.model_validate(
        {"id": "herat", "name": "Herat", "zone": "Asia/Kabul", "devices": []}
    )
    return Site(file, {of.id: of})


class MemorySink:
    """Keeps what it is given."""

    def __init__(self, positions: Mapping[str, str] | None = None) -> None:
        self.batches: list[Batch] = []
        self.positions = dict(positions or {})

    async def append(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.positions.update(batch.positions)

    def position(self, key: str) -> str | None:
        return self.positions.get(key)

    @property
    def readings(self) -> list[Reading]:
        return [reading for batch in self.batches for reading in batch.readings]

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    def values(self) -> dict[tuple[str, str], float]:
        """The last value of each series, without reachability."""
        return {
            (r.metric, r.component): r.value
            for r in self.readings
            if r.metric not in ("up", "response_ms")
        }

    def up(self) -> list[float]:
        return [reading.value for reading in self.readings if reading.metric == "up"]


def looked_at(of: Device, sink: MemorySink | None = None) -> tuple[MemorySink, Source]:
    """One poll, and the loop that made it; another where this machine was too busy to accuse anybody."""
    kept = sink or MemorySink()
    before = len(kept.up())
    for _ in range(MOST_POLLS):
        (loop,) = sources(site(of), kept, lambda: T0)
        asyncio.run(loop.once())
        if len(kept.up()) > before:
            break
    return kept, loop
