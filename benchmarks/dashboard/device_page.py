"""What the page of one device costs: server time, time to readable, bytes of the first load.

    python -m app demo --port 8791                       # once, until it says that all is there; then Ctrl-C
    python -m benchmarks.dashboard.device_page --site var/demo-8791/site.yaml --device ct-2 [--tree OLD --tree .]

Run it where the demo was run: its site names its folder from there.

Each tree of the code serves the same site in turn, view by view, so that what else the machine does hits both alike.
A view is loaded anew by a headless Chromium that has the scripts already. *Server* is the processor time of the server
from the request until it has been still for a second: what others do on the machine changes it little. *Readable* is
when the heading, the values and every chart in sight stand there, in seconds of the clock: the load stands beside it.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.ports import free_port

# The lists stand below the charts and come last.
DRAWN = """() => {
  const rows = document.querySelectorAll('.sw-heading, .st-key-lists').length;
  const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart], .stBidiComponent')];
  const seen = charts.filter((chart) => chart.getBoundingClientRect().top < innerHeight);
  return rows === 2 && seen.length && seen.every((chart) => chart.querySelector('canvas'));
}"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A tree of the code that serves the site, and what was measured of it."""

    tree: Path
    port: int
    process: subprocess.Popen[bytes]
    server_s: list[float] = field(default_factory=list)
    readable_s: list[float] = field(default_factory=list)
    first_bytes: int = 0

    def processor_s(self) -> float:
        """Processor seconds that its process has used."""
        columns = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(columns[11]) + int(columns[12])) / TICKS


def start(tree: Path, site: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "app", "dashboard", "--site", str(site), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    return Server(tree, port, process)


def signed_in(browser: Browser, server: Server) -> Page:
    """A page of an engineer of the demo, on a screen so high that some charts are in sight."""
    page = browser.new_page(viewport={"width": 1280, "height": 4600})
    page.set_default_timeout(120_000)
    deadline = time.monotonic() + 300
    while True:
        try:
            page.goto(f"http://127.0.0.1:{server.port}/login")
            break
        except Exception:  # it has not begun to answer
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    page.locator("button[value=engineer]").click(no_wait_after=True)
    page.wait_for_url(lambda address: "login" not in address, wait_until="commit")
    return page


def view(page: Page, server: Server, device: str) -> tuple[float, float]:
    """Processor seconds of the server and seconds to readable, of one view."""
    before, began = server.processor_s(), time.monotonic()
    page.goto(f"http://127.0.0.1:{server.port}/device?device={device}", wait_until="commit")
    page.wait_for_function(DRAWN)
    readable = time.monotonic() - began
    used = server.processor_s()
    while True:  # until what is below has come too
        time.sleep(1)
        now = server.processor_s()
        if now - used < 0.1 or time.monotonic() - began > 60:
            return now - before, readable
        used = now


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--device", default="ct-2")
    parser.add_argument("--tree", type=Path, action="append")
    parser.add_argument("--views", type=int, default=5)
    options = parser.parse_args()
    trees = [tree.resolve() for tree in options.tree or [Path.cwd()]]
    servers = [start(tree, options.site.resolve()) for tree in trees]
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            pages = [signed_in(browser, server) for server in servers]
            for server, page in zip(servers, pages, strict=True):
                server.first_bytes = first_load(page, server, options.device)
            print(f"load {os.getloadavg()[0]:.1f}")
            for _ in range(options.views):
                for server, page in zip(servers, pages, strict=True):
                    used, readable = view(page, server, options.device)
                    server.server_s.append(used)
                    server.readable_s.append(readable)
            print(f"load {os.getloadavg()[0]:.1f}")
    finally:
        for server in servers:
            server.process.terminate()
    print("| tree | server, processor s | readable, s (best) | first load, MB |\n|---|---|---|---|")
    for server in servers:
        median, readable = statistics.median(server.server_s), statistics.median(server.readable_s)
        print(
            f"| {server.tree.name} | {median:.2f} | {readable:.2f} ({min(server.readable_s):.2f}) |"
            f" {server.first_bytes / 1e6:.2f} |"
        )


def first_load(page: Page, server: Server, device: str) -> int:
    """Bytes on the wire of a view by a browser that has nothing yet; it also warms the server."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    sizes: list[int] = []
    session.on(
        "Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"]))
    )
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: sizes.append(len(event["response"]["payloadData"])),
    )
    view(page, server, device)
    session.detach()
    return sum(sizes)


if __name__ == "__main__":
    main()
