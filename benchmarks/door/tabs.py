"""What a page costs that is open and that nobody touches: the server's part and the browser's, in percent of a core.

    python -m app demo --port 8791                       # leave it running: a page is idle, the centre is not
    python -m benchmarks.door.tabs --site var/demo-8791/site.yaml [--seconds 60]

Each page is open alone, in a headless Chromium, on a dashboard of its own beside the demo's. A core is a second of processor
time a second, of the server's process and of the browser's processes together.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.door.people import PASSWORD, make_people
from core.schema.load import load_site

SETTLES_S = (
    75  # after which a page counts as idle (IDLE_AFTER of live.js) and has drawn all that it has
)


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far, and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def below(pid: int) -> list[int]:
    """A process and all that it began."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    family = [pid]
    for member in family:
        family += parents.get(member, [])
    return family


def browsers_s(server: int) -> float:
    """Processor seconds of everything this benchmark began but the server and itself."""
    servers = set(below(server))
    return sum(cpu_s(pid) for pid in below(os.getpid())[1:] if pid not in servers)


def costs(context: BrowserContext, url: str, server: int, seconds: float) -> tuple[float, float]:
    """Percent of a core: of the server, of the browser."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(SETTLES_S * 1000)
    server_s, browser_s = cpu_s(server), browsers_s(server)
    page.wait_for_timeout(seconds * 1000)
    server_s, browser_s = cpu_s(server) - server_s, browsers_s(server) - browser_s
    page.close()
    page = context.new_page()
    page.wait_for_timeout(2000)
    page.close()
    return 100 * server_s / seconds, 100 * browser_s / seconds


def main() -> None:
    """Print a line a page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--port", type=int, default=8792)
    parser.add_argument("--pages", nargs="+", default=["", "device?device=ct-2", "today"])
    given = parser.parse_args()
    make_people(load_site(given.site), 1)
    command = [sys.executable, "-m", "app", "dashboard", "--site", str(given.site)]
    server = subprocess.Popen([*command, "--port", str(given.port)])
    top = f"http://127.0.0.1:{given.port}"
    try:
        time.sleep(10)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{top}/login")
            page.fill("#name", "bench0")
            page.fill("#password", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{top}/")
            page.close()
            print("| page | server | browser | together |\n|---|---|---|---|")
            for name in given.pages:
                own, browsers = costs(context, f"{top}/{name}", server.pid, given.seconds)
                shown = name or "fleet"
                print(f"| {shown} | {own:.1f} % | {browsers:.1f} % | {own + browsers:.1f} % |")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
