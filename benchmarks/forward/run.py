"""How fast a backlog leaves for a real InfluxDB, and how much memory that takes.

    python -m benchmarks.forward.run [--points 1000000] [--peer-points 200000]

The peer is influxdb-client as its documentation shows it: SYNCHRONOUS, `Point` objects, the same
pages of the same journal, to the same server, in the same run.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point
from influxdb_client.client.write_api import SYNCHRONOUS

from core.readings import Batch, Reading
from storage.influx.client import InfluxClient
from storage.influx.forward import Forwarder
from storage.influx.state import ForwardState
from storage.series import SeriesReader, SeriesWriter
from tests.support.influxdb import Server

T0 = 1_760_000_400_000
SERIES = 1_000
EVERY = 30_000
BATCH = 5_000


def fill(path: Path, points: int) -> None:
    """A journal of `points` readings, as the collectors would leave it after an outage."""
    writer = SeriesWriter(path)
    names = [(f"device-{n % 20}", f"metric_{n % 25}_c", f"part{n // 500}") for n in range(SERIES)]
    for first in range(0, points, 10_000):
        batch = []
        for n in range(first, min(first + 10_000, points)):
            device, metric, component = names[n % SERIES]
            at = T0 + n // SERIES * EVERY + n * 7919 % 1000
            batch.append(Reading(device, metric, 20 + n * 37 % 1000 / 100, at, component))
        writer.append([Batch(batch)])
    writer.close()


def forwarder(server: Server, folder: Path, gzip: bool, points: int) -> int:
    """Ours, until all is sent."""
    client = InfluxClient(server.settings("ours" if gzip else "plain", gzip=gzip))
    state = ForwardState(folder / f"forward-{gzip}.db", "benchmark")
    forward = Forwarder(SeriesReader(folder / "series.db"), client, state, "centre", BATCH)
    while forward.step(time.time_ns() // 1_000_000) == "more":
        if state.status().sent >= points:
            break
    sent = state.status().sent
    assert forward.error is None, forward.error
    client.close()
    state.close()
    return sent


def peer(server: Server, folder: Path, points: int) -> int:
    """The library's own way."""
    make: Any = InfluxDBClient
    client = make(server.url, "", org="-", enable_gzip=True)
    write = client.write_api(write_options=SYNCHRONOUS)
    series, cursor, sent = SeriesReader(folder / "series.db"), 0, 0
    while sent < points and (page := series.since(cursor, BATCH)).cursor != cursor:
        write.write(
            "peer", "-", [_point(reading) for reading in page.readings], write_precision="ms"
        )
        cursor, sent = page.cursor, sent + len(page.readings)
    client.close()
    return sent


def _point(reading: Reading) -> Any:
    make: Any = Point  # the library is typed by half
    point = make("readings").tag("site", "centre").tag("device", reading.device)
    point.tag("metric", reading.metric).tag("component", reading.component)
    return point.field("value", reading.value).time(reading.at, write_precision="ms")


def measured(name: str, work: Callable[[], int]) -> int:
    """Run and print one line."""
    before, began, busy = _peak_mib(), time.perf_counter(), time.process_time()
    sent = work()
    elapsed, busy = time.perf_counter() - began, time.process_time() - busy
    memory_grown = _peak_mib() - before
    print(
        f"{name:34} {sent:>10,} {sent / elapsed:>10,.0f} {busy / elapsed:>6.0%} {memory_grown:>8.1f}"
    )
    return sent


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def arrived(server: Server, database: str) -> int:
    """How many readings the server says it has."""
    answer: Any = server.ask('select count("value") from "readings"', database)
    return int(answer["results"][0]["series"][0]["values"][0][1])


def main() -> None:
    """Fill, start, measure, check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--peer-points", type=int, default=200_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own, so that its memory is not counted here.
        context = multiprocessing.get_context("spawn")
        filling = context.Process(target=fill, args=(folder / "series.db", arguments.points))
        filling.start()
        filling.join()
        assert filling.exitcode == 0
        (folder / "server").mkdir()
        server = Server(folder / "server")
        server.start()
        try:
            for database in ("ours", "plain", "peer"):
                server.ask(f"create database {database}")
            run(server, folder, arguments.points, arguments.peer_points)
        finally:
            server.stop(kill=True)


def run(server: Server, folder: Path, points: int, peer_points: int) -> None:
    """The three ways, and whether all arrived."""
    print(f"{'':34} {'points':>10} {'points/s':>10} {'busy':>6} {'grown MiB':>9}")
    sent = measured("scanward forward", lambda: forwarder(server, folder, True, points))
    assert sent == arrived(server, "ours") == points, (sent, arrived(server, "ours"))
    few = min(points, peer_points)
    measured("scanward forward, gzip: false", lambda: forwarder(server, folder, False, few))
    sent = measured("influxdb-client, Point objects", lambda: peer(server, folder, few))
    assert arrived(server, "peer") == sent


if __name__ == "__main__":
    main()
