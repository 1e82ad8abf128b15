"""The demo: a simulated centre on this machine, weeks of its history, and Scanward watching it."""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
import yaml
from rich.progress import Progress

from access.api_tokens import make_token
from access.users import new_demo_user
from app.clock import now
from app.demo.backfill import store_in_second_process, store_in_this_process, write_history
from app.demo.work.alert_answers import answer_alerts
from app.demo.work.calendar import WorkCalendar
from app.demo.work.quarter import write_quarter
from app.demo.work.standstills import standstills
from app.demo.work.tickets import supplier_page
from app.services.processes import processes
from app.services.supervise import supervise
from core.errors import ConfigError, Mistake
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY
from core.vocabulary.rights import rights_of
from simulator.centre import Centre
from simulator.faults import Fault, parse_fault
from simulator.history import demo_faults
from simulator.servers.mqtt_broker import serve_broker
from simulator.servers.run import serve
from storage.files.atomic import own_folder
from storage.records import Records
from storage.records.transaction import transaction

CONFIG = Path(__file__).resolve().parents[2] / "config" / "demo.yaml"
CONFIGURED_PORT = 8501  # for which the ports of config/demo.yaml stand


async def demo(
    stop: asyncio.Event, *, port: int, seed: int, days: int, speed: float, faults: Sequence[str]
) -> None:
    """Make the centre and its history anew, then run everything until `stop`."""
    if not _is_free(port, socket.SOCK_STREAM):
        text = f"port {port} is taken; try another: make demo PORT={port + 100}"
        raise ConfigError([Mistake("demo", "port", text)])
    folder = Path("var") / f"demo-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    site_path = _write_site(folder, port)
    site = load_site(site_path)
    end = now()
    start = end - days * DAY
    stopped = standstills(WorkCalendar(end, site.zone))
    all_faults = [*demo_faults(start, end), *stopped, *_parsed_faults(faults, end, site)]
    centre = _centre_of(site, seed, start, all_faults)
    await asyncio.to_thread(_make_history, site, site_path, centre, end)
    centre.advance(now())  # history ends on its own grid, and took a while to write
    supplier_page = _write_work(site, end, seed)
    token = _demo_token(site, end)
    typer.echo(f"\n  Scanward is at http://localhost:{port}  (ctrl-c stops it)")
    typer.echo(f"  A token for its API, of the engineer: {token}")
    typer.echo(f"  What a supplier sees of their case: {supplier_page}\n")
    await _until(stop, supervise(processes(site, site_path), stop), _live(site, centre, speed))


async def simulate(
    site: Site, stop: asyncio.Event, *, seed: int, speed: float, faults: Sequence[str]
) -> None:
    """Only the simulated centre: its agents, log files, and the broker if that is to be here."""
    began = now()
    centre = _centre_of(site, seed, began, _parsed_faults(faults, began, site))
    await _until(stop, _wait(stop), _run_centre(site, centre, speed))


def _centre_of(site: Site, seed: int, start: int, faults: Sequence[Fault]) -> Centre:
    try:
        return Centre(site, seed=seed, start=start, faults=faults)
    except ValueError as error:
        raise ConfigError([Mistake("--fault", "", str(error))]) from None


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _live(site: Site, centre: Centre, speed: float) -> None:
    """The centre, and its people, who answer the alerts of its past."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_run_centre(site, centre, speed))
        tasks.create_task(answer_alerts(site))


async def _run_centre(site: Site, centre: Centre, speed: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        broker = site.file.broker
        if broker and _is_free(broker.port, socket.SOCK_STREAM):
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


def _parsed_faults(faults: Sequence[str], at: int, site: Site) -> list[Fault]:
    try:
        return [parse_fault(text, at, site.zone) for text in faults]
    except ValueError as error:
        raise ConfigError([Mistake("--fault", "", str(error))]) from None


def _make_history(site: Site, site_path: Path, centre: Centre, end: int) -> None:
    start, series = centre.at, site.series_path
    if len(os.sched_getaffinity(0)) > 1:
        opened = store_in_second_process(site, site_path, series)
    else:
        opened = store_in_this_process(site, series)
    with Progress(transient=True) as progress, opened as store:
        task = progress.add_task(
            f"Writing {(end - start) // DAY} days of history", total=end - start
        )
        write_history(
            site, centre, end, store, lambda at: progress.update(task, completed=at - start)
        )
    records = Records(site.records_url)
    records.upgrade()
    records.close()


def _write_work(site: Site, end: int, seed: int) -> str:
    """The quarter until `end`, UTC ms; the address that a supplier has for one of its tickets."""
    records = Records(site.records_url)
    write_quarter(records, site, end, seed)
    page = supplier_page(records, site, end)
    records.close()
    return page


def _demo_token(site: Site, at: int) -> str:
    """Of the engineer who can be chosen at the demo's door, for all that they may."""
    records = Records(site.records_url)
    with transaction(records, site, "demo", at) as tx:
        user = new_demo_user(tx, "engineer")
        token = make_token(tx, user.name, "demo", ["read", *rights_of(user.roles)])
    records.close()
    return token


def _write_site(folder: Path, port: int) -> Path:
    """The demo's site file with its own folder, and free ports where the usual ones are taken."""
    raw = yaml.safe_load(CONFIG.read_text(encoding="utf-8").replace("var/demo", str(folder)))
    raw["http"]["port"] = port
    # Another demo may have chosen its ports and not be listening yet: each has a range of its own.
    shift = (port - CONFIGURED_PORT) * 10 % 40_000
    raw["broker"]["port"] = _free_port(raw["broker"]["port"] + shift, socket.SOCK_STREAM)
    ports: dict[int, int] = {}  # of DICOM: the PACS stands in two of its sources
    for entry, kind in _ports(raw):
        wanted = entry["port"]
        if kind == socket.SOCK_DGRAM or wanted not in ports:
            ports[wanted] = _free_port(wanted + shift, kind)
        entry["port"] = ports[wanted]
    own_folder(folder)
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _ports(raw: Any) -> Iterator[tuple[dict[str, Any], socket.SocketKind]]:
    """Whatever of the site file has a port of its own, and over what it speaks."""
    yield raw["dicom"]["listen"], socket.SOCK_STREAM
    for device in raw["devices"]:
        for source in device["sources"]:
            if "port" in source:
                is_snmp = source["kind"] == "snmp"
                yield source, socket.SOCK_DGRAM if is_snmp else socket.SOCK_STREAM


def _free_port(port: int, kind: socket.SocketKind) -> int:
    if _is_free(port, kind):
        return port
    with socket.socket(socket.AF_INET, kind) as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
