"""How long 50 people wait who have signed in and look at pages, on the data of a demo.

    python -m app demo --port 8791                       # once, until it says that all is there; then Ctrl-C
    python -m benchmarks.door.people --site var/demo-8791/site.yaml [--people 50] [--seconds 120]

Each person is a session as a browser has it: a login by the form, then a websocket on which pages are asked for, and on
which fragments that refresh themselves are asked for again in their interval, live parts each five seconds as for who
has just touched the page, beside the question whether there is anything new. Nobody draws: it is the server that is measured, from the request for a page until its script has finished. The people are made in the records of that site.
"""

import argparse
import asyncio
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from access import passwords, setup_links, users
from core.errors import RefusedError
from core.schema.load import load_site
from core.schema.site import Site
from dashboard.components.shared.auto_refresh import SAFETY
from storage.records import Records
from storage.records.transaction import transaction

PASSWORD = "seven blue camels"
PAGES = ("", "", "", "device", "device", "today", "orders", "tickets", "reports", "assets", "parts")
THINKS = (3.0, 12.0)  # seconds before the next page
SAFETY_S = float(SAFETY.removesuffix("s"))  # the interval by which a live part is known
LIVE_S = (
    5.0  # http/live.js: how often a page asks, and is drawn anew at most while somebody is at it
)
NO_PAGES = ("login", "/live")
ARRIVE = 30.0  # seconds within which all sign in


@dataclass
class Waits:
    """Seconds, by what was waited for."""

    of: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)


class Person:
    """One browser."""

    def __init__(self, number: int, port: int, devices: list[str], waits: Waits) -> None:
        self._name, self._port, self._waits = f"bench{number}", port, waits
        self._random = random.Random(number)
        self._devices, self._jar = devices, dict[str, str]()
        self._begun: dict[str, float] = {}
        self._finished = asyncio.Event()
        self._refreshing: set[asyncio.Task[None]] = set()

    async def work(self, until: float) -> None:
        await asyncio.sleep(self._random.uniform(0, ARRIVE))
        begun = time.monotonic()
        await asyncio.to_thread(self._log_in)
        self._waits.of["login"].append(time.monotonic() - begun)
        uri = f"ws://127.0.0.1:{self._port}/_stcore/stream"
        async with connect(
            uri,
            additional_headers={"Cookie": self._cookie},
            origin=f"http://127.0.0.1:{self._port}",  # type: ignore[arg-type]
            subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN"],  # type: ignore[list-item]
            max_size=None,
        ) as line:
            reader = asyncio.create_task(self._read(line))
            asking = asyncio.create_task(self._ask_for_news())
            while time.monotonic() < until:
                await self._open(line, self._random.choice(PAGES))
                await asyncio.sleep(self._random.uniform(*THINKS))
            self._stop_refreshing()
            for task in (reader, asking):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def _log_in(self) -> None:
        form = self._ask("GET", "/login")
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        values = {name: unescape(value) for name, value in hidden.items()}
        self._ask("POST", "/login", {**values, "name": self._name, "password": PASSWORD})
        if "scanward-session" not in self._jar:
            self._waits.failures.append(f"{self._name} was not let in")

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, urlencode(fields) if fields else None, headers)
        reply = line.getresponse()
        for cookie in reply.msg.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._jar[name] = value.strip('"')
        text = reply.read().decode()
        line.close()
        return text

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._jar.items())

    async def _open(self, line: ClientConnection, page: str) -> None:
        self._stop_refreshing()
        message = BackMsg()
        message.rerun_script.page_name = page
        if page == "device":
            message.rerun_script.query_string = f"device={self._random.choice(self._devices)}"
        self._finished.clear()
        begun = time.monotonic()
        await line.send(message.SerializeToString())
        try:
            await asyncio.wait_for(self._finished.wait(), 60)
        except TimeoutError:
            self._waits.failures.append(f"{page} was not there after a minute")
        self._waits.of[page or "fleet"].append(time.monotonic() - begun)

    async def _read(self, line: ClientConnection) -> None:
        async for data in line:
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                self._finished.set()
            elif kind == "auto_rerun":
                rerun = message.auto_rerun
                task = self._refresh(line, rerun.fragment_id, rerun.interval)
                self._refreshing.add(asyncio.create_task(task))
            elif kind == "delta" and message.delta.new_element.HasField("exception"):
                self._waits.failures.append(message.delta.new_element.exception.message)

    async def _ask_for_news(self) -> None:
        while True:
            await asyncio.sleep(LIVE_S)
            begun = time.monotonic()
            await asyncio.to_thread(self._ask, "GET", "/live")
            self._waits.of["/live"].append(time.monotonic() - begun)

    async def _refresh(self, line: ClientConnection, fragment: str, interval_s: float) -> None:
        while True:
            await asyncio.sleep(LIVE_S if interval_s == SAFETY_S else interval_s)
            message = BackMsg()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            await line.send(message.SerializeToString())

    def _stop_refreshing(self) -> None:
        for task in self._refreshing:
            task.cancel()
        self._refreshing.clear()


def make_people(site: Site, count: int) -> None:
    """Those that are not there yet; with one hash, for it is the login that is measured."""
    password_hash = passwords.hashed(PASSWORD)
    records = Records(site.records_url)
    for number in range(count):
        with suppress(RefusedError), transaction(records, site, "cli:benchmark", _now()) as tx:
            users.add_user(tx, f"bench{number}", f"Bench {number}", ["engineer"])
            secret = setup_links.make_setup_link(tx, f"bench{number}")
            setup_links.use_link(tx, secret, password_hash)
    records.close()


def _now() -> int:
    return time.time_ns() // 1_000_000


async def measure(site: Site, port: int, people: int, seconds: float) -> Waits:
    waits, devices = Waits(), sorted(site.devices)
    until = time.monotonic() + ARRIVE + seconds
    await asyncio.gather(
        *(Person(number, port, devices, waits).work(until) for number in range(people))
    )
    return waits


def print_waits(waits: Waits) -> None:
    print("| | times | median | p95 | longest |\n|---|---|---|---|---|")
    pages = [wait for name, own in waits.of.items() if name not in NO_PAGES for wait in own]
    for name, own in [("every page", pages), *waits.of.items()]:
        ordered = sorted(own)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        print(
            f"| {name} | {len(own)} | {statistics.median(own):.2f} s | {p95:.2f} s | {ordered[-1]:.2f} s |"
        )
    for failure in sorted(set(waits.failures)):
        print(f"failed {waits.failures.count(failure)} times: {failure}")


def main() -> None:
    """Print how long they waited."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--port", type=int, default=8790)
    given = parser.parse_args()
    site = load_site(given.site)
    make_people(site, given.people)
    command = [sys.executable, "-m", "app", "dashboard", "--site", str(given.site)]
    server = subprocess.Popen([*command, "--port", str(given.port)])
    try:
        time.sleep(10)
        used = _cpu_s(server.pid)
        waits = asyncio.run(measure(site, given.port, given.people, given.seconds))
        used = _cpu_s(server.pid) - used
        print_waits(waits)
        print(f"the server used {used / (ARRIVE + given.seconds):.2f} of a core;"
              f" load of the machine {os.getloadavg()[0]:.1f}")  # fmt: skip
    finally:
        server.terminate()
        server.wait()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
