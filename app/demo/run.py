"""The demo: a simulated centre on this machine, weeks of its history, and Scanward watching it.

The pages open at once and say how far the past is written. What collects, judges and plans begins when
all of it is there: the series store has one writer, and half a past is judged wrongly.
"""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from rich.console import Console

from app.clock import now
from app.demo.beginning import Beginning, begin, make_stores, supplier_address, write_past
from app.demo.past import DemoPast
from app.demo.progress import PastProgress, StoppedError
from app.demo.site_file import is_free
from app.demo.work.alert_answers import answer_alerts
from app.services.processes import processes
from app.services.supervise import supervise
from core.errors import ConfigError, Mistake
from core.schema.site import Site
from simulator.centre import Centre
from simulator.faults import parse_fault
from simulator.servers.mqtt_broker import serve_broker
from simulator.servers.run import serve
from storage.files import locks

AT_ONCE = ("dashboard",)  # what does not wait for the past
LOOK_EVERY_S = 0.3  # whether the first page answers
GIVE_WAY = 10  # in the measure of nice(2): whoever waits for the first page goes first


async def demo(
    stop: asyncio.Event,
    *,
    port: int,
    seed: int,
    days: int,
    speed: float,
    faults: Sequence[str],
    fresh: bool = False,
) -> None:
    """Run everything until `stop`: on from what an earlier start left, or with a past that is made anew."""
    refusal = f"port {port} is taken; try another: make demo PORT={port + 100}"
    if not is_free(port):
        raise ConfigError([Mistake("demo", "port", refusal)])
    folder, console = Path("var") / f"demo-{port}", Console()
    with locks.held(folder.with_suffix(".lock"), refusal):
        beginning = begin(folder, port, DemoPast.new(seed, speed, days, now()), faults, fresh=fresh)
        site = beginning.site
        if beginning.anew_because:
            _print(console, f"The demo begins anew: {beginning.anew_because}")
        token = make_stores(site)
        progress = PastProgress(folder, beginning.span, site.zone, console, now, stop.is_set)
        progress.begin()
        printing = asyncio.create_task(_print_address(console, port, token))
        is_whole = asyncio.Event()
        commands = processes(site, beginning.site_path)
        try:
            await _until(
                stop,
                _supervise(commands, stop, is_whole),
                _past_then_live(beginning, progress, console, is_whole, speed),
            )
        finally:
            printing.cancel()


async def simulate(
    site: Site, stop: asyncio.Event, *, seed: int, speed: float, faults: Sequence[str]
) -> None:
    """Only the simulated centre: its agents, log files, and the broker if that is to be here."""
    began = now()
    try:
        parsed = [parse_fault(text, began, site.zone) for text in faults]
        centre = Centre(site, seed=seed, start=began, faults=parsed)
    except ValueError as error:
        raise ConfigError([Mistake("--fault", "", str(error))]) from None
    await _until(stop, _wait(stop), _run_centre(site, centre, speed))


async def _supervise(
    commands: Sequence[Sequence[str]], stop: asyncio.Event, is_whole: asyncio.Event
) -> None:
    """Some at once, the others when the past is whole; all of them until `stop`."""

    async def supervise_rest() -> None:
        ends = [asyncio.create_task(event.wait()) for event in (stop, is_whole)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if is_whole.is_set():
            await supervise([command for command in commands if command[0] not in AT_ONCE], stop)

    at_once = [command for command in commands if command[0] in AT_ONCE]
    await asyncio.gather(supervise(at_once, stop), supervise_rest())


async def _past_then_live(
    beginning: Beginning,
    progress: PastProgress,
    console: Console,
    is_whole: asyncio.Event,
    speed: float,
) -> None:
    """Write the past, then let the centre answer, and its people; neither if it is to stop."""

    def write() -> bool:
        os.nice(GIVE_WAY)  # of this thread alone, and of what it starts
        try:
            write_past(beginning, progress)
            beginning.centre.advance(now())  # the past ends on its own grid, and took a while
        except StoppedError:
            return False
        finally:
            progress.end()
        return True

    with ThreadPoolExecutor(1, "past") as thread:
        is_written = await asyncio.get_running_loop().run_in_executor(thread, write)
    if is_written:
        is_whole.set()
        page = await asyncio.to_thread(supplier_address, beginning.site)
        _print(console, f"  The past is whole. What a supplier sees of their case: {page}")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_run_centre(beginning.site, beginning.centre, speed))
            tasks.create_task(answer_alerts(beginning.site))


async def _print_address(console: Console, port: int, token: str) -> None:
    """As soon as a browser that follows it gets its page."""
    address = f"http://localhost:{port}"
    while not await asyncio.to_thread(_answers, port):
        await asyncio.sleep(LOOK_EVERY_S)
    _print(console, f"\n  Scanward is at {address}  (ctrl-c stops it)")
    _print(console, f"  A token for its API, of the engineer: {token}\n")


def _answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as page:
        try:
            page.request("GET", "/login")
            return page.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _run_centre(site: Site, centre: Centre, speed: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        broker = site.file.broker
        if broker and is_free(broker.port):
            tasks.create_task(serve_broker(broker.host, broker.port))
        tasks.create_task(serve(site, centre, now, speed))


async def _until(stop: asyncio.Event, work: Any, background: Any) -> None:
    """Run both; when either fails everything stops, when `work` ends the background is cancelled."""
    background_task = asyncio.ensure_future(background)
    work_task = asyncio.ensure_future(work)
    await asyncio.wait({background_task, work_task}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await work_task
    background_task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await background_task
