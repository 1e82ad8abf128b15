"""How long whoever starts the demo waits: for the first page, and for the past; then the same at a second start.

    python -m benchmarks.demo.start [--days 75] [--port 8795]

In an empty folder that is removed afterwards. Processor seconds are those of the demo and of every process that it has
started and that has ended: on a busy machine they say more than the clock on the wall.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 900.0


def main() -> None:
    """Two starts, a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=75)
    parser.add_argument("--port", type=int, default=8795)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first start", "second start"):
            print(f"{name}: {start(Path(folder), options.port, options.days)}", flush=True)


def start(folder: Path, port: int, days: int) -> str:
    """What one start took, and the demo is stopped."""
    used, began = processor_s(), time.monotonic()
    words = [sys.executable, "-m", "app", "demo", "--port", str(port), "--days", str(days)]
    demo = subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    note = folder / "var" / f"demo-{port}" / "backfill.json"
    try:
        page_s = seconds_until(began, lambda: answers(port))
        past_s = seconds_until(began, lambda: not note.exists())
    finally:
        demo.terminate()
        demo.wait()
    return (
        f"page {page_s:.1f} s, past whole {past_s:.1f} s, processor {processor_s() - used:.0f} s"
        f" (load {os.getloadavg()[0]:.1f})"
    )


def seconds_until(began: float, is_so: Callable[[], bool]) -> float:
    """Since `began`, on the wall."""
    while not is_so():
        if time.monotonic() - began > PATIENCE_S:
            raise SystemExit("it has not come")
        time.sleep(0.1)
    return time.monotonic() - began


def answers(port: int) -> bool:
    """Does a browser get its page?"""
    page = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        page.request("GET", "/login")
        return page.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        page.close()


def processor_s() -> float:
    """Of all that has been started here and has ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
