"""How long Scanward takes to catch up with a PACS, beside the same requests without anything done with the answers.

`python -m benchmarks.dicom.catch_up --days 5 --images 40000`; with `--orthanc 4000` also a real Orthanc with so many.
"""

import argparse
import asyncio
import http.client
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from app.services.store_sink import StoreSink
from benchmarks.dicom.web_pacs import FIRST
from collectors.dicom.archive.peer import ArchivePeer
from collectors.dicom.archive.rest import RestClient
from collectors.dicom.archive.source import make_archive
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, to_ms
from storage.series import SeriesReader, SeriesWriter

KABUL = ZoneInfo("Asia/Kabul")
SITE = """
id: bench
name: Bench
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
devices:
  - {{id: ct-1, name: CT, profile: siemens-somatom-sensation-16, dicom: {{station_names: [CTAWP1]}}}}
  - {{id: mr-1, name: MR, profile: siemens-magnetom-c, dicom: {{station_names: [MRC]}}}}
  - {{id: pacs-1, name: PACS, profile: pacs, sources: [{{kind: pacs, via: {via}, url: "{url}"}}]}}
"""


class Requests:
    """Every request that was made, to be made again without us."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self._send = RestClient._fetched

    @contextmanager
    def noted(self) -> Iterator[None]:
        send, targets = self._send, self.targets

        def note(client: RestClient, target: str, accept: str) -> tuple[bytes, bool]:
            targets.append(target)
            return send(client, target, accept)

        RestClient._fetched = note  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            RestClient._fetched = send  # type: ignore[method-assign]

    def repeated(self, port: int) -> float:
        """Seconds for all of them over one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", port)
        began = time.perf_counter()
        for target in self.targets:
            connection.request("GET", target)
            connection.getresponse().read()
        return time.perf_counter() - began


async def caught_up(site: Site, now: int) -> float:
    """Seconds of one round, from asking to readings that are stored."""
    device = site.devices["pacs-1"]
    entry = next(own for own in device.sources if isinstance(own, PacsSource))
    sink = StoreSink(SeriesWriter(site.series_path), site.file.retention, lambda: now)
    storing = asyncio.create_task(sink.run())
    peer = ArchivePeer(site, device, entry, sink, lambda: now, partial(make_archive, site, entry))
    began = time.perf_counter()
    answer = await peer.poll(now)
    await sink.append(answer.batch)
    seconds = time.perf_counter() - began
    assert answer.error is None, answer.error
    storing.cancel()
    await asyncio.gather(storing, return_exceptions=True)
    await sink.close()
    return seconds


def measure(via: str, url: str, port: int, now: int) -> None:
    """A line of the table."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(SITE.format(folder=folder, via=via, url=url))
        site = load_site(path)
        before, requests = _peak_mb(), Requests()
        with requests.noted():
            seconds = asyncio.run(caught_up(site, now))
        counts = {
            own.device: int(own.value)
            for own in SeriesReader(site.series_path).latest()
            if own.metric == "image_count"
        }
        alone = requests.repeated(port)
    print(
        f"| {via} | {sum(counts.values()):,} | {len(requests.targets):,} | {seconds:.1f} s |"
        f" {alone:.1f} s | {_peak_mb() - before:.0f} MB |",
        flush=True,
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_pacs(days: int, images: int) -> Iterator[int]:
    """The port of the made-up PACS."""
    port = _free_port()
    words = [sys.executable, "-m", "benchmarks.dicom.web_pacs", *map(str, (port, days, images))]
    with subprocess.Popen(words) as process:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.kill()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=40_000, help="a day")
    parser.add_argument("--days", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--orthanc", type=int, default=0, help="images given to a real one")
    options = parser.parse_args()
    first = to_ms(datetime.combine(FIRST, datetime.min.time(), KABUL))
    print("| | images of the devices | requests | caught up | requests alone | memory |")
    print("|---|---|---|---|---|---|")
    for days in options.days:
        with web_pacs(days, options.images) as port:
            url, now = f"http://127.0.0.1:{port}", first + days * DAY
            measure("qido", f"{url}/dicom-web", port, now)
            measure("orthanc", url, port, now)
    if options.orthanc:
        from benchmarks.dicom.real_orthanc import filled

        with filled(options.orthanc) as server:
            for via, url in (("qido", server.dicom_web), ("orthanc", server.url)):
                measure(via, url, server.http_port, first + DAY)


if __name__ == "__main__":
    main()
